"""What the messages that arrived come to, each heard once and in order: added up apart from the product's own code."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations, zip_longest

from companion.model.sessions import SessionState
from integrations.hooks import Event, Kind

MINUTE = timedelta(minutes=1)


@dataclass
class Line:
    """One connection, as far as it was told of."""

    account: str
    name: str
    came: datetime | None = None
    went: datetime | None = None


@dataclass
class Held:
    """One call: every time that was told of it, when it was said to end, and who came."""

    times: list[datetime] = field(default_factory=list)
    end: datetime | None = None
    lines: dict[str, Line] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        return min(self.times)

    @property
    def all_gone(self) -> datetime | None:
        """When the last went, where two came and nobody is left."""
        gone = [line.went for line in self.lines.values() if line.went]
        if not gone or len(gone) < len(self.lines):
            return None
        two = any(_differ(one, other) for one, other in combinations(self.lines.values(), 2))
        return max(gone) if two or self.is_talk(max(gone)) else None

    def is_talk(self, end: datetime) -> bool:
        """Two side by side; namesakes for 5 minutes, as one person changes devices more quickly."""
        for one, other in combinations(self.lines.values(), 2):
            together = min(one.went or end, other.went or end) - max(one.came or self.start, other.came or self.start)
            if together > 0 * MINUTE and _differ(one, other):
                return True
            is_one = one.account and one.account == other.account
            if together >= 5 * MINUTE and not is_one:
                return True
        return False


def state_after(events: Iterable[Event], starts_at: datetime, now: datetime) -> SessionState:
    """Of a session of an hour whose agenda nobody ever opened."""
    calls = sorted(_calls(events).items(), key=lambda each: (each[1].start, each[0]))
    held = [call for _, call in calls]
    ended = list[tuple[Held, datetime]]()
    for call, following in zip_longest(held, held[1:]):
        end = call.end or call.all_gone or (following.start if following else None)
        if end:
            ended.append((call, end))
        elif now < min(max(call.times) + 360 * MINUTE, max(*call.times, starts_at + 60 * MINUTE) + 120 * MINUTE):
            return SessionState.LIVE if now >= starts_at - 15 * MINUTE else SessionState.PLANNED
    talks = [(call, end) for call, end in ended if end > starts_at]
    if sum((end - call.start for call, end in talks), 0 * MINUTE) < 5 * MINUTE:
        return SessionState.PLANNED
    have_talked = any(call.is_talk(end) or (not call.lines and end - call.start >= 30 * MINUTE) for call, end in talks)
    return SessionState.OVER if have_talked else SessionState.PLANNED


def _differ(one: Line, other: Line) -> bool:
    if one.account and other.account:
        return one.account != other.account
    return one.name != other.name


def _calls(events: Iterable[Event]) -> dict[str, Held]:
    found = dict[str, Held]()
    for event in events:
        call = found.setdefault(event.instance, Held())
        call.times += [moment for moment in (event.started_at, event.ended_at) if moment]
        if event.kind is Kind.ENDED:
            call.end = event.ended_at
        if event.guest:
            line = call.lines.setdefault(event.guest.key, Line(event.guest.account, event.guest.name))
            line.came, line.went = event.guest.joined_at or line.came, event.guest.left_at or line.went
            call.times += [moment for moment in (event.guest.joined_at, event.guest.left_at) if moment]
    return found
