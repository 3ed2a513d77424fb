"""When links are looked at."""

from datetime import datetime, timedelta

import pytest

from companion.model.sessions import Session, SessionState
from companion.services import rounds
from tests.conftest import NOON

STARTS, LENGTH = NOON + timedelta(days=3), timedelta(hours=1)
ENDS = STARTS + LENGTH
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def session(state: SessionState = SessionState.PLANNED) -> Session:
    return Session(starts_at=STARTS, minutes=60, state=state)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (NOON, STARTS - 24 * HOUR),
        (STARTS - 24 * HOUR, STARTS - 15 * MINUTE),
        (STARTS - 10 * MINUTE, ENDS - 5 * MINUTE),
        (ENDS - 5 * MINUTE, ENDS - 4 * MINUTE),
        (ENDS + 59 * MINUTE, ENDS + 60 * MINUTE),
        (ENDS + HOUR, ENDS + HOUR + 5 * MINUTE),
        (ENDS + 6 * HOUR, None),
    ],
)
def test_a_day_and_a_quarter_of_an_hour_before_then_around_the_end(now: datetime, then: datetime | None) -> None:
    assert rounds.next_look(session(), now) == then


def test_a_provider_that_tells_by_itself_is_asked_less_often() -> None:
    assert rounds.next_look(session(), ENDS, is_told=True) == ENDS + 5 * MINUTE


def test_a_call_may_start_again_while_they_wrap_up_and_not_after() -> None:
    assert rounds.next_look(session(SessionState.OVER), ENDS) == ENDS + MINUTE
    for state in (SessionState.CLOSED, SessionState.CANCELLED):
        assert rounds.next_look(session(state), ENDS) is None


def test_a_whole_life_is_a_bounded_number_of_looks() -> None:
    now, looks = NOON, 0
    while (then := rounds.next_look(session(), now)) is not None:
        assert then > now
        now, looks = then, looks + 1
    assert looks <= 130


def test_the_first_look_since_then_is_the_visit() -> None:
    day_before = STARTS - 24 * HOUR
    assert not rounds.is_visit(session(), None, day_before - MINUTE)
    assert rounds.is_visit(session(), None, day_before)
    assert rounds.is_visit(session(), day_before - MINUTE, day_before + HOUR)
    assert not rounds.is_visit(session(), day_before + MINUTE, day_before + HOUR)
    assert rounds.is_visit(session(), day_before + MINUTE, STARTS - 14 * MINUTE)
    assert not rounds.is_visit(session(), None, ENDS)
