"""Both days on one clock: a drawing of when a session is for each of the two."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from companion.model.people import Person
from companion.model.sessions import Session

SPAN = timedelta(hours=18)
WAKING = (7, 22)


@dataclass(frozen=True)
class Lane:
    """One person's day: stretches they are usually awake, as (x, width), and hours, as (x, "15"); all in percent."""

    waking: tuple[tuple[float, float], ...]
    hours: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Strip:
    """Two lanes and where the session lies across them, in percent of the width."""

    mine: Lane
    theirs: Lane
    x: float
    width: float

    @property
    def middle(self) -> float:
        """Where its times are written."""
        return round(self.x + self.width / 2, 2)


def strip(session: Session, me: Person, partner: Person) -> Strip:
    """Nine hours to either side of the session's start."""
    begin = session.starts_at.replace(minute=0) - SPAN / 2
    return Strip(
        mine=_lane(begin, me.zone, me.zone),
        theirs=_lane(begin, partner.zone, me.zone),
        x=_percent(session.starts_at - begin),
        width=max(4.0, _percent(session.length)),
    )


def _lane(begin: datetime, zone: str, labelled_by: str) -> Lane:
    moments = [begin + timedelta(hours=hour) for hour in range(19)]
    waking = [at for at in moments[:-1] if WAKING[0] <= at.astimezone(ZoneInfo(zone)).hour < WAKING[1]]
    stretches: list[list[datetime]] = []
    for at in waking:
        if stretches and at - stretches[-1][-1] == timedelta(hours=1):
            stretches[-1].append(at)
        else:
            stretches.append([at])
    return Lane(
        waking=tuple((_percent(each[0] - begin), _percent(timedelta(hours=len(each)))) for each in stretches),
        hours=tuple(
            (_percent(at - begin), f"{at.astimezone(ZoneInfo(zone)):%-H}")
            for at in moments[1:-1]
            if at.astimezone(ZoneInfo(labelled_by)).hour % 3 == 0 and abs(at - begin - SPAN / 2) > timedelta(hours=1.6)
        ),
    )


def _percent(length: timedelta) -> float:
    return round(100 * length / SPAN, 2)
