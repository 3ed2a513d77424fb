"""Refusals as pages: what happened, what is safe, one way on."""

from collections.abc import Callable

from companion.model.mentorships import Mentorship
from companion.model.people import Person
from tests.conftest import BASE_URL, Browser

Browse = Callable[[Person | None], Browser]

LOST = "Nothing you wrote is lost."


def refused(browser: Browser, address: str, came_from: str = "", **fields: object) -> str:
    """What a form without our token is answered."""
    headers = {"Origin": BASE_URL, "Referer": came_from}
    answer = browser.post(address, data={"csrf": "old", **fields}, headers=headers)
    assert answer.status_code == 403
    return answer.text


def test_a_page_that_isn_t_there_took_nothing_along(as_ruth: Browser) -> None:
    page = as_ruth.get("/nowhere").text
    assert LOST in page and "Go to Today" in page and "Go back" not in page


def test_a_refused_form_promises_nothing_and_shows_what_was_typed(as_ruth: Browser) -> None:
    page = refused(as_ruth, "/invitations/new", email="ana@example.org", purpose="Lead <b>a team</b>", role="mentor")
    assert LOST not in page
    assert "What you typed was not kept" in page and "ana@example.org" in page
    assert "Lead &lt;b&gt;a team&lt;/b&gt;" in page


def test_a_refused_button_says_nothing_of_typing(as_ruth: Browser) -> None:
    page = refused(as_ruth, "/sign-out")
    assert LOST not in page and "What you typed" not in page


def test_codes_are_never_shown_again(browse: Browse) -> None:
    assert "123456" not in refused(browse(None), "/sign-in/code", code="123456")


def test_words_from_another_site_are_not_shown_on_ours(as_ruth: Browser) -> None:
    answer = as_ruth.post("/invitations/new", data={"purpose": "Call me"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "Call me" not in answer.text


def test_go_back_leads_to_the_form_s_own_page(as_ruth: Browser, mentorship: Mentorship) -> None:
    own = f"/mentorships/{mentorship.id}/plan"
    assert f'href="{own}">Go back' in refused(as_ruth, own, came_from=BASE_URL + own)


def test_go_back_leads_nowhere_else(as_ruth: Browser) -> None:
    for elsewhere in ("https://evil.example/", f"{BASE_URL}.evil.example/", f"{BASE_URL}//evil.example", "x"):
        assert "Go back" not in refused(as_ruth, "/sign-out", came_from=elsewhere)


def test_whoever_is_signed_out_can_sign_in_and_come_back(browse: Browse) -> None:
    visitor = browse(None)
    headers = {"Origin": BASE_URL, "Referer": f"{BASE_URL}/settings"}
    answer = visitor.post("/settings", data={"csrf": visitor.csrf, "name": "Ruth W."}, headers=headers)
    assert answer.status_code == 401
    assert 'href="/sign-in?next=/settings">Sign in' in answer.text and "Ruth W." in answer.text


def test_a_script_is_answered_in_its_own_language(as_ruth: Browser) -> None:
    answer = as_ruth.post("/sign-out", headers={"X-CSRF": "old", "Origin": BASE_URL})
    assert answer.is_json and "fresh page" not in answer.text and answer.json and answer.json["sentence"]
