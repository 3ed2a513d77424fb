"""When a pair most likely talks next, from when they talked before: for whoever plans, and at the end of each talk."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from companion import clock
from companion.db import reading
from companion.errors import Invalid
from companion.model import humane, rhythm
from companion.model.sessions import Session, SessionState
from companion.services.schedule import Slot


def offers(mentorship_id: int) -> list[Slot]:
    """The likeliest first; none where they have never talked. Each can be planned as it is.

    A wall time stays what it is when clocks change. One that clocks skip, or that comes twice, is not offered.
    """
    talks = _talks(mentorship_id)
    if not talks:
        return []
    last = talks[-1]
    walls = [_wall(each.starts_at, last.zone) for each in talks]
    slots = [Slot(wall, last.zone, last.minutes) for wall in rhythm.next_walls(walls, clock.today(last.zone))]
    return [slot for slot in slots if _can_be(slot)]


def suggestion(mentorship_id: int, zone: str, partners_zone: str) -> dict[str, str]:
    """What a planner in this zone most likely wants: the pair's usual time, or an hour humane for both."""
    offered = offers(mentorship_id)
    if not offered:
        first, minutes = humane.first_time(zone, partners_zone, clock.now()), 60
    else:
        first, minutes = _wall(offered[0].instant(), zone), offered[0].minutes
    return {"day": f"{first:%Y-%m-%d}", "time": f"{first:%H:%M}", "minutes": str(minutes), "title": ""}


def _talks(mentorship_id: int) -> list[Session]:
    """The pair's latest talks, oldest first."""
    with reading() as tx:
        rows = tx.scalars(
            select(Session)
            .where(Session.mentorship_id == mentorship_id, Session.state != SessionState.CANCELLED)
            .order_by(Session.starts_at.desc())
            .limit(rhythm.LOOK_BACK)
        )
        return list(rows)[::-1]


def _wall(when: datetime, zone: str) -> datetime:
    return when.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _can_be(slot: Slot) -> bool:
    try:
        slot.instant()
    except Invalid:
        return False
    return True
