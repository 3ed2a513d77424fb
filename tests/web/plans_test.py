"""Finding a time: what the form says, keeps and asks."""

from collections.abc import Callable
from datetime import datetime

import pytest

from companion import db
from companion.model.letters import Letter
from companion.model.mentorships import Mentorship
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import pair
from tests.conftest import Browser, Clock, wall

GOOD = {"day": "2026-12-01", "time": "17:00", "minutes": "60", "title": "The portfolio"}


def only_session() -> Session:
    with db.reading() as tx:
        return tx.query(Session).one()


def plan_page(mentorship: Mentorship) -> str:
    return f"/mentorships/{mentorship.id}/plan"


def test_a_time_that_fits_makes_a_session_and_one_letter(
    as_ruth: Browser, mentorship: Mentorship, outbox: Callable[[], list[Letter]]
) -> None:
    answer = as_ruth.submit(plan_page(mentorship), **GOOD)
    session = only_session()
    assert answer.headers["Location"] == f"/sessions/{session.id}"
    assert (session.title, wall(session.starts_at, "Africa/Nairobi")) == ("The portfolio", datetime(2026, 12, 1, 17))
    assert [(letter.kind, letter.to_email) for letter in outbox()] == [("session_planned", "mateo@example.org")]


@pytest.mark.parametrize(
    ("field", "said", "sentence"),
    [
        ("day", "", "Pick a day."),
        ("day", "yesterday", "Pick a day."),
        ("day", "9999-12-31", "more than two years away"),
        ("time", "", "Pick a time, such as 17:00."),
        ("time", "25:00", "Pick a time, such as 17:00."),
        ("minutes", "", "Say how many minutes, from 10 to 240."),
        ("minutes", "²", "Say how many minutes, from 10 to 240."),
        ("minutes", "5", "A session lasts from 10 minutes to 4 hours."),
        ("title", "x" * 121, "Keep the title under 120 characters."),
    ],
)
def test_what_doesn_t_fit_is_said_at_its_field_and_the_rest_stays_as_typed(
    as_ruth: Browser, mentorship: Mentorship, field: str, said: str, sentence: str
) -> None:
    answer = as_ruth.submit(plan_page(mentorship), **{**GOOD, field: said})
    assert answer.status_code == 422
    assert f'id="{field}-hint">' in answer.text and sentence in answer.text.split(f'id="{field}-hint">')[1][:120]
    for name, typed in {**GOOD, field: said}.items():
        assert f'name="{name}"' in answer.text and f'value="{typed}"' in answer.text
    with db.reading() as tx:
        assert tx.query(Session).count() == 0


def test_a_time_that_has_passed_is_refused(as_ruth: Browser, mentorship: Mentorship) -> None:
    answer = as_ruth.submit(plan_page(mentorship), **{**GOOD, "day": "2026-11-01"})
    assert (answer.status_code, "That time has passed" in answer.text) == (422, True)


@pytest.fixture
def santiago(clock: Clock, as_mateo: Browser) -> Browser:
    """Clocks in Santiago go back on 3 April 2027 at midnight: 23:30 comes twice. In September they skip 00:30."""
    return as_mateo


def test_a_time_that_comes_twice_is_asked_about(santiago: Browser, mentorship: Mentorship) -> None:
    asked = santiago.submit(plan_page(mentorship), **{**GOOD, "day": "2027-04-03", "time": "23:30"})
    assert asked.status_code == 422
    assert "23:30 comes twice" in asked.text
    assert asked.text.count('type="radio"') == 2 and asked.text.count('name="fold"') == 2


@pytest.mark.parametrize(("fold", "nairobi"), [("0", "05:30"), ("1", "06:30")])
def test_and_the_answer_is_taken(santiago: Browser, mentorship: Mentorship, fold: str, nairobi: str) -> None:
    santiago.submit(plan_page(mentorship), **{**GOOD, "day": "2027-04-03", "time": "23:30", "fold": fold})
    assert f"{wall(only_session().starts_at, 'Africa/Nairobi'):%H:%M}" == nairobi


def test_a_time_that_clocks_skip_is_said_not_guessed(santiago: Browser, mentorship: Mentorship) -> None:
    answer = santiago.submit(plan_page(mentorship), **{**GOOD, "day": "2027-09-05", "time": "00:30"})
    assert answer.status_code == 422
    assert "00:30 does not exist in Santiago that day" in answer.text


def test_the_partner_s_time_stands_beside_what_is_typed(as_ruth: Browser, mentorship: Mentorship) -> None:
    said = as_ruth.get(f"/mentorships/{mentorship.id}/moment", query_string={"day": "2026-12-01", "time": "17:00"}).text
    assert "Tuesday 1 December, 17:00" in said and "11:00" in said and "Mateo" in said


def test_a_half_typed_time_is_no_accident(as_ruth: Browser, mentorship: Mentorship) -> None:
    for typed in ({}, {"day": "2026-12-01"}, {"day": "2026-12-01", "time": "17"}, {"day": "12", "time": "17:00"}):
        assert as_ruth.get(f"/mentorships/{mentorship.id}/moment", query_string=typed).status_code == 200


def test_moving_shows_the_time_as_it_is_and_takes_another(as_mateo: Browser, session: Session) -> None:
    page = as_mateo.get(f"/sessions/{session.id}/move").text
    assert 'value="2026-11-24"' in page and 'value="11:00"' in page
    as_mateo.submit(f"/sessions/{session.id}/move", **GOOD)
    assert wall(only_session().starts_at, "America/Santiago") == datetime(2026, 12, 1, 17)


def test_cancelling_keeps_it_to_read(as_ruth: Browser, session: Session) -> None:
    page = as_ruth.submit(f"/sessions/{session.id}/cancel")
    assert only_session().state is SessionState.CANCELLED
    assert "This session was cancelled" in as_ruth.get(page.headers["Location"]).text


def test_nothing_is_planned_after_parting(as_ruth: Browser, mentorship: Mentorship, mateo: Person) -> None:
    pair.close(mentorship.id, by=mateo.id)
    answer = as_ruth.submit(plan_page(mentorship), **GOOD)
    assert answer.status_code == 409 and "has ended" in answer.text
