"""Another device of the same person, or a frame inside a call, is let in to one session: by a link, once."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, links
from companion.db import reading, transaction
from companion.errors import TooLate
from companion.model.people import HandOver, Person, SignIn
from companion.model.sessions import Session
from companion.services.devices import OneSession

VALID = timedelta(minutes=10)
LASTS = timedelta(hours=12)
"""After the session's planned end, or after it was let in."""

PURPOSE = "hand_over"
LONGEST_TYPED = 20
GONE = "This code was used already, or is older than ten minutes. Ask for a new one where you are signed in."


@dataclass(frozen=True)
class Pass:
    """Lets in once: as it travels by itself, and as people type it."""

    token: str
    code: str


@dataclass(frozen=True)
class Offer:
    """Who is let in to what."""

    person: Person
    session: Session


def offer(session_id: int, by: int, sign_in_id: int) -> str:
    """A token that lets in once. Raises NotYours."""
    with transaction() as tx:
        session = tx.get_one(Session, session_id).for_partner(by)
        row = HandOver(
            person_id=by, session_id=session.id, sign_in_id=sign_in_id, nonce=secrets.token_urlsafe(16),
            created_at=clock.now(),
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        return links.sign(PURPOSE, row.id, row.nonce)


def both_ways(token: str) -> Pass:
    """The same with the letters to type. Raises TooLate."""
    with reading() as tx:
        letters = _letters(_row(tx, token))
        return Pass(token, f"{letters[:4]}-{letters[4:]}")


def look(token: str) -> Offer:
    """What the token opens; it stays as it is. Raises TooLate."""
    with reading() as tx:
        row = _row(tx, token)
        return Offer(tx.get_one(Person, row.person_id), tx.get_one(Session, row.session_id))


def take(token: str) -> tuple[int, OneSession]:
    """Use it up: who is let in to what, until when. Raises TooLate."""
    with transaction() as tx:
        row = _row(tx, token, for_update=True)
        row.used_at = clock.now()
        return row.person_id, OneSession(row.session_id, until(tx.get_one(Session, row.session_id)))


def until(session: Session) -> datetime:
    """How long a device that is let in to this session alone stays so."""
    return max(clock.now(), session.ends_at) + LASTS


def prune() -> None:
    """Forget those that are of no use any more."""
    with transaction() as tx:
        tx.execute(delete(HandOver).where(HandOver.created_at < clock.now() - VALID))


def _row(tx: Transaction, token: str, *, for_update: bool = False) -> HandOver:
    row_id, nonce = _named(token) or _typed(tx, token)
    row = tx.get(HandOver, row_id, with_for_update=for_update)
    giver = tx.get(SignIn, row.sign_in_id) if row else None
    if row is None or row.nonce != nonce or row.used_at or giver is None or giver.ended_at:
        raise TooLate(GONE)
    return row


def _named(token: str) -> tuple[int, str] | None:
    try:
        row_id, nonce = links.read(PURPOSE, token, max_age=VALID)
    except (links.BadLink, ValueError):
        return None
    return row_id, nonce


def _typed(tx: Transaction, words: str) -> tuple[int, str]:
    """The row whose letters these are, among those of the last ten minutes. Raises TooLate."""
    letters = "".join(sign for sign in words.upper() if sign in links.LEGIBLE)
    if len(words) > LONGEST_TYPED or len(letters) != len(links.letters(PURPOSE)):
        raise TooLate(GONE)
    fresh = tx.scalars(select(HandOver).where(HandOver.created_at > clock.now() - VALID, HandOver.used_at.is_(None)))
    found = next((row for row in fresh if hmac.compare_digest(_letters(row), letters)), None)
    if found is None:
        raise TooLate(GONE)
    return found.id, found.nonce


def _letters(row: HandOver) -> str:
    return links.letters(PURPOSE, row.id, row.nonce)
