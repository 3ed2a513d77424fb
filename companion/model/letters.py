"""Letters: the outbox. A row is written in the transaction of the deed it tells of; a worker sends it."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as Transaction

from companion import clock, db, signals
from companion.db import Model
from companion.model.mentorships import stored
from companion.model.people import Person


class LetterState(StrEnum):
    """waiting → leased → sent, or dead when the other side will never take it."""

    WAITING = "waiting"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"


class Letter(Model):
    """One e-mail to one address. `facts` are ids: words and links are made when it is sent, so no secret rests here.

    `key` says what and to whom, once; `message_id` stays the same however often it is tried.
    """

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    to_email: Mapped[str] = mapped_column(String(254))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(120))
    state: Mapped[LetterState] = mapped_column(stored(LetterState), default=LetterState.WAITING, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class LetterLink(Model):
    """A button in a letter: one item, one verb, one person, for 60 days."""

    __tablename__ = "letter_links"
    __table_args__ = (UniqueConstraint("item_id", "person_id", "verb"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("action_items.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    verb: Mapped[str] = mapped_column(String(16))
    expires_at: Mapped[datetime]


def post(tx: Transaction, kind: str, to: Person | str, facts: dict[str, Any], key: str) -> None:
    """Write a letter in the transaction of the deed it tells of; once per `key`, however often the deed is tried.

    Whoever deleted their account gets none.
    """
    if isinstance(to, Person) and to.has_left:
        return
    if tx.scalar(select(Letter.id).where(Letter.key == key)) is not None:
        return
    person, email = (None, to) if isinstance(to, str) else (to.id, to.email)
    now = clock.now()
    # The name part is all that must be unique; the domain is the installation's, added when it is sent.
    message_id = hashlib.sha256(f"{key}\x1f{now.isoformat()}".encode()).hexdigest()[:32]
    tx.add(
        Letter(
            kind=kind, person_id=person, to_email=email, facts=facts, key=key,
            message_id=message_id, created_at=now, due_at=now,
        )
    )  # fmt: skip
    db.announce(tx, signals.letter_waiting)
