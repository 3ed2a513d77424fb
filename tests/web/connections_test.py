from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from companion import db
from companion.model.connections import Connection
from companion.model.people import SignIn
from companion.services import connect, meet
from companion.services.authorised import find
from tests.conftest import BASE_URL
from tests.simulators.google import CREATED
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


def path_of(address):
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def press(browser, session, provider="zoom"):
    """The click on "Create … link", as far as the provider's consent page."""
    answer = browser.submit(f"/sessions/{session.id}/meeting", provider=provider)
    assert answer.status_code == 307
    answer = browser.submit(answer.location)
    assert answer.status_code == 302
    return answer.location


def decide(consent, decision="allow", account=RUTH, granted=(CREATED,)):
    """What the person does there; gives the address that the provider sends them back to."""
    page = requests.get(consent, timeout=5)
    assert "SIMULATED" in page.text
    form = {"decision": decision, "account": account, "granted": granted}
    return requests.post(consent, data=form, timeout=5, allow_redirects=False).headers["Location"]


@pytest.mark.parametrize(("provider", "account"), [("zoom", RUTH), ("google_meet", "ruth@google.example")])
def test_the_click_comes_back_with_the_link_made(as_ruth, session, provider, account):
    back = decide(press(as_ruth, session, provider), account=account)
    assert back.startswith(f"{BASE_URL}/connections/{provider}/callback?")
    answer = as_ruth.get(path_of(back))
    assert answer.location == f"/sessions/{session.id}"
    made = meet.current(session.id)
    assert made is not None
    assert made.provider == provider
    again = as_ruth.submit(f"/sessions/{session.id}/meeting", provider=provider)
    assert again.location == f"/sessions/{session.id}"


@pytest.mark.parametrize("provider", ["zoom", "google_meet"])
def test_consent_is_asked_for_with_pkce_and_no_more_than_needed(as_ruth, session, provider):
    asked = parse_qs(urlsplit(press(as_ruth, session, provider)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{BASE_URL}/connections/{provider}/callback"]
    assert "code_verifier" not in asked
    wanted = {"zoom": None, "google_meet": [f"openid email {CREATED}"]}
    assert asked.get("scope") == wanted[provider]
    if provider == "google_meet":
        assert (asked["access_type"], asked["prompt"]) == (["offline"], ["consent"])


def test_a_no_changes_nothing_and_says_so_on_the_session_page(as_ruth, ruth, session):
    answer = as_ruth.get(path_of(decide(press(as_ruth, session), decision="deny")))
    assert answer.location.startswith(f"/sessions/{session.id}?failed=")
    assert "Zoom was not connected" in as_ruth.get(answer.location).text
    assert find(ruth.id, "zoom") is None


def test_an_unticked_box_is_said(as_ruth, ruth, session):
    back = decide(press(as_ruth, session, "google_meet"), account="ruth@google.example", granted=())
    assert "every box" in as_ruth.get(path_of(back), follow_redirects=True).text
    assert find(ruth.id, "google_meet") is None


def test_an_answer_works_once(as_ruth, ruth, session, zoom):
    back = path_of(decide(press(as_ruth, session)))
    as_ruth.get(back)
    assert "another window" in as_ruth.get(back, follow_redirects=True).text
    assert zoom.calls["POST /oauth/token"] == 1
    connected = find(ruth.id, "zoom")
    assert connected is not None
    assert connected.version == 1


def test_an_answer_to_another_browser_is_nobodys_here(as_ruth, as_mateo, mateo, session, zoom):
    back = path_of(decide(press(as_ruth, session)))
    assert "another window" in as_mateo.get(back, follow_redirects=True).text
    assert find(mateo.id, "zoom") is None
    assert not zoom.calls["POST /oauth/token"]


def test_an_answer_for_one_provider_is_refused_by_the_other(as_ruth, ruth, session, zoom, google):
    back = path_of(decide(press(as_ruth, session))).replace("/zoom/", "/google_meet/")
    assert "another window" in as_ruth.get(back, follow_redirects=True).text
    assert not google.calls["POST /token"]


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x&code=y", "?code=x&state=.7", "?error=access_denied&state=x.999999999999"]
)
def test_made_up_answers_lead_to_a_page(as_ruth, ruth, query):
    answer = as_ruth.get(f"/connections/zoom/callback{query}")
    assert answer.status_code == 302
    assert urlsplit(answer.location).netloc == ""
    assert find(ruth.id, "zoom") is None


def test_another_sessions_id_in_the_state_gives_no_rights(as_stranger, session, linh):
    state = f"x.{session.id}"
    answer = as_stranger.get(f"/connections/zoom/callback?error=access_denied&state={state}")
    assert as_stranger.get(answer.location).status_code == 404


def test_a_wrong_verifier_is_refused_by_the_provider(as_ruth, ruth, session, zoom):
    back = decide(press(as_ruth, session))
    [code] = zoom.codes.values()
    zoom.codes[parse_qs(urlsplit(back).query)["code"][0]].asked = replace(code.asked, challenge="somebody else's")
    assert "failed=" in as_ruth.get(path_of(back)).location
    assert find(ruth.id, "zoom") is None


def test_an_id_token_for_another_question_is_refused(as_ruth, ruth, session, google):
    back = decide(press(as_ruth, session, "google_meet"), account="ruth@google.example")
    [code] = google.codes.values()
    code.asked = replace(code.asked, nonce="another")
    assert "failed=" in as_ruth.get(path_of(back)).location
    assert find(ruth.id, "google_meet") is None


def test_an_id_token_signed_by_somebody_else_is_refused(as_ruth, ruth, session, google):
    back = decide(press(as_ruth, session, "google_meet"), account="ruth@google.example")
    google.wrong(Fault("GET /oauth2/v3/certs", "instead", times=5, status=200, body='{"keys": []}'))
    assert "failed=" in as_ruth.get(path_of(back)).location
    assert find(ruth.id, "google_meet") is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST /oauth/token", "lost"),
        Fault("POST /oauth/token", "reset"),
        Fault("POST /oauth/token", "instead", status=503, body="<html>"),
        Fault("POST /oauth/token", "instead", status=429, body='{"code": 429}'),
        Fault("POST /oauth/token", "garbled", status=200, body="[]"),
        Fault("POST /oauth/token", "instead", status=307, headers={"Location": "http://127.0.0.1:9/"}),
        Fault("GET /v2/users/me", "instead", status=200, body="<xml/>"),
    ],
)
def test_when_zoom_fails_the_page_stays_and_says_why(as_ruth, ruth, session, zoom, fault):
    back = decide(press(as_ruth, session))
    zoom.wrong(replace(fault))
    assert f"/sessions/{session.id}?failed=" in as_ruth.get(path_of(back)).location
    assert find(ruth.id, "zoom") is None


def test_when_only_the_meeting_fails_the_account_is_connected(as_ruth, ruth, session, zoom):
    back = decide(press(as_ruth, session))
    zoom.daily_limit = 0
    assert "no more requests" in as_ruth.get(path_of(back), follow_redirects=True).text
    assert find(ruth.id, "zoom") is not None


def test_at_most_three_tries_wait_for_their_answer(as_ruth, session):
    for _ in range(5):
        press(as_ruth, session)
    with db.reading() as tx:
        kept = [name for device in tx.query(SignIn) for name in device.kept]
    assert len([name for name in kept if name.startswith("_state_zoom_")]) == 3


def test_nothing_of_the_try_is_in_the_cookie(as_ruth, session):
    answer = as_ruth.submit(f"/connections/zoom?session_id={session.id}")
    assert "verifier" not in str(answer.headers.getlist("Set-Cookie"))


def test_disconnecting(as_ruth, as_mateo, ruth, zoom):
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert as_mateo.submit(f"/connections/{made.id}/disconnect").status_code == 404
    assert as_ruth.submit(f"/connections/{made.id}/disconnect").location == "/settings"
    with db.reading() as tx:
        assert tx.get(Connection, made.id) is None


def test_the_settings_show_what_is_connected(as_ruth, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    page = as_ruth.get("/settings").get_data(as_text=True)
    assert RUTH in page
    assert "Connect Google Meet" in page
    assert "Connect Zoom" not in page


def test_connecting_from_the_settings_comes_back_there(as_ruth, ruth):
    answer = as_ruth.submit("/connections/zoom")
    assert as_ruth.get(path_of(decide(answer.location))).location == "/settings"
    assert find(ruth.id, "zoom") is not None


@pytest.mark.parametrize("provider", ["jitsi", "pasted", "skype"])
def test_what_has_no_consent_page_is_refused(as_ruth, provider):
    assert as_ruth.submit(f"/connections/{provider}").status_code == 422
    assert as_ruth.get(f"/connections/{provider}/callback?code=x&state=y").location.startswith("/settings?failed=")


def test_only_people_connect(browse):
    nobody = browse(None)
    assert nobody.submit("/connections/zoom").status_code == 401
    assert nobody.get("/connections/zoom/callback?code=x&state=y").location.startswith("/sign-in")


def test_a_link_cannot_put_its_own_sentence_on_our_page(as_ruth, session):
    assert "Send your money" not in as_ruth.get(f"/sessions/{session.id}?failed=Send+your+money").text
