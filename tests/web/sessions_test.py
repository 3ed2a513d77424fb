"""A session's pages: where each state of it leads, and what the way to the call says."""

from datetime import timedelta

import pytest

from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import follow_up, meet, notes, talk
from tests.conftest import Browser, Clock
from tests.writing import Pen


def page_of(session: Session, name: str = "") -> str:
    return f"/sessions/{session.id}{name}"


@pytest.fixture
def over_session(live_session: Session, ruth: Person, mateo: Person) -> Session:
    """With one action item of Mateo's."""
    pen = Pen()
    pen.add_topic("How to ask for more")
    pen.add_item("Send CV to Paula", "mentee")
    pen.save(live_session.id, mateo.id)
    return talk.end(live_session.id, by=ruth.id)


@pytest.fixture
def closed_session(over_session: Session, ruth: Person) -> Session:
    return follow_up.close(over_session.id, by=ruth.id)


def test_both_read_it_in_their_own_time(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    assert "Tuesday 24 November, 17:00" in as_ruth.get(page_of(session)).text
    assert "Tuesday 24 November, 11:00" in as_mateo.get(page_of(session)).text


def test_what_was_prepared_is_there_before_any_script(as_ruth: Browser, over_session: Session) -> None:
    page = as_ruth.get(page_of(over_session, "/wrap-up")).text
    assert "Send CV to Paula" in page


def test_words_of_the_agenda_are_text_and_never_markup(as_ruth: Browser, session: Session, mateo: Person) -> None:
    pen = Pen()
    pen.add_topic("<script>alert(1)</script>")
    pen.add_item('"><img src=x onerror=alert(1)>')
    pen.save(session.id, mateo.id)
    page = as_ruth.get(page_of(session)).text
    assert "<script>alert" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("name", ["", "/beside"])
def test_once_over_every_page_of_it_leads_to_the_wrap_up(as_mateo: Browser, over_session: Session, name: str) -> None:
    assert as_mateo.get(page_of(over_session, name)).headers["Location"] == page_of(over_session, "/wrap-up")


@pytest.mark.parametrize("name", ["", "/beside"])
def test_once_closed_every_page_of_it_is_the_record(as_mateo: Browser, closed_session: Session, name: str) -> None:
    page = as_mateo.get(page_of(closed_session, name)).text
    assert "This is the record" in page and "Send CV to Paula" in page and "How to ask for more" in page


def test_the_wrap_up_of_a_session_that_isn_t_over_leads_back(as_ruth: Browser, session: Session) -> None:
    assert as_ruth.get(page_of(session, "/wrap-up")).headers["Location"] == page_of(session)


def test_still_talking_leads_back_to_the_companion(as_ruth: Browser, over_session: Session) -> None:
    assert as_ruth.submit(page_of(over_session, "/resume")).headers["Location"] == page_of(over_session, "/beside")
    assert as_ruth.get(page_of(over_session, "/beside")).status_code == 200


def test_lists_that_have_gone_out_can_t_be_called_back(as_ruth: Browser, closed_session: Session) -> None:
    answer = as_ruth.submit(page_of(closed_session, "/resume"))
    assert answer.status_code == 409 and "stays closed" in answer.text


def test_a_session_nobody_opened_is_asked_about(as_ruth: Browser, session: Session, clock: Clock) -> None:
    clock.set(session.ends_at + timedelta(minutes=31))
    assert "Did you talk?" in as_ruth.get(page_of(session)).text


def test_a_pasted_link_is_there_for_both(as_ruth: Browser, as_mateo: Browser, session: Session) -> None:
    as_ruth.submit(page_of(session, "/link"), link="https://meet.example.org/two")
    assert "https://meet.example.org/two" in as_mateo.get(page_of(session)).text
    link = meet.current(session.id)
    assert link is not None
    as_mateo.submit(page_of(session, "/meeting/drop"), meeting=str(link.id))
    assert "https://meet.example.org/two" not in as_ruth.get(page_of(session)).text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://meet.example.org", "two", "https://", ""])
def test_a_link_that_is_none_stays_out_and_the_page_says_why(as_ruth: Browser, session: Session, link: str) -> None:
    answer = as_ruth.submit(page_of(session, "/link"), link=link)
    assert answer.status_code == 303  # a reload must not send it again
    page = as_ruth.get(answer.location).text
    assert 'role="alert"' in page and "Paste a link instead" in page


def test_a_provider_that_doesn_t_exist_leaves_the_page_standing(as_ruth: Browser, session: Session) -> None:
    answer = as_ruth.submit(page_of(session, "/meeting"), provider="telegraph")
    page = as_ruth.get(answer.location).text
    assert 'role="alert"' in page and "Paste a link instead" in page


def test_parts_are_fragments_and_no_others_exist(as_ruth: Browser, session: Session) -> None:
    part = as_ruth.get(page_of(session, "/parts/call"))
    assert part.status_code == 200 and "<html" not in part.text
    assert as_ruth.get(page_of(session, "/parts/../session")).status_code == 404
    assert as_ruth.get(page_of(session, "/parts/menus")).status_code == 404


def test_a_stranger_can_t_tell_it_from_a_session_that_never_was(as_stranger: Browser, session: Session) -> None:
    for name in ("", "/beside", "/wrap-up", "/move", "/parts/call"):
        there, nowhere = (as_stranger.get(f"/sessions/{number}{name}") for number in (session.id, 999))
        assert (there.status_code, there.text) == (nowhere.status_code, nowhere.text) and there.status_code == 404


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "9" * 40, "0", "-1", "٣"])
def test_a_number_that_no_session_has_is_no_accident(as_ruth: Browser, number: str) -> None:
    for family in ("sessions", "mentorships", "items"):
        assert as_ruth.get(f"/{family}/{number}").status_code == 404


def test_private_notes_are_shown_to_their_writer_alone(
    as_ruth: Browser, as_mateo: Browser, session: Session, ruth: Person
) -> None:
    notes.save(session.id, ruth.id, "He undersells himself", 0)
    assert "He undersells himself" in as_ruth.get(page_of(session)).text
    assert "He undersells himself" not in as_mateo.get(page_of(session)).text
