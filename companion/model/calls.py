"""The calls held at a session's meeting, as its provider tells them, in whatever order it does."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from companion.db import Model
from companion.model.sessions import Session

SHORT = timedelta(minutes=5)  # whoever is gone again so soon was only trying the link
# How long a call counts as going on that nobody told the end of: after its last sign, and after the planned end.
BELIEVED, OVERRUN = timedelta(hours=6), timedelta(hours=2)


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

    @property
    def here(self) -> tuple[CallGuest, ...]:
        """Who is in it now."""
        return () if self.ended_at else tuple(guest for guest in self.guests if not guest.is_gone)


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
    ended = [(each.started_at, each.ended_at, each.guests) for each in known if each.ended_at]
    talks = [each for each in ended if each[1] > session.starts_at]
    talked = sum((end - start for start, end, _ in talks), timedelta(0))
    if not talks or (talked < SHORT and not (session.mentor_came or session.mentee_came)):
        return _NOTHING
    people = how_many(guest for each in talks for guest in each[2])
    verdict = Verdict.ALONE if people == 1 else Verdict.OVER
    return Judgement(verdict, min(each[0] for each in talks), max(each[1] for each in talks))


def have_met(calls: Iterable[Call], session: Session) -> bool:
    """Whether at least two people came to these calls near the session's time, however they ended."""
    near = [each for each in filter(_signs, calls) if session.is_near(max(_signs(each)))]
    return how_many(guest for each in near for guest in each.guests) > 1


def how_many(guests: Iterable[CallGuest]) -> int:
    """How many people these are: who signed in on one device and only gave a name on another is one of them."""
    known = list(guests)
    signed_in = {guest.account for guest in known if guest.account}
    emails = {guest.email.lower() for guest in known if guest.account}
    by_email = {guest.email.lower() for guest in known if not guest.account} - emails - {""}
    names = {guest.name.casefold() for guest in known if guest.account or guest.email}
    by_name = {guest.name.casefold() for guest in known if not guest.account and not guest.email} - names - {""}
    return len(signed_in) + len(by_email) + len(by_name)


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
    end = call.ended_at or _both_left(call.guests) or next_start
    return Stretch(_start(call), end, max(_signs(call)), tuple(call.guests))


def _both_left(guests: Collection[CallGuest]) -> datetime | None:
    """When the last of at least two people left, if all have: the provider's word that it ended may never come."""
    left = [guest.left_at for guest in guests if guest.left_at is not None and guest.is_gone]
    return max(left) if how_many(guests) > 1 and len(left) == len(guests) else None


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
