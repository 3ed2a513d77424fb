"""The calls held at a session's meeting, as its provider tells them, in whatever order it does."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model


class Call(Model):
    """One unbroken call at a meeting. `instance` is the provider's name of it; either end may be unknown yet."""

    __tablename__ = "calls"
    __table_args__ = (UniqueConstraint("meeting_id", "instance"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    instance: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    guests: Mapped[list["CallGuest"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CallGuest.id"
    )


class CallGuest(Model):
    """Somebody's connection to a call. `account` is the provider's id of a signed-in person, `email` as it said."""

    __tablename__ = "call_guests"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    account: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
