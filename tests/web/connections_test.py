import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from companion import config, db
from companion.model.connections import Connection
from companion.model.people import SignIn
from companion.services import connect, link_account, meet, renew, schedule
from companion.services.authorised import find
from companion.services.deauthorise import deauthorised
from tests.conftest import BASE_URL, NOON
from tests.consenting import decide, path_of
from tests.simulators.google import CREATED
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


def press(browser, session, provider="zoom"):
    """The click on "Create … link", as far as the provider's consent page."""
    answer = browser.submit(f"/sessions/{session.id}/meeting", provider=provider)
    assert answer.status_code == 307
    answer = browser.submit(answer.location)
    assert answer.status_code == 302
    return answer.location


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
    page = as_ruth.get(path_of(back), follow_redirects=True).text
    assert "Google didn’t let Alongside make Google Meet links. Try again and leave every box ticked there." in page
    assert "meet another way" not in page
    assert find(ruth.id, "google_meet") is None


def test_an_answer_works_once(as_ruth, ruth, session, zoom):
    back = path_of(decide(press(as_ruth, session)))
    as_ruth.get(back)
    connected = find(ruth.id, "zoom")
    assert "another window" in as_ruth.get(back, follow_redirects=True).text
    assert zoom.calls["POST /oauth/token"] == 1
    still = find(ruth.id, "zoom")
    assert connected is not None
    assert still is not None
    assert still.version == connected.version


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


def test_what_somebody_went_there_for_is_not_in_the_address(as_ruth, as_stranger, session):
    asked = parse_qs(urlsplit(press(as_ruth, session)).query)
    assert re.fullmatch(r"[\w-]{43}", asked["state"][0])
    answer = as_stranger.get(f"/connections/zoom/callback?error=access_denied&state=x.{session.id}")
    assert answer.location.startswith("/connections?failed=")


def test_a_wrong_verifier_is_refused_by_the_provider(as_ruth, ruth, session, zoom):
    back = decide(press(as_ruth, session))
    [code] = zoom.codes.values()
    zoom.codes[parse_qs(urlsplit(back).query)["code"][0]].asked = replace(code.asked, challenge="somebody else's")
    assert "failed=" in as_ruth.get(path_of(back)).location
    assert find(ruth.id, "zoom") is None


def test_an_id_token_for_another_question_is_refused(as_ruth, ruth, session, google):
    back = decide(press(as_ruth, session, "google_meet"), account="ruth@google.example")
    [code] = google.accounts.codes.values()
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
        Fault("GET /v2/users/me", "instead", times=2, status=200, body="<xml/>"),
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
    away = as_ruth.submit(f"/connections/{made.id}/disconnect").location
    assert away == "/connections?done=disconnected&told=zoom"
    assert "Disconnected, and Zoom was told to forget Alongside." in as_ruth.get(away).text
    assert "Disconnected." in as_ruth.get("/connections?done=disconnected&told=Send+money").text
    with db.reading() as tx:
        assert tx.get(Connection, made.id) is None


def test_before_disconnecting_the_page_says_how_many_links_that_leaves_alone(as_ruth, ruth, session, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert "No coming session has a link of yours made at Zoom." in as_ruth.get("/connections").text
    meet.make_link(session.id, "zoom", by=ruth.id)
    assert "1 coming session has a link made at Zoom in your name." in as_ruth.get("/connections").text
    other = schedule.plan(session.mentorship_id, ruth.id, schedule.Slot(session.wall + timedelta(7), session.zone, 60))
    meet.make_link(other.id, "zoom", by=ruth.id)
    page = as_ruth.get("/connections").text
    assert "2 coming sessions have links made at Zoom in your name." in page
    assert "They usually still work, but Alongside can’t move or cancel them." in page


def test_before_anything_is_connected_the_page_says_what_will_be_asked_for(as_ruth, zoom):
    page = as_ruth.get("/connections").text
    assert "What it will ask Zoom for" in page and "meeting:write:meeting" in page


def test_one_button_stands_out_at_most(as_ruth, ruth, zoom):
    def primaries():
        return re.findall(r'btn--primary">(Connect [^<]+)<', as_ruth.get("/connections").text)

    assert primaries() == ["Connect Zoom"]
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert primaries() == []
    renew.lost(made.id)
    assert primaries() == ["Connect Zoom again"]


def test_a_connected_account_is_offered_by_name_to_sign_in_with_and_only_google_is_asked_for_less(as_ruth, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    page = as_ruth.get("/connections").text
    assert f"Use {RUTH} to sign in too." in page
    assert page.count("Alongside would only look whose account it is.") == page.count("Not linked.") == 1


def test_the_settings_show_what_is_connected(as_ruth, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    for address in ("/settings", "/connections"):
        page = as_ruth.get(address).get_data(as_text=True)
        assert RUTH in page
        assert "Connect Google Meet" in page
        assert "Connect Zoom" not in page


def test_the_page_says_what_is_held_and_why_and_since_when(as_ruth, ruth, zoom, clock):
    zoom.scopes = zoom.scopes | {"meeting:read:summary"}
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    clock.move(timedelta(days=1))
    page = as_ruth.get("/connections").text
    assert "Since Sunday 22 November" in page
    assert "last used yesterday" in page
    assert "To make the link" in page
    assert '<code class="break">meeting:read:summary</code>' in page
    assert "encrypted" in page
    sealed = find(ruth.id, "zoom")
    assert sealed is not None
    assert sealed.sealed not in page


def test_using_a_connection_moves_when_it_was_last_used(as_ruth, ruth, session, zoom, clock):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    clock.move(timedelta(days=1))
    meet.make_link(session.id, "zoom", by=ruth.id)
    assert "last used today" in as_ruth.get("/connections").text


def test_a_lost_connection_is_one_click_away_on_every_page_where_it_matters(as_ruth, as_mateo, ruth, session, zoom):
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    pages = ("/", f"/sessions/{session.id}", "/connections")
    assert not [page for page in pages if "Connect Zoom again" in as_ruth.get(page).text]
    renew.lost(made.id)
    assert [page for page in pages if "Connect Zoom again" in as_ruth.get(page).text] == list(pages)
    assert not [page for page in pages if "Connect Zoom again" in as_mateo.get(page).text]
    away = as_ruth.submit("/connections/zoom", next=f"/sessions/{session.id}").location
    assert as_ruth.get(path_of(decide(away))).location == f"/sessions/{session.id}"
    assert meet.current(session.id) is None  # nobody asked for a link
    assert not [page for page in pages if "Connect Zoom again" in as_ruth.get(page).text]


def test_a_grant_that_this_server_has_no_key_for_says_so_and_can_be_given_again(as_ruth, ruth, zoom, settings):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    config.use(replace(settings, token_keys=(Fernet.generate_key().decode(),)))
    page = as_ruth.get("/connections").text
    assert "can’t open its key" in page and "Connect Zoom again" in page and "Disconnect" in page
    as_ruth.get(path_of(decide(as_ruth.submit("/connections/zoom").location)))
    page = as_ruth.get("/connections").text
    assert "can’t open its key" not in page and "Connect Zoom again" not in page


def test_since_when_a_connection_is_there_is_when_its_person_last_consented(as_ruth, ruth, zoom, clock):
    for _ in range(2):
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
        clock.move(timedelta(days=1))
    assert "Since Monday 23 November" in as_ruth.get("/connections").text


def test_where_the_provider_could_not_be_told_the_last_step_is_said(as_ruth, ruth, zoom):
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    zoom.wrong(Fault("POST /oauth/revoke", "instead", times=3, status=503))
    answer = as_ruth.submit(f"/connections/{made.id}/disconnect")
    assert "take Alongside away there too, at marketplace.zoom.us" in as_ruth.get(answer.location).text


def test_who_took_us_away_at_the_provider_reads_what_became_of_it(as_ruth, ruth, session, zoom):
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    meet.make_link(session.id, "zoom", by=ruth.id)
    deauthorised("zoom", made.account, NOON)
    page = as_ruth.get("/connections").text
    assert "You took Alongside away at Zoom" in page
    assert "Connect Zoom again" in page
    assert RUTH not in page


def test_linking_and_unlinking(as_ruth, as_mateo, ruth):
    away = as_ruth.submit("/connections/google_meet/link").location
    answer = as_ruth.get(path_of(decide(away, account="ruth@google.example")))
    assert answer.location == "/connections?done=linked#sign-in"
    assert "ruth@google.example" in as_ruth.get("/connections").text
    assert "with Google" in as_ruth.get("/settings").text
    [linked] = link_account.of(ruth.id)
    assert as_mateo.submit(f"/connections/linked/{linked.id}/unlink").status_code == 404
    assert as_ruth.submit(f"/connections/linked/{linked.id}/unlink").status_code == 302
    assert link_account.of(ruth.id) == []


def test_nobody_is_led_elsewhere_after_connecting(as_ruth):
    away = as_ruth.submit("/connections/zoom", next="//evil.example").location
    assert as_ruth.get(path_of(decide(away))).location == "/connections?done=connected"


def test_connecting_from_the_settings_comes_back_there(as_ruth, ruth):
    answer = as_ruth.submit("/connections/zoom")
    assert as_ruth.get(path_of(decide(answer.location))).location == "/connections?done=connected"
    assert find(ruth.id, "zoom") is not None


@pytest.mark.parametrize("provider", ["jitsi", "pasted", "skype"])
def test_what_has_no_consent_page_is_refused(as_ruth, provider):
    assert as_ruth.submit(f"/connections/{provider}").status_code == 422
    assert as_ruth.get(f"/connections/{provider}/callback?code=x&state=y").location.startswith("/connections?failed=")


def test_only_people_connect(browse):
    nobody = browse(None)
    assert nobody.submit("/connections/zoom").status_code == 401
    assert nobody.get("/connections/zoom/callback?code=x&state=y").location.startswith("/sign-in")


def test_a_link_cannot_put_its_own_sentence_on_our_page(as_ruth, session):
    assert "Send your money" not in as_ruth.get(f"/sessions/{session.id}?failed=Send+your+money").text
