"""Sessions whose meetings are at the simulated Zoom, made straight in the database."""

from datetime import UTC, datetime, timedelta

from companion import db
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import Person
from companion.model.sessions import Meeting, MeetingState, Session
from tests.simulators import zoom_meetings
from tests.simulators.zoom import Zoom

FIVE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
RUTH = "ruth@zoom.example"


def pair() -> int:
    """A mentorship's id."""
    with db.transaction() as tx:
        both = [Person(email=f"{name}@example.org", name=name, created_at=FIVE) for name in ("ruth", "mateo")]
        tx.add(row := Mentorship(mentor=both[0], mentee=both[1], state=MentorshipState.ACTIVE, started_at=FIVE))
        tx.flush()
        return row.id


def session(of: int, number: str, starts_at: datetime = FIVE) -> int:
    """The id of a session of an hour, whose meeting at Zoom has this number."""
    with db.transaction() as tx:
        by = tx.get_one(Mentorship, of).mentor_id
        row = Session(
            mentorship_id=of, number=int(number) % 2**31, wall=starts_at.replace(tzinfo=None), zone="UTC", minutes=60,
            starts_at=starts_at, planned_by=by, empty_since=starts_at - timedelta(days=1),
        )  # fmt: skip
        tx.add(row)
        tx.flush()
        link = Meeting(
            session_id=row.id, provider="zoom", reference=number, state=MeetingState.MADE, made_by=by, marker="m",
            created_at=starts_at,
        )  # fmt: skip
        tx.add(link)
        return row.id


def at_zoom(zoom: Zoom) -> str:
    """The number of a new meeting of Ruth's there."""
    if RUTH not in zoom.users:
        zoom.granted(RUTH)
    host = zoom.users[RUTH]
    there = zoom_meetings.made({}, host.id, host.email, zoom.url)
    host.meetings[there["id"]] = there
    return str(there["id"])
