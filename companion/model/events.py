"""What providers told us unasked: stored before it is answered, acted on afterwards, once."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Model
from companion.model.mentorships import stored
from integrations.hooks import Kind


class ReceivedEvent(Model):
    """One message, only what we act on. `key` is the provider's, hashed: the same message again changes nothing."""

    __tablename__ = "received_events"
    __table_args__ = (UniqueConstraint("provider", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Kind] = mapped_column(stored(Kind))
    reference: Mapped[str] = mapped_column(String(200), default="")
    instance: Mapped[str] = mapped_column(String(200), default="")
    account: Mapped[str] = mapped_column(String(200), default="", index=True)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    guest_key: Mapped[str] = mapped_column(String(200), default="")
    guest_account: Mapped[str] = mapped_column(String(200), default="")
    guest_name: Mapped[str] = mapped_column(String(200), default="")
    guest_email: Mapped[str] = mapped_column(String(254), default="")
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
