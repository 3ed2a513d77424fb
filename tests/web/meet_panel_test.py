"""The panel inside Google Meet, as far as the server answers: its page, the window that lets it in, the door."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from companion import config
from companion.app import create_app
from companion.services import meet
from tests.conftest import BASE_URL

CODE = "abc-mnop-xyz"


@pytest.fixture
def settings(settings):
    return replace(settings, meet_project="123456789012")


@pytest.fixture
def linked(session, ruth):
    """The session, with the link of the call."""
    meet.paste_link(session.id, f"https://meet.google.com/{CODE}", by=ruth.id)
    return session


def given(browser, session):
    """The token and the letters that Ruth's window gives for this session."""
    page = browser.submit("/meet/sign-in", session=session.id).text
    ((token, letters),) = re.findall(r'data-token="([^"]+)".*?\b([2-9A-Z]{4}-[2-9A-Z]{4})\b', page, re.DOTALL)
    return token, letters


def hand_over(app, token, **headers):
    return app.test_client().post(
        "/hand-over", data={"token": token}, base_url=BASE_URL,
        headers={"Origin": BASE_URL, "Accept": "application/json", **headers},
    )  # fmt: skip


def test_the_panel_never_redirects_and_tells_a_stranger_nothing_of_anybody(app, linked):
    answer = app.test_client().get(f"/meet?meet_sdk=x&code={CODE}", base_url=BASE_URL)
    assert answer.status_code == 200
    assert "Open Alongside" in answer.text and "Ruth" not in answer.text and "Mateo" not in answer.text


def test_without_its_project_the_panel_says_that_it_is_not_set_up(settings):
    page = create_app(replace(settings, meet_project="")).test_client().get("/meet").text
    assert "Not set up yet" in page and "meet-" not in page


def test_outside_of_meet_the_page_leads_to_one_s_sessions(as_ruth, linked):
    assert f'href="/sessions/{linked.id}/beside"' in as_ruth.get("/meet").text


def test_the_window_shows_who_and_which_session_and_does_nothing_yet(as_ruth, linked):
    page = as_ruth.get(f"/meet/sign-in?code={CODE}").text
    assert "Ruth Wanjiru" in page and "with Mateo" in page and "whose link you are in" in page
    assert "data-token" not in page
    assert "No session of yours has the link" in as_ruth.get("/meet/sign-in?code=other").text


def test_the_window_leads_whoever_has_to_sign_in_back_to_it(app):
    answer = app.test_client().get(f"/meet/sign-in?code={CODE}", base_url=BASE_URL)
    led = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert led["next"] == [f"/meet/sign-in?code={CODE}"]


@pytest.mark.parametrize("which", ["token", "letters", "letters in small"])
def test_the_door_gives_a_key_for_that_session_once(app, as_ruth, linked, which):
    token, letters = given(as_ruth, linked)
    said = {"token": token, "letters": letters, "letters in small": letters.replace("-", " ").lower()}[which]
    got = hand_over(app, said)
    assert got.status_code == 200 and set(got.json) == {"key", "csrf", "address"}
    assert "Set-Cookie" not in got.headers and got.headers["Cache-Control"] == "no-store"
    panel = app.test_client().get(got.json["address"], base_url=BASE_URL, headers={"X-Here": got.json["key"]})
    assert panel.status_code == 200 and got.json["csrf"] in panel.text
    for again in (token, letters):
        refused = hand_over(app, again)
        assert refused.status_code == 409 and "used already" in refused.json["sentence"]


@pytest.mark.parametrize("token", ["", "x", "AAAA-AAAA", "A" * 5000, "é", "2222 2222"])
def test_the_door_stays_shut_for_anything_else(app, as_ruth, linked, token):
    given(as_ruth, linked)
    assert hand_over(app, token).status_code == 409


@pytest.mark.parametrize("origin", ["https://meet.google.com", "null", "https://evil.example"])
def test_the_door_hears_no_other_site_s_page(app, as_ruth, linked, origin):
    token, _ = given(as_ruth, linked)
    assert hand_over(app, token, Origin=origin).status_code == 403
    assert hand_over(app, token).status_code == 200


def test_nobody_is_given_a_token_for_a_session_of_others_or_from_a_frame(app, as_stranger, as_ruth, linked):
    assert as_stranger.submit("/meet/sign-in", session=linked.id).status_code == 404
    token, _ = given(as_ruth, linked)
    got = hand_over(app, token).json
    again = app.test_client().post(
        "/meet/sign-in", data={"session": linked.id}, base_url=BASE_URL,
        headers={"Origin": BASE_URL, "X-Here": got["key"], "X-CSRF": got["csrf"]},
    )  # fmt: skip
    assert again.status_code == 401


@pytest.mark.parametrize("number", ["alongside-panel", "12a", "-1", "١٢٣"])
def test_a_project_s_name_in_place_of_its_number_is_named_at_the_start(number):
    with pytest.raises(config.ConfigError, match="GOOGLE_MEET_PROJECT_NUMBER must be the project's number"):
        config.read({"GOOGLE_MEET_PROJECT_NUMBER": number})
