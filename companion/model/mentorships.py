"""Two people, one of them mentor, and the invitation that brought them together."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model
from companion.errors import NotYours
from companion.model.people import Person


class Role(StrEnum):
    """Which of the two somebody is in one mentorship."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> "Role":
        """The partner's role."""
        return Role.MENTEE if self is Role.MENTOR else Role.MENTOR


class MentorshipState(StrEnum):
    """Whether the two are still walking alongside."""

    ACTIVE = "active"
    CLOSED = "closed"


class InvitationState(StrEnum):
    """What became of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def stored(kind: type[StrEnum]) -> Enum:
    """A column for one of our states: its words, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        length=16,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda states: [state.value for state in states],
    )


class Mentorship(Model):
    """One mentor and one mentee. Nobody else sees anything of it."""

    __tablename__ = "mentorships"
    __table_args__ = (CheckConstraint("mentor_id <> mentee_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    mentee_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[MentorshipState] = mapped_column(stored(MentorshipState), default=MentorshipState.ACTIVE)
    started_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    mentor: Mapped[Person] = relationship(foreign_keys=mentor_id, lazy="joined", innerjoin=True)
    mentee: Mapped[Person] = relationship(foreign_keys=mentee_id, lazy="joined", innerjoin=True)

    def role_of(self, person_id: int) -> Role | None:
        """Which of the two this person is, if either."""
        return {self.mentor_id: Role.MENTOR, self.mentee_id: Role.MENTEE}.get(person_id)

    def person_in(self, role: Role) -> Person:
        """Who is the mentor, or the mentee."""
        return self.mentor if role is Role.MENTOR else self.mentee

    def partner_of(self, person_id: int) -> Person:
        """The other one. Raises NotYours for a stranger."""
        role = self.role_of(person_id)
        if role is None:
            raise NotYours
        return self.person_in(role.other)

    def for_partner(self, person_id: int) -> "Mentorship":
        """Itself, for one of its two people. Raises NotYours for anybody else."""
        if self.role_of(person_id) is None:
            raise NotYours
        return self

    @property
    def is_active(self) -> bool:
        """Sessions may be planned and agendas written."""
        return self.state is MentorshipState.ACTIVE


class Invitation(Model):
    """Asks somebody by letter to be the inviter's mentor or mentee: `role` is the asked person's."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[Role] = mapped_column(stored(Role))
    purpose: Mapped[str] = mapped_column(String(300), default="")
    nonce: Mapped[str] = mapped_column(String(43))
    state: Mapped[InvitationState] = mapped_column(stored(InvitationState), default=InvitationState.OPEN)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorships.id"))

    inviter: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_open(self) -> bool:
        """Still waiting for an answer."""
        return self.state is InvitationState.OPEN
