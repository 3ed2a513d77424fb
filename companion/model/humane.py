"""Hours that are kind to two people who live in different zones."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST, LATEST = 9, 19  # when an hour of talking begins, so that it ends by 20:00


def first_time(mine: str, theirs: str, now: datetime) -> datetime:
    """Tomorrow in zone `mine`, at the full hour farthest from both people's early mornings and late evenings.

    A naive wall time in `mine`. Where no hour lies within both days, it is the least unkind one.
    """
    here, there = ZoneInfo(mine), ZoneInfo(theirs)
    tomorrow = now.astimezone(here).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), here).astimezone(UTC)
    hours = [midnight + timedelta(hours=hour) for hour in range(24)]
    kindest = max(hours, key=lambda at: _ease_of_both(_ease(at.astimezone(here)), _ease(at.astimezone(there))))
    return kindest.astimezone(here).replace(tzinfo=None)


def _ease_of_both(mine: float, theirs: float) -> tuple[float, float]:
    """Whoever has it harder counts first."""
    return min(mine, theirs), mine + theirs


def _ease(local: datetime) -> float:
    """Hours between this clock time and the nearer end of the day; negative outside of it."""
    at = local.hour + local.minute / 60
    return min(at - EARLIEST, LATEST - at)
