"""The link doctor: looks whether the meeting is still there, at its time, and lets the partner in; and how calls went."""

from sqlalchemy import update

from companion import clock
from companion.db import transaction
from companion.model.sessions import Meeting, MeetingState


def soon(provider: str, reference: str) -> None:
    """Something happened to this meeting there: look at the next beat. A reference nobody knows changes nothing."""
    known = (Meeting.provider == provider, Meeting.reference == reference, Meeting.state == MeetingState.MADE)
    with transaction() as tx:
        tx.execute(update(Meeting).where(*known).values(look_at=clock.now()))
