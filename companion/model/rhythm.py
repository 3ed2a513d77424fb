"""How a pair usually meets: the weekday, the wall time, how many weeks apart."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median_low

USUAL_WEEKS = 2
"""Where nothing is known yet."""

LOOK_BACK = 6
"""Talks that make a rhythm: what a pair did a year ago says little."""

SATURDAY = 5


def next_walls(walls: Sequence[datetime], today: date) -> list[datetime]:
    """When these two most likely talk next: as usual; and as second choices a workday later, and a week later.

    `walls` are the wall times of their talks on one clock, oldest first, at least one; so are the answers.
    """
    lately = list(walls[-LOOK_BACK:])
    weeks = timedelta(weeks=weeks_apart(lately))
    weekday, at = _usual(lately)
    first = datetime.combine(_nearest(lately[-1].date(), weekday), at)
    while first <= lately[-1] or first.date() <= today or first - lately[-1] < weeks / 2:
        first += weeks
    return [first, _next_workday(first), first + timedelta(weeks=1)]


def weeks_apart(walls: Sequence[datetime]) -> int:
    """How many weeks usually lie between these talks, oldest first."""
    days = [(later.date() - earlier.date()).days for earlier, later in pairwise(walls)]
    return max(1, median_low([round(each / 7) for each in days])) if days else USUAL_WEEKS


def _usual(walls: Sequence[datetime]) -> tuple[int, time]:
    """Weekday and time that came most often; of several, the newest."""
    seen = Counter((wall.weekday(), wall.time()) for wall in reversed(walls))
    return max(seen, key=lambda each: seen[each])  # in the order in which they came


def _nearest(day: date, weekday: int) -> date:
    """The day with this weekday that is nearest to `day`."""
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)


def _next_workday(wall: datetime) -> datetime:
    later = wall + timedelta(days=1)
    while later.weekday() >= SATURDAY:
        later += timedelta(days=1)
    return later
