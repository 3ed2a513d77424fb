"""Ways on for a link that isn't as it should be: follow it to its new time, put it back, or make it anew."""

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from companion import signals
from companion.db import announce, transaction
from companion.errors import TooLate
from companion.model.letters import post
from companion.model.mentorships import Role
from companion.model.sessions import Finding, Meeting, MeetingState, Session
from companion.services import meet, owed, providers, schedule, tries
from companion.services.authorised import NotConnected, expect
from companion.services.connect import ProviderFailed
from companion.services.schedule import Slot

STALE = "This has changed meanwhile. Look at the page once more."


def adopt(session_id: int, by: int, at: datetime, zone: str) -> None:
    """The session takes the time that its meeting was given at the provider. `at` is what this person was shown."""
    session, row = schedule.find(session_id, by), tries.standing(session_id)
    if row is None or row.finding is not Finding.MOVED or row.there_at != at:
        raise TooLate(STALE)
    there = at.astimezone(ZoneInfo(zone))
    schedule.move(session_id, by, Slot(there.replace(tzinfo=None, fold=0), zone, session.minutes, there.fold))
    meet.follow(session_id)


def restore(session_id: int, by: int) -> None:
    """The meeting gets the session's time back, and lets the partner in. Raises ProviderFailed."""
    with transaction() as tx:
        session = schedule.locked(tx, session_id, by)
        owed.move(tx, session)
        announce(tx, signals.meeting_changed, session_id=session_id)
    meet.follow(session_id)


def anew(session_id: int, by: int) -> None:
    """Another link at the same provider, in its maker's name where that still works, else in this person's."""
    schedule.find(session_id, by)
    row = tries.newest(session_id)
    if row is None or row.state is MeetingState.CREATING:
        raise TooLate(STALE)
    maker = row.made_by if _can_make(row.made_by, row.provider) else by
    expect(maker, providers.offer(row.provider))
    if row.state is MeetingState.MADE:
        with suppress(ProviderFailed):  # owed, and told again by and by
            meet.drop_link(session_id, by)
    replace(row, maker)


def replace(row: Meeting, by: int) -> Meeting:
    """A new link for one that is gone; both get a letter, as the old one stands in earlier ones. Raises Refusal."""
    made = meet.make_link(row.session_id, row.provider, by=by)
    with transaction() as tx:
        session = tx.get_one(Session, row.session_id)
        for role in Role:
            person = session.mentorship.person_in(role)
            post(tx, "new_link", person, {"meeting_id": made.id}, key=f"new_link:{made.id}:{person.id}")
    return made


def _can_make(person_id: int, provider: str) -> bool:
    try:
        expect(person_id, providers.offer(provider))
    except NotConnected:
        return False
    return True
