"""Action items as both left the call with them. They live on until they are done."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model
from companion.model.mentorships import Mentorship, Role, stored
from companion.model.people import Person


class ActionItem(Model):
    """Something one partner does for, or promised to, the other. `key` is its id in the session's agenda."""

    __tablename__ = "action_items"
    __table_args__ = (UniqueConstraint("session_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(500))
    owner: Mapped[Role] = mapped_column(stored(Role))
    due: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    dropped_at: Mapped[datetime | None]
    position: Mapped[int]

    mentorship: Mapped[Mentorship] = relationship(lazy="joined", innerjoin=True)

    @property
    def owned_by(self) -> Person:
        """Whose it is."""
        return self.mentorship.person_in(self.owner)

    def is_late(self, today: date) -> bool:
        """Still open after its day, in the owner's calendar."""
        return self.done_at is None and self.due is not None and self.due < today
