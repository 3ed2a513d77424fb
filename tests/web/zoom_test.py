"""The panel inside Zoom, as Zoom's client and the panel's own script ask for it: a frame without any cookie."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from companion import config, db
from companion.app import create_app
from companion.model.connections import Connection
from companion.model.people import SignIn, SignInLink, Visit
from companion.model.tickets import ShownContext
from companion.services import connect, consent_in_zoom, meet, sign_in
from tests.conftest import BASE_URL

RUTH = "ruth@zoom.example"
CONTEXT = "x-zoom-app-context"
OWASP = ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")
PUBLIC = "https://mentoring.example.org"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@dataclass
class Panel:
    """The page in a frame that keeps no cookie, and what its script sends."""

    app: Flask
    key: str
    csrf: str

    def ask(self, address, **fields):
        headers = {"Origin": BASE_URL, "X-Here": self.key, "X-CSRF": self.csrf, "Accept": "application/json"}
        return self.app.test_client(use_cookies=False).post(address, data=fields, headers=headers)


@pytest.fixture
def panel(app):
    return load(app)


def load(app, sealed=""):
    page = app.test_client(use_cookies=False).get("/zoom", headers={CONTEXT: sealed} if sealed else {}).text
    found = re.search(r'data-key="(\S+)"\s+data-csrf="(\S+)"', page)
    assert found
    return Panel(app, found[1], found[2])


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


@pytest.fixture
def called(zoom, live_session, ruth, at_zoom):
    """The number of the meeting in whose call Ruth is."""
    number = meet.make_link(live_session.id, "zoom", by=ruth.id).reference
    zoom.join(number, "Ruth", email=RUTH)
    return number


def test_every_page_inside_zoom_has_the_four_headers_that_zoom_wants(settings):
    app = create_app(replace(settings, base_url=PUBLIC))
    client = app.test_client()
    for address in ("/zoom", "/zoom?x=1", "/sign-in", "/privacy", "/no-such-page"):
        answer = client.get(address, base_url=PUBLIC)
        assert answer.content_type.startswith("text/html")
        assert [name for name in OWASP if name not in answer.headers] == []


def test_zoom_alone_may_show_the_panel_in_a_frame(app):
    policy = app.test_client().get("/zoom").headers["Content-Security-Policy"]
    assert "; frame-ancestors 'self' zoom.us *.zoom.us;" in policy


@pytest.mark.parametrize("header", ["", "x", "AAAA", "x" * 9000, "%00", "=" * 40])
def test_whatever_header_comes_the_page_is_there_and_nothing_is_kept(app, header):
    answer = app.test_client().get("/zoom", headers={CONTEXT: header})
    assert answer.status_code == 200
    with db.reading() as tx:
        for table in (ShownContext, SignIn, Visit):
            assert tx.scalar(select(func.count()).select_from(table)) == 0


def test_looking_at_the_panel_lets_nobody_in(app, zoom, called):
    load(app, zoom.context(RUTH, called))
    with db.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(SignIn)) == 0


def test_whoever_zoom_names_is_let_in_to_the_session_of_the_call_alone(app, zoom, called, live_session):
    sealed = zoom.context(RUTH, called)
    said = load(app, sealed).ask("/zoom/open", context=sealed).json
    assert (said["state"], said["session"], said["partner"]) == ("open", live_session.id, "Mateo")
    inside = app.test_client(use_cookies=False)
    assert inside.get(said["address"], headers={"X-Here": said["key"]}).status_code == 200
    assert inside.get("/people", headers={"X-Here": said["key"]}).status_code == 302


def test_nobody_else_gets_in_with_the_same_word(app, zoom, called):
    sealed = zoom.context(RUTH, called)
    assert load(app).ask("/zoom/open", context=sealed).json["state"] == "open"
    assert load(app).ask("/zoom/open", context=sealed).json == {"state": "unread"}


def test_without_the_page_s_own_token_nothing_is_asked(app, zoom, called, panel):
    panel.csrf = load(app).csrf
    assert panel.ask("/zoom/open", context=zoom.context(RUTH, called)).status_code == 403


def test_guests_and_strangers_are_told_apart(zoom, panel):
    assert panel.ask("/zoom/open", context="x").json == {"state": "unread"}
    assert panel.ask("/zoom/open", context=zoom.context()).json == {"state": "guest"}
    assert panel.ask("/zoom/open", context=zoom.context("linh@zoom.example")).json == {"state": "stranger"}


def test_where_no_session_fits_theirs_are_listed_and_one_is_chosen(zoom, panel, live_session, at_zoom):
    sealed = zoom.context(RUTH)
    said = panel.ask("/zoom/open", context=sealed).json
    assert said["state"] == "choose"
    assert [each["words"] for each in said["sessions"]] == ["Session 1 with Mateo"]
    chosen = panel.ask("/zoom/open", context=sealed, session=said["sessions"][0]["id"]).json
    assert (chosen["state"], chosen["session"]) == ("open", live_session.id)


def test_nobody_chooses_a_session_of_others(zoom, panel, linh, live_session):
    connect.remember(linh.id, "zoom", zoom.granted("linh@zoom.example"))
    sealed = zoom.context("linh@zoom.example")
    assert panel.ask("/zoom/open", context=sealed).json == {"state": "choose", "sessions": []}
    assert panel.ask("/zoom/open", context=sealed, session=live_session.id).status_code == 404


@pytest.fixture
def digits(app):
    """What the newest letter says, read when it is asked for."""

    def read():
        with db.reading() as tx:
            return sign_in.code_of(tx.scalars(select(SignInLink).order_by(SignInLink.id.desc()).limit(1)).one())

    return read


def proven(panel, digits):
    assert panel.ask("/zoom/sign-in", email="ruth@example.org").json == {"state": "code"}
    assert panel.ask("/zoom/code", code=digits()).json == {"state": "connect"}


def test_a_stranger_signs_in_once_connects_and_is_known_from_then_on(app, zoom, panel, ruth, live_session, digits):
    sealed = zoom.context(RUTH)
    proven(panel, digits)
    asking = panel.ask("/zoom/consent").json
    event = zoom.authorised_in_client(RUTH, asking["state"], asking["challenge"], f"{BASE_URL}/zoom")
    sent = {"code": event["code"], "state": event["state"], "redirect": event["redirectUri"], "context": sealed}
    assert panel.ask("/zoom/consented", **sent).json["state"] == "choose"
    with db.reading() as tx:
        assert tx.scalars(select(Connection)).one().person_id == ruth.id
    assert load(app).ask("/zoom/open", context=zoom.context(RUTH)).json["state"] == "choose"
    assert panel.ask("/zoom/consented", **sent).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [{"state": "x"}, {"state": ""}, {"code": "x"}, {"redirect": "https://evil.example/zoom"}, {"redirect": ""}],
)
def test_an_answer_that_does_not_fit_its_question_connects_nothing(zoom, panel, ruth, digits, wrong):
    proven(panel, digits)
    asking = panel.ask("/zoom/consent").json
    event = zoom.authorised_in_client(RUTH, asking["state"], asking["challenge"], f"{BASE_URL}/zoom")
    sent = {"code": event["code"], "state": event["state"], "redirect": event["redirectUri"], **wrong}
    assert panel.ask("/zoom/consented", context=zoom.context(RUTH), **sent).status_code in {409, 422, 502}
    with db.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(Connection)) == 0


def test_another_panel_s_answer_is_nobody_s(app, zoom, panel, ruth, digits):
    proven(panel, digits)
    asking = panel.ask("/zoom/consent").json
    event = zoom.authorised_in_client("evil@zoom.example", asking["state"], asking["challenge"], f"{BASE_URL}/zoom")
    sent = {"code": event["code"], "state": event["state"], "redirect": event["redirectUri"], "context": "x"}
    assert load(app).ask("/zoom/consented", **sent).status_code == 409


def test_the_challenge_is_the_verifier_and_new_each_time(panel):
    first, second = (panel.ask("/zoom/consent").json for _ in range(2))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first["challenge"])
    assert len({first["state"], first["challenge"], second["state"], second["challenge"]}) == 4


def test_a_code_of_old_has_to_be_asked_for_anew(zoom, panel, ruth, digits, clock):
    proven(panel, digits)
    clock.move(timedelta(hours=1, seconds=1))
    asking = panel.ask("/zoom/consent").json
    event = zoom.authorised_in_client(RUTH, asking["state"], asking["challenge"], f"{BASE_URL}/zoom")
    sent = {"code": event["code"], "state": event["state"], "redirect": event["redirectUri"], "context": "x"}
    assert panel.ask("/zoom/consented", **sent).status_code == 409


def test_in_a_browser_the_page_leads_to_the_session_of_today(as_ruth, app, live_session):
    assert f'href="/sessions/{live_session.id}/beside"' in as_ruth.get("/zoom").text
    assert "Sign in to Alongside" in app.test_client().get("/zoom").text


def test_the_session_s_page_opens_the_agenda_in_zoom(as_ruth, as_mateo, called, live_session, zoom):
    address = f"/sessions/{live_session.id}/zoom"
    assert address in as_ruth.get(f"/sessions/{live_session.id}").text
    assert address not in as_mateo.get(f"/sessions/{live_session.id}").text
    answer = as_ruth.submit(address)
    assert answer.status_code == 303 and answer.headers["Location"].startswith(f"{zoom.url}/launch/")
    assert as_mateo.submit(address).status_code == 409


def test_codes_are_made_for_our_own_addresses_alone(app):
    assert set(consent_in_zoom.redirects()) == {f"{BASE_URL}/zoom", f"{BASE_URL}/connections/zoom/callback"}


def test_without_an_app_at_zoom_nobody_is_anybody(app, zoom, called, panel):
    config.use(replace(config.current(), provider_env={}))
    assert panel.ask("/zoom/open", context=zoom.context(RUTH, called)).json == {"state": "unread"}
