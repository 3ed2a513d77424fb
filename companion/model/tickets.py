"""What opens something once, or for one alone: tickets to a seat, and what Zoom says of a visitor."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Model
from companion.model.mentorships import Role, stored


class SeatTicket(Model):
    """One ticket that was not used yet, with the claim it opens. Rows live for a minute."""

    __tablename__ = "seat_tickets"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[int] = mapped_column(Integer)
    mentorship_id: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(Integer, index=True)
    sign_in_id: Mapped[int] = mapped_column(Integer)
    role: Mapped[Role] = mapped_column(stored(Role))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ShownContext(Model):
    """What Zoom's client said of a visitor counts for the one who showed it first, until it is too old for anybody."""

    __tablename__ = "shown_contexts"

    context_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    visitor_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(index=True)
