"""Ways on for a link that isn't as it should be: follow it to its new time, put it back, or make it anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

from companion import signals
from companion.db import announce, transaction
from companion.errors import TooLate
from companion.model.sessions import Finding, MeetingState
from companion.services import meet, owed, providers, schedule, tries
from companion.services.authorised import NotConnected, expect
from companion.services.schedule import Slot


def adopt(session_id: int, by: int, at: datetime | None, zone: str) -> None:
    """The session takes the time that its meeting was given at the provider. `at` is what this person was shown."""
    session, row = schedule.find(session_id, by), tries.standing(session_id)
    if row is None or row.finding is not Finding.MOVED or at is None or row.there_at != at:
        raise TooLate(tries.STALE)
    there = at.astimezone(ZoneInfo(zone))
    schedule.move(session_id, by, Slot(there.replace(tzinfo=None, fold=0), zone, session.minutes, there.fold))
    meet.follow(session_id)


def restore(session_id: int, by: int, shown: int) -> None:
    """The meeting gets the session's time back, and lets the partner in. `shown` is the one this person saw.

    Raises ProviderFailed, and TooLate when another link stands by now, or none.
    """
    with transaction() as tx:
        session = schedule.locked(tx, session_id, by)
        if tries.shown(tx, session_id, shown) is None:
            raise TooLate(tries.STALE)
        owed.move(tx, session)
        announce(tx, signals.meeting_changed, session_id=session_id)
    meet.follow(session_id)


def anew(session_id: int, by: int, shown: int) -> None:
    """Another link at the same provider, in its maker's name where that still works, else in this person's.

    `shown` is the one this person saw. Where their partner was quicker, the new one stands already.
    """
    schedule.find(session_id, by)
    row = tries.newest(session_id)
    if row is not None and row.id != shown and row.state is not MeetingState.GONE:
        return
    if row is None or row.id != shown or row.state is MeetingState.CREATING:
        raise TooLate(tries.STALE)
    maker = row.made_by if _can_make(row.made_by, row.provider) else by
    expect(maker, providers.offer(row.provider))
    meet.replace_link(row, maker, asked_by=by)


def _can_make(person_id: int, provider: str) -> bool:
    try:
        expect(person_id, providers.offer(provider))
    except NotConnected:
        return False
    return True
