"""What the form that plans a session says while it is filled in, and where it is asked again."""

import pytest

from companion.model.mentorships import Mentorship
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import schedule
from tests.conftest import Browser

# Santiago's clocks go back on 3 April 2027 at 24:00: 23:30 comes twice that night.
DOUBLED = {"day": "2027-04-03", "time": "23:30", "minutes": "60"}
# On 4 September 2027 they go forward at 24:00: 00:30 on the 5th doesn't exist.
SKIPPED = {"day": "2027-09-05", "time": "00:30", "minutes": "60"}
PLAIN = {"day": "2026-12-01", "time": "11:00", "minutes": "60"}
CHOICE = 'name="fold"'


def beside(browser: Browser, mentorship: Mentorship, **entered: object) -> str:
    return browser.get(f"/mentorships/{mentorship.id}/moment", query_string=entered).text


def test_the_partner_s_time_stands_beside(as_mateo: Browser, mentorship: Mentorship) -> None:
    words = beside(as_mateo, mentorship, **PLAIN)
    assert "Tuesday 1 December, 11:00" in words and "17:00</b> for Ruth" in words and CHOICE not in words


def test_of_a_doubled_hour_both_are_offered_before_anything_is_sent(as_mateo: Browser, mentorship: Mentorship) -> None:
    words = beside(as_mateo, mentorship, **DOUBLED)
    assert words.count(CHOICE) == 2 and " checked" not in words
    assert "05:30 for Ruth" in words and "06:30 for Ruth" in words


def test_the_hour_that_was_chosen_stays_chosen(as_mateo: Browser, mentorship: Mentorship) -> None:
    assert 'value="1" required checked' in beside(as_mateo, mentorship, **DOUBLED, fold="1")


def test_a_choice_made_for_another_time_is_dropped(as_mateo: Browser, mentorship: Mentorship) -> None:
    assert CHOICE not in beside(as_mateo, mentorship, **PLAIN, fold="1")
    page = as_mateo.submit(f"/mentorships/{mentorship.id}/plan", **PLAIN, fold="1", title="x" * 200)
    assert page.status_code == 422 and CHOICE not in page.text


@pytest.mark.parametrize(("entered", "words"), [(SKIPPED, "does not exist"), (DOUBLED, "comes twice")])
def test_what_the_clocks_do_is_said_once(
    as_mateo: Browser, mentorship: Mentorship, entered: dict[str, str], words: str
) -> None:
    page = as_mateo.submit(f"/mentorships/{mentorship.id}/plan", **entered)
    assert page.status_code == 422 and page.text.count(words) == 1


def test_nothing_entered_is_nothing_wrong(as_mateo: Browser, mentorship: Mentorship) -> None:
    assert "Ruth’s time appears here" in beside(as_mateo, mentorship)
    assert as_mateo.submit(f"/mentorships/{mentorship.id}/plan").status_code == 422


def test_another_session_at_that_time_is_said_and_allowed(as_ruth: Browser, session: Session) -> None:
    then = {"day": "2026-11-24", "time": "17:30", "minutes": "30"}
    assert "You two already have Session 1 then" in beside(as_ruth, session.mentorship, **then)
    answer = as_ruth.submit(f"/mentorships/{session.mentorship_id}/plan", **then, title="")
    assert answer.status_code == 302


def test_a_session_that_moves_is_not_in_its_own_way(as_ruth: Browser, session: Session) -> None:
    assert "already have" not in as_ruth.get(f"/sessions/{session.id}/move").text
    then = {"day": "2026-11-24", "time": "17:30", "session": session.id}
    assert "already have" not in beside(as_ruth, session.mentorship, **then)


@pytest.mark.parametrize("session_id", ["x", "", "9" * 40])
def test_any_session_may_be_named(as_ruth: Browser, mentorship: Mentorship, session_id: str) -> None:
    assert "for Mateo" in beside(as_ruth, mentorship, **PLAIN, session=session_id)


def test_cancelling_is_asked_about_first(as_ruth: Browser, session: Session, ruth: Person) -> None:
    page = as_ruth.get(f"/sessions/{session.id}/move").text
    unfolded = page[page.index("<details") : page.index("</details>")]
    assert "Cancel this session for you both?" in unfolded and f"/sessions/{session.id}/cancel" in unfolded
    assert page.count(f'action="/sessions/{session.id}/cancel"') == 1
    assert schedule.find(session.id, by=ruth.id).is_open


def test_any_whole_number_of_minutes_will_do(as_ruth: Browser, mentorship: Mentorship) -> None:
    assert 'step="5"' not in as_ruth.get(f"/mentorships/{mentorship.id}/plan").text
    form = {"day": "2026-11-30", "time": "17:00", "minutes": "47", "title": ""}
    assert as_ruth.submit(f"/mentorships/{mentorship.id}/plan", **form).status_code == 302
