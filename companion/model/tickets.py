"""Tickets to a seat, where several processes serve: handed out by one, taken by whichever the socket reaches."""

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
