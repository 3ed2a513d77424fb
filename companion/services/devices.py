"""The devices somebody is signed in on: let in, seen again, listed, signed out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import NotYours, TooLate
from companion.model.people import Person, SignIn

IDLE = timedelta(days=60)
LONGEST = timedelta(days=365)
PENDING = 3  # consents at a provider that one device may have begun and not finished
PENDING_NAME = "_state_"  # Authlib names them so

BROWSERS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "FxiOS", "CriOS", "Chrome", "Safari")
PEOPLE_SAY = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung", "FxiOS": "Firefox", "CriOS": "Chrome"}
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux")
SYSTEMS_SAID = {"Macintosh": "Mac", "CrOS": "Chromebook"}


@dataclass(frozen=True)
class OneSession:
    """All that a device is let in to, and until when."""

    session_id: int
    until: datetime


def admit(person_id: int, token_hash: str, user_agent: str, only: OneSession | None = None) -> SignIn:
    """Let a device in. The same hash again is the same device: a button pressed twice makes one."""
    now = clock.now()
    with transaction() as tx:
        person = tx.get_one(Person, person_id, with_for_update=True)
        known = tx.scalars(select(SignIn).where(SignIn.token_hash == token_hash)).first()
        if known is not None:
            if known.ended_at is not None:
                raise TooLate("This was used to sign in here and signed out again. Ask for a new link.")
            return known
        device = SignIn(
            person=person, token_hash=token_hash, browser=described(user_agent), created_at=now, seen_at=now, kept={},
            session_id=only.session_id if only else None, ends_at=only.until if only else None,
        )  # fmt: skip
        tx.add(device)
        tx.flush()
        return device


def found(token_hash: str) -> SignIn | None:
    """The device with this hash and its person, if it is still signed in."""
    with reading() as tx:
        return tx.scalars(select(SignIn).where(SignIn.token_hash == token_hash, *_signed_in())).first()


def of(person_id: int) -> list[SignIn]:
    """Where this person is signed in, the device used last first."""
    with reading() as tx:
        mine = select(SignIn).where(SignIn.person_id == person_id, *_signed_in())
        return list(tx.scalars(mine.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))


def seen(sign_in_id: int) -> None:
    """It has just been used."""
    with transaction() as tx:
        tx.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def keep(sign_in_id: int, changes: dict[str, Any]) -> None:
    """Change what is kept for this device; None forgets a name."""
    with transaction() as tx:
        device = tx.get_one(SignIn, sign_in_id, with_for_update={"of": SignIn})
        device.kept = changed(device.kept, changes)


def take(sign_in_id: int, name: str) -> Any:  # noqa: ANN401 - whatever was kept
    """What is kept by this name, which is forgotten at once: of two who ask, one gets it. None without."""
    with transaction() as tx:
        device = tx.get_one(SignIn, sign_in_id, with_for_update={"of": SignIn})
        found, device.kept = device.kept.get(name), changed(device.kept, {name: None})
        return found


def changed(kept: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What is kept after these changes: only the newest few pending consents stay."""
    now = {name: value for name, value in kept.items() if name not in changes}
    now |= {name: value for name, value in changes.items() if value is not None}
    pending = [name for name in now if name.startswith(PENDING_NAME)]
    return {name: value for name, value in now.items() if name not in pending[:-PENDING]}


def end(sign_in_id: int, by: int) -> None:
    """Sign one device out, said by its person."""
    with transaction() as tx:
        device = tx.get(SignIn, sign_in_id)
        if device is None or device.person_id != by:
            raise NotYours
        _end(tx, [device])


def end_all(person_id: int) -> None:
    """Sign this person out everywhere."""
    with transaction() as tx:
        _end(tx, list(tx.scalars(select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)))))


def described(user_agent: str) -> str:
    """The device as its person would name it: `Firefox on Linux`."""
    browser = next((name for name in BROWSERS if f"{name}/" in user_agent), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    said = [PEOPLE_SAY.get(browser, browser) or "A browser", SYSTEMS_SAID.get(system, system)]
    return " on ".join(filter(None, said))


def _signed_in() -> tuple[Any, ...]:
    now = clock.now()
    lasts = or_(SignIn.ends_at.is_(None), SignIn.ends_at > now)
    return SignIn.ended_at.is_(None), SignIn.seen_at > now - IDLE, SignIn.created_at > now - LONGEST, lasts


def _end(tx: Transaction, devices: list[SignIn]) -> None:
    """What was kept goes with it: a state of a consent must not outlive who began it."""
    ending = [device for device in devices if device.ended_at is None]
    for device in ending:
        device.ended_at, device.kept = clock.now(), {}
    if ending:
        announce(tx, signals.signed_out, sign_in_ids=[device.id for device in ending])
