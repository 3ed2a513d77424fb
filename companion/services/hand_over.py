"""Another device of the same person, or a frame inside a call, is let in to one session: by a link, once."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
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
GONE = "This code was used already, or is older than ten minutes. Ask for a new one where you are signed in."


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
    try:
        row_id, nonce = links.read(PURPOSE, token, max_age=VALID)
    except (links.BadLink, ValueError) as error:
        raise TooLate(GONE) from error
    row = tx.get(HandOver, row_id, with_for_update=for_update)
    giver = tx.get(SignIn, row.sign_in_id) if row else None
    if row is None or row.nonce != nonce or row.used_at or giver is None or giver.ended_at:
        raise TooLate(GONE)
    return row
