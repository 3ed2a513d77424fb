"""People, and the devices they signed in on. There are no passwords: a letter proves the address."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model

NOBODY = "gone.invalid"  # no mail is ever delivered under .invalid: RFC 2606


class Person(Model):
    """Somebody who mentors, is mentored, or both. `zone` is an IANA name, `email` is kept in lower case.

    Of who deleted their account, an empty row stays, to which what they wrote with their partners belongs.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(35), default="en-GB")
    created_at: Mapped[datetime]

    @property
    def first_name(self) -> str:
        """What the partner calls them."""
        if self.has_left:
            return self.name
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @property
    def has_left(self) -> bool:
        """Deleted their account."""
        return self.email.endswith(f"@{NOBODY}")

    def erase(self) -> None:
        """Forget who it was."""
        self.email, self.name, self.zone, self.locale = f"{self.id}@{NOBODY}", "Former partner", "UTC", "en-GB"

    @property
    def is_new(self) -> bool:
        """Has not yet said their name and zone."""
        return not self.name


class SignIn(Model):
    """One device of one person. The cookie holds a random id; only its SHA-256 is kept.

    With a `session_id` it is let in to that session alone, until `ends_at`: a phone beside a laptop, a panel in a call.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    kept: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    ends_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")

    def lets_into(self, session_id: object) -> bool:
        """Whether what is asked of this session (None: of anything else) may be asked from this device."""
        return self.session_id is None or self.session_id == session_id


class HandOver(Model):
    """A link that lets another device, or a frame, of the same person in to one session; once, for some minutes.

    It follows from `nonce` and our key; it is void when the device that asked for it is signed out.
    """

    __tablename__ = "hand_overs"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"))
    nonce: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class SignInLink(Model):
    """One letter that lets its reader in: a link and six digits, once, for 15 minutes.

    A row is made for unknown addresses too (`person_id` None), so that both take the same time and count alike.
    `visitor_hash` names the browser that asked; `asked_from` is a hash of its network address.
    """

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    visitor_hash: Mapped[str] = mapped_column(String(64), index=True)
    nonce: Mapped[str] = mapped_column(String(43))
    asked_from: Mapped[str] = mapped_column(String(64), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)


class LinkedAccount(Model):
    """An account at a provider that its person may sign in with: linked from inside, known by its lasting id alone."""

    __tablename__ = "linked_accounts"
    __table_args__ = (UniqueConstraint("provider", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    account: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")


class Visit(Model):
    """What is kept for a browser that nobody is signed in on, for a while: the states of consents it began.

    A row by the hash of a network counts the visits that began there.
    """

    __tablename__ = "visits"

    visitor_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seen_at: Mapped[datetime] = mapped_column(index=True)
