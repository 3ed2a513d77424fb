"""What each of the two agreed to by a tap, as they wind up: the wording of an action item, the time of the next talk.

Never in the shared document, where either could write it for the other.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as Transaction

from companion.db import Model
from companion.model.action_items import ActionItem
from companion.model.mentorships import Role

LONGEST = 500
"""Characters of an action item that are kept, and so agreed to."""

# What str.split() takes for space, written out: what JavaScript takes for it differs in eight signs.
_SPACES = re.compile("[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


class AgreedWording(Model):
    """One person agreed to one action item of a session, worded so. `item_key` is its id in the agenda."""

    __tablename__ = "agreed_wordings"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    item_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    wording: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class WantedDate(Model):
    """When one partner would like to talk next, said while winding up this session."""

    __tablename__ = "wanted_dates"

    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    starts_at: Mapped[datetime]
    at: Mapped[datetime]


def wording(text: str, owner: Role, due: date | None) -> str:
    """The hash of what an action item says: who, what, until when. Twin: frontend/src/agenda/wording.js."""
    words = _SPACES.sub(" ", text).strip(" ")[:LONGEST]
    said = "\n".join((owner.value, due.isoformat() if due else "", words))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def agreed_by_both(tx: Transaction, session_id: int, items: Iterable[ActionItem]) -> set[str]:
    """Keys of those items of a session that both agreed to as they are worded now."""
    rows = tx.execute(
        select(AgreedWording.item_key, AgreedWording.wording).where(AgreedWording.session_id == session_id)
    )
    agreed = [(key, said) for key, said in rows]
    said = {item.key: wording(item.text, item.owner, item.due) for item in items}
    return {key for key, now in said.items() if agreed.count((key, now)) == len(Role)}
