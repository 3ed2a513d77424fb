"""Whether a pair has something else at that time."""

from datetime import timedelta

import pytest

from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import schedule
from companion.services.overlaps import overlapping

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("after", "meets"),
    [(-60, False), (-59, True), (0, True), (30, True), (59, True), (60, False)],
)
def test_sessions_overlap_when_they_share_a_minute(session: Session, after: int, meets: bool) -> None:
    start = session.starts_at + timedelta(minutes=after)
    assert (overlapping(session.mentorship_id, start, start + HOUR) is not None) is meets


def test_a_session_that_moves_is_not_in_its_own_way(session: Session) -> None:
    found = overlapping(session.mentorship_id, session.starts_at, session.ends_at, but=session.id)
    assert found is None


def test_a_cancelled_session_leaves_its_time_free(session: Session, ruth: Person) -> None:
    schedule.cancel(session.id, by=ruth.id)
    assert overlapping(session.mentorship_id, session.starts_at, session.ends_at) is None


def test_other_mentorships_are_nobody_s_business_here(session: Session) -> None:
    assert overlapping(session.mentorship_id + 1, session.starts_at, session.ends_at) is None
