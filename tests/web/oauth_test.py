"""Consent: every answer that is not the one to this browser's own question changes nothing and lets nobody in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from companion import db
from companion.model.connections import Connection
from companion.model.people import LinkedAccount, SignIn, Visit
from companion.services import connect, link_account
from integrations.bounded import Bounded
from tests.conftest import BASE_URL, Browser
from tests.consenting import decide, path_of
from tests.simulators.google_id import LIES
from tests.simulators.server import Fault

TOKEN = "POST /oauth/token"
GOOGLE, ZOOM = "ruth@google.example", "ruth@zoom.example"
WHO = {"google_meet": GOOGLE, "zoom": ZOOM}
TELLS = [*(lie for lie in LIES if lie != "unverified"), "unsigned", "secret", "key", "missing"]


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def linked(ruth, zoom, google):
    """Both of Ruth's accounts open her door."""
    said = google.granted(GOOGLE, ("openid", "email"))
    link_account.link(ruth.id, "google_meet", said | {"userinfo": {"sub": google.sub(GOOGLE), "email": GOOGLE}})
    link_account.link(ruth.id, "zoom", zoom.granted(ZOOM))


def begin(browser, purpose, provider):
    """The button; gives the provider's address."""
    ways = {"sign_in": "/sign-in/with/{}", "link": "/connections/{}/link", "connect": "/connections/{}"}
    answer = browser.submit(ways[purpose].format(provider))
    assert answer.status_code == 302
    return answer.location


def come_back(browser, purpose, provider, **decision):
    """The button and the provider's page; gives the path that leads back here."""
    return path_of(decide(begin(browser, purpose, provider), account=WHO[provider], **decision))


def state_of(address):
    return parse_qs(urlsplit(address).query)["state"][0]


def is_in(browser):
    return browser.get("/people").status_code == 200


def rows():
    """What a refused answer may not change: who is signed in, linked and connected, in numbers."""
    with db.reading() as tx:
        return [tx.query(kind).count() for kind in (SignIn, LinkedAccount, Connection)]


def refused(browser, path):
    """The answer at this path leads to one of our own pages that says why, and did nothing."""
    before = rows()
    answer = browser.get(path)
    assert answer.status_code == 302
    assert urlsplit(answer.location).netloc == ""
    assert "failed=" in answer.location
    assert rows() == before
    return answer.location


@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
def test_a_linked_account_signs_in(browse, linked, provider):
    visitor = browse(None)
    answer = visitor.get(come_back(visitor, "sign_in", provider))
    assert answer.location == "/"
    assert is_in(visitor)


@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
def test_signing_in_gives_the_browser_a_new_id(browse, linked, provider):
    visitor = browse(None)
    before = visitor.get_cookie("alongside")
    visitor.get(come_back(visitor, "sign_in", provider))
    after = visitor.get_cookie("alongside")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    fixed = browse(None)
    fixed.set_cookie("alongside", before.value)
    assert not is_in(fixed)


def test_only_who_it_is_is_asked_for(browse, as_ruth):
    for browser, purpose in ((browse(None), "sign_in"), (as_ruth, "link")):
        asked = parse_qs(urlsplit(begin(browser, purpose, "google_meet")).query)
        assert asked["scope"] == ["openid email"]
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == [f"{BASE_URL}/connections/google_meet/callback"]
        assert asked["nonce"][0]
        assert "access_type" not in asked
        assert "prompt" not in asked
        assert "scope" not in parse_qs(urlsplit(begin(browser, purpose, "zoom")).query)


@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
@pytest.mark.parametrize("lie", TELLS)
def test_an_id_token_that_lies_is_not_believed(browse, as_ruth, linked, google, purpose, lie):
    browser = browse(None) if purpose == "sign_in" else as_ruth
    back = come_back(browser, purpose, "google_meet")
    google.wrong(Fault("POST /token", "altered", body=lie))
    refused(browser, back)
    assert is_in(browser) == (browser is as_ruth)


@pytest.mark.parametrize("body", ['{"keys": []}', "[]", "{}", '{"keys": 7}', "<html>", '{"keys": [{"kty": "RSA"}]}'])
def test_without_the_provider_s_keys_nobody_is_believed_and_the_next_one_is(browse, linked, google, body):
    visitor = browse(None)
    back = come_back(visitor, "sign_in", "google_meet")
    google.wrong(Fault("GET /oauth2/v3/certs", "instead", times=9, status=200, body=body))
    refused(visitor, back)
    google.faults.clear()
    assert visitor.get(come_back(visitor, "sign_in", "google_meet")).location == "/"
    assert is_in(visitor)


@pytest.mark.parametrize(
    "answer",
    [
        '{"access_token": "a", "userinfo": {"sub": "%s", "aud": "simulated-client"}}',
        '{"access_token": "a", "id_token": "", "userinfo": {"sub": "%s"}}',
        '{"access_token": "a", "id_token": 7, "userinfo": {"sub": "%s"}}',
        '{"access_token": "a", "id_token": "x.y.z", "userinfo": {"sub": "%s"}}',
        '{"access_token": "a", "id_token": null, "userinfo": {"sub": "%s"}}',
        '{"id_token": "x.y.z", "error": "%s"}',
        "[]",
        "",
    ],
)
def test_claims_that_nobody_signed_count_for_nothing(browse, linked, google, answer):
    visitor = browse(None)
    back = come_back(visitor, "sign_in", "google_meet")
    body = answer.replace("%s", google.sub(GOOGLE))
    google.wrong(Fault("POST /token", "garbled", status=200, body=body, headers={"Content-Type": "application/json"}))
    refused(visitor, back)
    assert not is_in(visitor)


@pytest.mark.parametrize("said", ['{"email": "ruth@example.org"}', '{"id": 12}', '{"id": ""}', '{"id": null}', "[]"])
def test_zoom_must_name_the_account(browse, linked, zoom, said):
    visitor = browse(None)
    back = come_back(visitor, "sign_in", "zoom")
    headers = {"Content-Type": "application/json"}
    zoom.wrong(Fault("GET /v2/users/me", "instead", times=2, status=200, body=said, headers=headers))
    refused(visitor, back)
    assert not is_in(visitor)


@pytest.mark.parametrize("email", ["ruth@example.org", "Ruth@example.org"])
@pytest.mark.parametrize("lie", ["", "unverified"])
def test_somebody_s_address_at_google_is_not_somebody(browse, ruth, google, email, lie):
    visitor = browse(None)
    back = path_of(decide(begin(visitor, "sign_in", "google_meet"), account=email))
    google.wrong(Fault("POST /token", "altered", body=lie))
    where = refused(visitor, back)
    assert "Nobody here is linked to this Google account" in visitor.get(where).text


@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
def test_an_answer_works_once(browse, as_ruth, linked, purpose, provider):
    browser = browse(None) if purpose == "sign_in" else as_ruth
    back = come_back(browser, purpose, provider)
    assert "failed=" not in browser.get(back).location
    refused(browser, back)


def test_of_many_who_bring_the_same_answer_one_comes_in(app, browse, linked, google):
    visitor = browse(None)
    back = come_back(visitor, "sign_in", "google_meet")
    cookie = visitor.get_cookie("alongside")
    assert cookie is not None

    def bring(_number):
        client = app.test_client()
        assert isinstance(client, Browser)
        client.set_cookie("alongside", cookie.value)
        return client.get(back).location

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(bring, range(8)))
    assert came.count("/") == 1
    assert rows()[0] == 1
    assert google.calls["POST /token"] == 1  # the state let one through, not the code that works once


@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
def test_an_answer_to_another_browser_is_nobody_s_here(browse, as_ruth, as_mateo, linked, purpose, provider):
    asking = browse(None) if purpose == "sign_in" else as_ruth
    back = come_back(asking, purpose, provider)
    for other in (browse(None), as_mateo):
        refused(other, back)
    assert "failed=" not in asking.get(back).location


@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
def test_an_answer_is_too_old_after_an_hour(browse, as_ruth, linked, clock, purpose):
    browser = browse(None) if purpose == "sign_in" else as_ruth
    back = come_back(browser, purpose, "google_meet")
    begin(browser, purpose, "google_meet")
    clock.move(timedelta(minutes=60))
    refused(browser, back)


@pytest.mark.parametrize("query", ["", "code=x", "state=x", "code=x&state=", "code=&state=x", "code=x&state=%00", "state=1&state=2&code=x"])  # fmt: skip # noqa: E501
def test_made_up_answers_let_nobody_in(browse, as_ruth, linked, query):
    for browser in (browse(None), as_ruth):
        refused(browser, f"/connections/google_meet/callback?{query}")


@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
def test_one_provider_s_answer_is_nothing_at_the_other(browse, as_ruth, linked, google, purpose):
    browser = browse(None) if purpose == "sign_in" else as_ruth
    back = come_back(browser, purpose, "zoom").replace("/zoom/", "/google_meet/")
    refused(browser, back)
    assert not google.calls["POST /token"]


@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
def test_somebody_else_s_code_does_not_fit_my_question(browse, linked, provider):
    """Login CSRF and code injection: the code of one browser, the state of another."""
    attacker, victim = browse(None), browse(None)
    theirs, mine = come_back(attacker, "sign_in", provider), state_of(begin(victim, "sign_in", provider))
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    refused(victim, f"/connections/{provider}/callback?{urlencode({'code': code, 'state': mine})}")
    assert not is_in(victim)


def test_what_it_is_for_can_not_be_changed_on_the_way(browse, as_ruth, linked, google):
    link_account.unlink(link_account.of(1)[0].id, by=1)
    more = "&purpose=link&errand=link&session_id=1&leads_to=//evil.example&next=//evil.example"
    visitor = browse(None)
    refused(visitor, come_back(visitor, "sign_in", "google_meet") + more)
    assert [row.provider for row in link_account.of(1)] == ["zoom"]
    answer = as_ruth.get(come_back(as_ruth, "link", "google_meet") + more)
    assert urlsplit(answer.location).path == "/connections"


def test_begun_before_signing_in_it_can_not_be_finished_afterwards(browse, linked, ruth, app):
    visitor = browse(None)
    back = come_back(visitor, "sign_in", "google_meet")
    other = come_back(visitor, "sign_in", "zoom")
    visitor.get(other)
    assert is_in(visitor)
    refused(visitor, back)


def test_begun_before_signing_out_it_can_not_be_finished_afterwards(as_mateo, mateo, linked, google):
    back = come_back(as_mateo, "link", "google_meet")
    as_mateo.submit("/sign-out")
    assert refused(as_mateo, back).startswith("/sign-in?")
    assert link_account.of(mateo.id) == []


def test_an_account_of_somebody_else_is_not_linked_and_not_connected(as_mateo, mateo, ruth, linked):
    for purpose in ("link", "connect"):
        for provider in ("google_meet", "zoom"):
            where = refused(as_mateo, come_back(as_mateo, purpose, provider))
            assert "omebody else" in as_mateo.get(where).text
    assert len(link_account.of(ruth.id)) == 2


@pytest.mark.parametrize("purpose", ["sign_in", "link", "connect"])
def test_a_no_leads_back_to_where_it_began(browse, as_ruth, linked, purpose):
    browser = browse(None) if purpose == "sign_in" else as_ruth
    where = refused(browser, come_back(browser, purpose, "google_meet", decision="deny"))
    assert where.startswith("/sign-in?" if purpose == "sign_in" else "/connections?")


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_coming_in(browse, linked, wanted):
    visitor = browse(None)
    away = visitor.submit("/sign-in/with/google_meet", next=wanted).location
    assert visitor.get(path_of(decide(away, account=GOOGLE))).location == "/"


def test_people_come_to_the_page_they_wanted(browse, linked):
    visitor = browse(None)
    away = visitor.submit("/sign-in/with/google_meet", next="/people").location
    assert visitor.get(path_of(decide(away, account=GOOGLE))).location == "/people"


def test_zoom_s_tokens_of_a_sign_in_take_the_place_of_those_they_killed(browse, ruth, linked, zoom):
    held = connect.remember(ruth.id, "zoom", zoom.granted(ZOOM))
    visitor = browse(None)
    visitor.get(come_back(visitor, "sign_in", "zoom"))
    assert is_in(visitor)
    with db.reading() as tx:
        row = tx.get_one(Connection, held.id)
    assert row.version == held.version + 1
    assert row.person_id == ruth.id


def test_what_a_browser_began_is_not_in_its_cookie_and_is_gone_when_it_came_back(browse, linked):
    visitor = browse(None)
    answer = visitor.submit("/sign-in/with/zoom")
    assert "verifier" not in str(answer.headers.getlist("Set-Cookie"))
    visitor.get(path_of(decide(answer.location, account=ZOOM)))
    with db.reading() as tx:
        assert [row.kept for row in tx.query(Visit) if "begun" not in row.kept] == [{}]


def test_the_buttons_are_there_only_with_credentials(browse, app, settings):
    assert "Continue with Google" in browse(None).get("/sign-in").text
    for other in ("jitsi", "teams", "skype"):
        assert browse(None).submit(f"/sign-in/with/{other}").status_code == 422


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"code": 429, "message": "slow down"}'),
        (403, '{"access_token": "x", "refresh_token": "y", "expires_in": 3600}'),
        (503, "<html>"),
        (302, '{"access_token": "x"}'),
        (200, "[]"),
        (200, '{"access_token": ""}'),
    ],
)
def test_a_refusal_is_not_taken_for_a_token(as_ruth, linked, zoom, status, body):
    back, before = come_back(as_ruth, "connect", "zoom"), rows()
    zoom.calls.clear()
    zoom.wrong(Fault(TOKEN, "instead", status=status, body=body))
    assert "Zoom " in as_ruth.get(back, follow_redirects=True).text
    assert (rows(), zoom.calls["GET /v2/users/me"]) == (before, 0)  # nobody asked with it whose it is


def test_why_zoom_refused_is_written_down(as_ruth, linked, zoom, caplog):
    back = come_back(as_ruth, "connect", "zoom")
    zoom.wrong(Fault(TOKEN, "instead", status=400, body='{"error": "invalid_grant", "reason": "Code used twice"}'))
    as_ruth.get(back)
    (line,) = [each for each in caplog.records if each.name == "companion.web.oauth"]
    assert (line.status, line.error, line.reason) == (400, "invalid_grant", "Code used twice")


def test_an_installation_that_the_provider_does_not_know_is_not_the_person_s_fault(as_ruth, zoom):
    back = come_back(as_ruth, "connect", "zoom")
    zoom.goes_wrong("unknown client")
    assert "needs to check its Zoom settings" in as_ruth.get(back, follow_redirects=True).text


@pytest.mark.parametrize("provider", ["google_meet", "zoom"])
def test_every_call_of_authlib_s_ends_and_spares_hosts_in_trouble(app, provider):
    client = app.extensions["authlib.integrations.flask_client"].create_client(provider)
    for session in (client._get_session(), client._get_oauth_client()):
        assert isinstance(session.get_adapter("https://zoom.us/"), Bounded)
        assert isinstance(session.get_adapter("http://zoom.us/"), Bounded)


def test_a_token_endpoint_in_trouble_is_left_alone_for_a_while(as_ruth, zoom):
    zoom.wrong(Fault(TOKEN, "instead", times=5, status=503))
    for _ in range(6):
        as_ruth.get(come_back(as_ruth, "connect", "zoom"))
    assert zoom.calls[TOKEN] == 5


def test_a_no_that_becomes_a_yes_by_going_back_counts(as_ruth, zoom):
    consent = begin(as_ruth, "connect", "zoom")
    assert as_ruth.get(path_of(decide(consent, "deny"))).status_code == 302
    said = as_ruth.get(path_of(decide(consent)), follow_redirects=True)
    assert "too old" not in said.text and "Disconnect" in said.text
