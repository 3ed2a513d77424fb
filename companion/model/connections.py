"""A person's grant at one provider, encrypted."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from companion.db import Model
from companion.model.mentorships import stored


class ConnectionState(StrEnum):
    """`reconnect`: the provider no longer honours the grant; the person must connect again."""

    OK = "ok"
    RECONNECT = "reconnect"


class Connection(Model):
    """One grant. Two rows for one provider user would kill each other's tokens, so (provider, account) is unique.

    `account` is the provider's own user id, `label` what people recognise (an address), `sealed` the encrypted token,
    `granted_at` when its person last consented, `version` grows with each new one (the compare-and-swap key),
    `leased_until` lets one process refresh at a time.
    """

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("provider", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(254), default="")
    scopes: Mapped[str] = mapped_column(Text, default="")
    sealed: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[ConnectionState] = mapped_column(stored(ConnectionState), default=ConnectionState.OK)
    expires_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    granted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
