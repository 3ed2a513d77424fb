"""The calls held at a session's meeting, as its provider tells them, in whatever order it does."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import combinations, groupby

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model
from companion.model.sessions import Session

SHORT = timedelta(minutes=5)  # whoever is gone again so soon was only trying the link
LONG = timedelta(minutes=20)  # hardly anybody waits for so long in vain
# How long a call counts as going on that nobody told the end of: after its last sign, and after the planned end.
BELIEVED, OVERRUN = timedelta(hours=6), timedelta(hours=2)
OPEN_END = datetime.max.replace(tzinfo=UTC)


class Call(Model):
    """One unbroken call at a meeting. `instance` is the provider's name of it; either end may be unknown yet.

    `people` is how many came in all, where the provider counts them.
    """

    __tablename__ = "calls"
    __table_args__ = (UniqueConstraint("meeting_id", "instance"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id", ondelete="CASCADE"), index=True)
    instance: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    people: Mapped[int | None]

    guests: Mapped[list["CallGuest"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="CallGuest.id"
    )


class CallGuest(Model):
    """Somebody's connection to a call. `account` is the provider's id of a signed-in person, `email` as it said.

    `joined_at` and `left_at` are the last that are known: some providers let a connection come back.
    """

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

    @property
    def is_gone(self) -> bool:
        """They left, and have not come back since."""
        return self.left_at is not None and (self.joined_at is None or self.joined_at <= self.left_at)

    @property
    def who(self) -> str:
        """What tells this person from others, on whatever device; empty where the provider said nothing of them."""
        return self.account or self.email.lower() or self.name.casefold()

    def is_surely(self, other: "CallGuest") -> bool | None:
        """Whether both connections are one person's; None where a mere name, or none, leaves it open.

        Where a provider names people and their connections, the key of a connection goes on from its person's.
        """
        if self.key.split("/")[:2] == other.key.split("/")[:2]:
            return True
        if self.account and other.account:
            return self.account == other.account
        if self.email and other.email:
            return self.email.lower() == other.email.lower()
        names = {self.name.casefold(), other.name.casefold()}
        return False if len(names - {""}) > 1 else None


class Verdict(StrEnum):
    """What a session's calls say of its talk."""

    NOTHING = ""
    LIVE = "live"
    OVER = "over"
    ALONE = "alone"  # one of them waited for the other
    HELD = "held"  # a person said that they are still talking: until a call goes on again, calls say nothing


@dataclass(frozen=True)
class Stretch:
    """A call as far as it can be known now: `ended_at` is None while it goes on."""

    started_at: datetime
    ended_at: datetime | None
    last_sign: datetime
    guests: tuple[CallGuest, ...]
    people: int | None = None

    @property
    def here(self) -> tuple[CallGuest, ...]:
        """Who is in it now."""
        return () if self.ended_at else tuple(guest for guest in self.guests if not guest.is_gone)

    @property
    def lasted(self) -> timedelta:
        """How long it was, once it ended."""
        return (self.ended_at or self.started_at) - self.started_at

    @property
    def is_of_unknown(self) -> bool:
        """Nobody told who came, nor how many."""
        return not self.guests and self.people is None

    @property
    def have_met(self) -> bool:
        """Whether two people were in it at a time. Namesakes are two when they stayed side by side for long.

        More people than connections are known of: somebody was there who wasn't told of. Whether Zoom counts whoever
        comes back once more is unverified, so a count that known connections explain says nothing.
        """
        is_more = self.people is not None and self.people > max(1, len(self.guests))
        return is_more or any(self._met(*pair) for pair in combinations(self.guests, 2))

    def _met(self, one: CallGuest, other: CallGuest) -> bool:
        (came, left), (other_came, other_left) = self._stay(one), self._stay(other)
        together = min(left, other_left) - max(came, other_came)
        is_one = one.is_surely(other)
        return together >= SHORT if is_one is None else not is_one and together > timedelta(0)

    def _stay(self, guest: CallGuest) -> tuple[datetime, datetime]:
        """From when to when this connection was there: what was not told is taken for all of the call."""
        came_back = guest.left_at is not None and not guest.is_gone
        came = None if came_back else guest.joined_at
        left = guest.left_at if guest.is_gone else None
        return came or self.started_at, left or self.ended_at or OPEN_END


@dataclass(frozen=True)
class Judgement:
    """A verdict, with when the calls that it is about began and ended."""

    verdict: Verdict
    began_at: datetime | None = None
    ended_at: datetime | None = None


def judge(calls: Iterable[Call], session: Session, now: datetime) -> Judgement:
    """What these calls say of the session's talk: the same in whatever order and how often they were told.

    A call that ended before the planned start says nothing, nor does a short one while nobody opened the companion.
    """
    known = stretches(calls, session, now)
    if going := [each.started_at for each in known if each.ended_at is None]:
        return Judgement(Verdict.LIVE, min(going)) if session.is_near(now) else _NOTHING
    talks = [each for each in known if each.ended_at and each.ended_at > session.starts_at]
    lasted = sum((each.lasted for each in talks), timedelta(0))
    if not talks or (lasted < SHORT and not (session.mentor_came or session.mentee_came)):
        return _NOTHING
    began_at, ended_at = min(each.started_at for each in talks), max(each.ended_at for each in talks if each.ended_at)
    if _have_talked(talks, session, ended_at):
        return Judgement(Verdict.OVER, began_at, ended_at)
    if all(each.is_of_unknown for each in talks):
        return _NOTHING
    return Judgement(Verdict.ALONE, began_at, ended_at)


def have_met(calls: Iterable[Call], session: Session) -> bool:
    """Whether two people were in one of these calls at a time, near the session's time, however it ended."""
    near = [each for each in filter(_signs, calls) if session.is_near(max(_signs(each)))]
    return any(_stretch(each, None).have_met for each in near)


def _have_talked(talks: Collection[Stretch], session: Session, ended_at: datetime) -> bool:
    """Whether both were in one call, or had the agenda open, or it was so long that nobody waits so long in vain."""
    if any(each.have_met for each in talks):
        return True
    if session.both_came and (session.live_at is None or session.live_at < ended_at):
        return True  # what they opened only after the call was another talk
    enough = max(session.length / 2, LONG)
    return any(each.is_of_unknown and each.lasted >= enough for each in talks)


def stretches(calls: Iterable[Call], session: Session, now: datetime) -> list[Stretch]:
    """These calls with what their provider forgot to tell: a meeting has one call at a time, a pair is two people.

    Left out are those that may have ended long ago.
    """
    found: list[Stretch] = []
    for _, group in groupby(sorted(filter(_signs, calls), key=_place), key=lambda each: each.meeting_id):
        held = list(group)
        next_starts = [*(_start(each) for each in held[1:]), None]
        found += [_stretch(each, next_start) for each, next_start in zip(held, next_starts, strict=True)]
    return [each for each in found if each.ended_at or now < _believed_until(each, session)]


def _believed_until(stretch: Stretch, session: Session) -> datetime:
    return min(stretch.last_sign + BELIEVED, max(stretch.last_sign, session.ends_at) + OVERRUN)


def _stretch(call: Call, next_start: datetime | None) -> Stretch:
    end = call.ended_at or _both_left(call) or next_start
    return Stretch(_start(call), end, max(_signs(call)), tuple(call.guests), call.people)


def _both_left(call: Call) -> datetime | None:
    """When the last of at least two people left, if all have: the provider's word that it ended may never come."""
    left = [guest.left_at for guest in call.guests if guest.left_at is not None and guest.is_gone]
    if not left or len(left) < len(call.guests):
        return None
    as_told = Stretch(_start(call), max(left), max(left), tuple(call.guests))
    are_two = any(one.is_surely(other) is False for one, other in combinations(call.guests, 2))
    return max(left) if are_two or as_told.have_met else None


def _place(call: Call) -> tuple[int, datetime, str]:
    return call.meeting_id, _start(call), call.instance


def _start(call: Call) -> datetime:
    return min(_signs(call))


def _signs(call: Call) -> list[datetime]:
    return [moment for moment in _moments(call) if moment is not None]


def _moments(call: Call) -> Iterator[datetime | None]:
    yield call.started_at
    yield call.ended_at
    for guest in call.guests:
        yield guest.joined_at
        yield guest.left_at


_NOTHING = Judgement(Verdict.NOTHING)
