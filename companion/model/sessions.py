"""A mentoring session: when it is, what state it is in, and the meeting (the video call) it is held in."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion import clock
from companion.db import Model
from companion.errors import Invalid, NotYours
from companion.model.mentorships import Mentorship, stored
from integrations.meetings import MeetingPlan

NEAR = timedelta(minutes=15)


class SessionState(StrEnum):
    """planned → live → over → closed, or cancelled; over can go back to live while the wrap-up lasts."""

    PLANNED = "planned"
    LIVE = "live"
    OVER = "over"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN = (SessionState.PLANNED, SessionState.LIVE, SessionState.OVER)


class OverBecause(StrEnum):
    """Why a session counts as over: somebody said so, its call ended, or everybody had been gone for long."""

    PERSON = "person"
    CALL = "call"
    CLOCK = "clock"


class Owed(StrEnum):
    """What a provider still has to be told: it failed, or nobody lived to see the answer."""

    MOVE = "move"
    CANCEL = "cancel"
    LOOK_UP = "look_up"  # an answer was lost and nobody asked again: if it exists, nobody knows it


class Finding(StrEnum):
    """What a look at the meeting found, each with one way on."""

    FINE = "fine"
    RECONNECT = "reconnect"  # its maker must connect again; the link itself usually still works
    DELETED = "deleted"  # at the provider, by somebody
    MOVED = "moved"  # at the provider, to `there_at`
    OTHER_HOST = "other_host"
    SIGN_IN = "sign_in"
    KNOCK = "knock"
    UNREACHABLE = "unreachable"


class MeetingState(StrEnum):
    """`creating` is written before a provider is asked, so that a lost answer is looked up, not asked again."""

    CREATING = "creating"
    MADE = "made"
    GONE = "gone"


def instant(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a wall time. Raises Invalid where clocks skip it; a doubled one must say its fold."""
    try:
        moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError as error:
        raise Invalid("day", "Pick a day of this century.") from error
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall.replace(fold=0):
        raise Invalid(
            "time", f"{wall:%H:%M} does not exist in {place(zone)} that day: the clocks go forward. Pick another time."
        )
    return moment


def is_doubled(wall: datetime, zone: str) -> bool:
    """Whether clocks going back make this wall time happen twice."""
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def place(zone: str) -> str:
    """The city of an IANA zone, as people say it."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


class Session(Model):
    """One conversation of a mentorship.

    `wall` and `zone` are what the planner chose; `starts_at` is the UTC instant computed from them. Partners see it in
    their own zones. `empty_since` says since when nobody has its agenda open, `mentor_came` and `mentee_came` who had
    it open near its time, `over_at` when it was said to be over, `ended_at` when they stopped talking, as far as known.
    """

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("mentorship_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorships.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120), default="")
    wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    fold: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(String(64))
    minutes: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[SessionState] = mapped_column(stored(SessionState), default=SessionState.PLANNED, index=True)
    planned_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)
    live_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    empty_since: Mapped[datetime | None]
    mentor_came: Mapped[bool] = mapped_column(default=False)
    mentee_came: Mapped[bool] = mapped_column(default=False)
    over_because: Mapped[OverBecause | None] = mapped_column(stored(OverBecause))
    call_verdict: Mapped[str] = mapped_column(String(16), default="")

    mentorship: Mapped[Mentorship] = relationship(lazy="joined", innerjoin=True)

    def for_partner(self, person_id: int) -> "Session":
        """Itself, for one of its two people. Raises NotYours for anybody else."""
        if self.mentorship.role_of(person_id) is None:
            raise NotYours
        return self

    @property
    def length(self) -> timedelta:
        """How long it is planned to last."""
        return timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> datetime:
        """The planned end, UTC."""
        return self.starts_at + self.length

    @property
    def name(self) -> str:
        """Its title, or its number where nobody gave one."""
        return self.title or f"Session {self.number}"

    @property
    def is_open(self) -> bool:
        """Its agenda takes edits."""
        return self.state in OPEN and self.mentorship.is_active

    @property
    def began_at(self) -> datetime:
        """When the talk began: as planned, unless it went live later, or was said to have begun well before."""
        if self.live_at is None:
            return self.starts_at
        a_little_early = timedelta(0) <= self.starts_at - self.live_at <= NEAR
        ended_before = self.ended_at is not None and self.ended_at < self.starts_at
        return self.starts_at if a_little_early and not ended_before else self.live_at

    @property
    def means_to_end_at(self) -> datetime:
        """The planned end; of a talk that began so early or so late that this says nothing, its length after that."""
        began = self.began_at
        is_as_planned = self.starts_at <= began < self.ends_at - timedelta(minutes=10)
        return self.ends_at if is_as_planned else began + self.length

    @property
    def both_came(self) -> bool:
        """Neither was alone with it."""
        return self.mentor_came and self.mentee_came

    @property
    def can_move(self) -> bool:
        """It may still be given another time, or called off: they have not been talking.

        Both may have it open minutes before, to agree on a later time.
        """
        waiting = self.state is SessionState.LIVE and (not self.both_came or clock.now() < self.starts_at)
        return self.mentorship.is_active and (self.state is SessionState.PLANNED or waiting)

    @property
    def lasted(self) -> timedelta:
        """How long they talked, as far as we know."""
        return max(timedelta(0), (self.ended_at or self.over_at or self.ends_at) - self.began_at)

    def is_near(self, now: datetime) -> bool:
        """Close enough to its time that opening it means talking."""
        return now >= self.starts_at - NEAR

    def never_happened(self, now: datetime) -> bool:
        """Its time has passed and nobody ever opened it: we ask, we don't assume."""
        return self.state is SessionState.PLANNED and now > self.ends_at + timedelta(minutes=30)

    def plan(self, marker: str) -> MeetingPlan:
        """What a provider needs to make or move its meeting. Both names stay out of other people's machines."""
        return MeetingPlan(
            title=self.title or "Mentoring session",
            starts_at=self.wall.replace(fold=self.fold),
            zone=self.zone,
            length=self.length,
            marker=marker,
        )


class Meeting(Model):
    """The video call of one session at one provider. `marker` finds it again after a lost answer.

    `spare_url` is a room that needs no account, for the day the link fails. `owed` is what the provider has not been
    told yet, tried again from `owed_from` on. `look_at` is when it is looked at next, `looked_at` when it last was,
    `finding` what was found, `there_at` the time it has there, where a provider keeps one.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        Index("ix_meetings_provider_reference", "provider", "reference"),
        Index("ix_meetings_made_by", "made_by", "provider"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(200), default="")
    join_url: Mapped[str] = mapped_column(String(2000), default="")
    state: Mapped[MeetingState] = mapped_column(stored(MeetingState), default=MeetingState.CREATING)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    marker: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    spare_url: Mapped[str] = mapped_column(String(2000), default="")
    owed: Mapped[Owed | None] = mapped_column(stored(Owed))
    owed_from: Mapped[datetime | None] = mapped_column(index=True)
    owed_tries: Mapped[int] = mapped_column(default=0)
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    looked_at: Mapped[datetime | None]
    finding: Mapped[Finding | None] = mapped_column(stored(Finding))
    there_at: Mapped[datetime | None]

    @property
    def was_taken_away(self) -> bool:
        """Its maker took Alongside away at the provider, so its number and link are deleted here; not so there."""
        return self.state is MeetingState.GONE and self.finding is Finding.DELETED and not self.reference
