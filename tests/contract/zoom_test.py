"""The simulated Zoom held against what is known of the real one: names, types, status codes.

The tables are facts about Zoom's Meeting API as described in June 2025 and its OAuth 2 answers.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.auth import HTTPBasicAuth

from integrations.meetings import MeetingPlan
from integrations.meetings.zoom import provider
from integrations.offers import offers
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET

RUTH, BACK = "ruth@zoom.example", "http://localhost/back"
S256 = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
BASIC = HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)
TOKEN_ANSWER = {
    "access_token": str, "token_type": str, "refresh_token": str, "expires_in": int, "scope": str, "api_url": str,
}  # fmt: skip
USER = {
    "id": str, "account_id": str, "email": str, "first_name": str, "last_name": str, "display_name": str,
    "timezone": str, "type": int, "status": str,
}  # fmt: skip
MEETING_REQUEST = {
    "topic": str, "type": int, "start_time": str, "duration": int, "timezone": str, "password": str,
    "default_password": bool, "agenda": str, "settings": dict,
}  # fmt: skip
SETTINGS_REQUEST = {
    "waiting_room": bool, "join_before_host": bool, "use_pmi": bool, "auto_recording": str, "email_notification": bool,
    "meeting_authentication": bool, "mute_upon_entry": bool, "approval_type": int,
}  # fmt: skip
MEETING = {
    "id": int, "uuid": str, "host_id": str, "host_email": str, "topic": str, "type": int, "start_time": str,
    "timezone": str, "duration": int, "created_at": str, "join_url": str, "start_url": str, "password": str,
    "settings": dict,
}  # fmt: skip
LISTED = {
    "id": int, "uuid": str, "host_id": str, "topic": str, "type": int, "start_time": str, "duration": int,
    "timezone": str, "created_at": str, "join_url": str, "agenda": str,
}  # fmt: skip
PLAN = MeetingPlan("The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "marker")


class Listening(requests.Session):
    """A session that keeps what it sent and got."""

    def send(self, request, **kwargs):
        response = super().send(request, **kwargs)
        self.last = response
        return response


@pytest.fixture
def http(zoom):
    with Listening() as session:
        session.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture
def ask(http, zoom):
    def asked(method, path, **parts):
        return http.request(method, f"{zoom.url}{path}", timeout=5, **parts)

    return asked


@pytest.fixture
def exchange(zoom):
    def asked(**form):
        return requests.post(f"{zoom.url}/oauth/token", data=form, auth=BASIC, timeout=5)

    return asked


def fits(said, table):
    return {name: type(said[name]) for name in table} == table


def consented(zoom, **more):
    back = decided(zoom, {"decision": "allow", "account": RUTH}, **more)
    assert back.status_code == 302
    code = parse_qs(urlsplit(back.headers["Location"]).query)["code"][0]
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}


def decided(zoom, form, **more):
    query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK, "state": "s", **more}
    return requests.post(f"{zoom.url}/oauth/authorize", params=query, data=form, timeout=5, allow_redirects=False)


def test_a_token_answer_has_zooms_shape_and_no_expires_at(zoom, exchange):
    answer = exchange(**consented(zoom))
    assert fits(answer.json(), TOKEN_ANSWER)
    assert set(answer.json()) == set(TOKEN_ANSWER)


@pytest.mark.parametrize(
    ("more", "verifier", "status"),
    [
        ({"code_challenge": "plain-verifier"}, "plain-verifier", 200),
        ({"code_challenge": "plain-verifier"}, "another", 400),
        (S256, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", 200),  # the example of RFC 7636, appendix B
        (S256, "another", 400),
    ],
)
def test_pkce_is_checked(zoom, exchange, more, verifier, status):
    assert exchange(**consented(zoom, **more), code_verifier=verifier).status_code == status


def test_a_code_works_once_for_five_minutes_at_its_own_address(zoom, exchange, clock):
    first = consented(zoom)
    assert exchange(**first).status_code == 200
    assert exchange(**first).json()["error"] == "invalid_grant"
    elsewhere = consented(zoom) | {"redirect_uri": "http://localhost/elsewhere"}
    assert exchange(**elsewhere).status_code == 400
    late = consented(zoom)
    clock.move(timedelta(minutes=5))
    assert exchange(**late).status_code == 400


def test_only_basic_credentials_count(zoom):
    form = {**consented(zoom), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    answer = requests.post(f"{zoom.url}/oauth/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_refresh_token_works_once(zoom, exchange):
    first = zoom.granted(RUTH)
    assert exchange(grant_type="refresh_token", refresh_token=first["refresh_token"]).status_code == 200
    again = exchange(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json()) == (400, {"reason": "Invalid Token!", "error": "invalid_grant"})


def test_a_new_authorisation_kills_the_earlier_tokens(zoom, ask):
    assert ask("GET", "/v2/users/me").ok
    zoom.granted(RUTH)
    assert ask("GET", "/v2/users/me").json()["code"] == 124


def test_tokens_live_an_hour(ask, clock):
    clock.move(timedelta(minutes=61))
    answer = ask("GET", "/v2/users/me")
    assert (answer.status_code, answer.json()["code"]) == (401, 124)


def test_revoking_takes_the_access_token(zoom, http, ask):
    token = http.headers["Authorization"].removeprefix("Bearer ")
    answer = requests.post(f"{zoom.url}/oauth/revoke", data={"token": token}, auth=BASIC, timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    assert ask("GET", "/v2/users/me").status_code == 401


def test_people_can_say_no(zoom):
    back = decided(zoom, {"decision": "deny"})
    assert back.headers["Location"] == f"{BACK}?error=access_denied&state=s"


def test_nobody_is_sent_off_this_machine(zoom):
    query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": "https://evil.example/", "state": "s"}
    assert requests.get(f"{zoom.url}/oauth/authorize", params=query, timeout=5).status_code == 400


def test_who_am_i(ask):
    assert fits(ask("GET", "/v2/users/me").json(), USER)


def test_our_request_uses_zooms_names_and_types(zoom, http):
    hosts = offers(zoom.settings(), loopback=True)["zoom"].hosts
    provider.create(http, hosts, PLAN)
    sent = json.loads(http.last.request.body)
    assert all(type(value) is MEETING_REQUEST[name] for name, value in sent.items())
    assert all(type(value) is SETTINGS_REQUEST[name] for name, value in sent["settings"].items())
    assert (http.last.status_code, http.last.request.path_url) == (201, "/v2/users/me/meetings")


def test_a_meeting_from_making_to_deleting(ask):
    wish = {"topic": "T", "start_time": "2026-11-24T17:00:00", "timezone": "Africa/Nairobi"}
    made = ask("POST", "/v2/users/me/meetings", json=wish)
    assert made.status_code == 201
    assert fits(made.json(), MEETING)
    assert made.json()["id"] > 2**31
    path = f"/v2/meetings/{made.json()['id']}"
    assert fits(ask("GET", path).json(), MEETING | {"status": str})
    changed = ask("PATCH", path, json={"start_time": "2026-11-25T09:30:00", "timezone": "America/Santiago"})
    assert (changed.status_code, changed.content) == (204, b"")
    listed = ask("GET", "/v2/users/me/meetings", params={"type": "scheduled"}).json()
    assert fits(listed, {"page_size": int, "total_records": int, "next_page_token": str, "meetings": list})
    assert fits(listed["meetings"][0], LISTED)
    assert "start_url" not in listed["meetings"][0]
    gone = ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    again = ask("DELETE", path)
    assert (again.status_code, again.json()["code"]) == (404, 3001)


@pytest.mark.parametrize(
    ("said", "zone", "meant"),
    [
        ("2026-11-24T17:00:00", "Africa/Nairobi", "2026-11-24T14:00:00Z"),
        ("2026-11-24T17:00:00Z", "Africa/Nairobi", "2026-11-24T17:00:00Z"),
        ("2026-11-24T17:00:00+03:00", "Africa/Nairobi", "2026-11-24T17:00:00Z"),
    ],
)
def test_an_offset_is_read_as_if_it_were_utc(ask, said, zone, meant):
    made = ask("POST", "/v2/users/me/meetings", json={"start_time": said, "timezone": zone}).json()
    assert made["start_time"] == meant


def test_a_past_start_makes_an_instant_meeting_and_does_not_move_one(ask):
    made = ask("POST", "/v2/users/me/meetings", json={"start_time": "2020-01-01T00:00:00Z"}).json()
    assert made["type"] == 1
    ask("PATCH", f"/v2/meetings/{made['id']}", json={"start_time": "2020-01-01T00:00:00Z"})
    assert ask("GET", f"/v2/meetings/{made['id']}").json()["start_time"] == made["start_time"]


def test_a_missing_scope_is_a_400(zoom, ask):
    [grant] = zoom.grants.values()
    grant.scopes = frozenset()
    answer = ask("POST", "/v2/users/me/meetings", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, 4711)
    assert "x-zm-trackingid" in answer.headers


@pytest.mark.parametrize(
    "wish",
    [{"topic": "x" * 201}, {"topic": 7}, {"starttime": "x"}, {"start_time": "tomorrow"}, {"settings": {"x": 1}}, []],
)
def test_a_bad_parameter_is_a_300(ask, wish):
    answer = ask("POST", "/v2/users/me/meetings", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)


def test_the_daily_limit_names_the_next_utc_day(zoom, ask):
    zoom.daily_limit = 1
    ask("POST", "/v2/users/me/meetings", json={})
    answer = ask("POST", "/v2/users/me/meetings", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2026-11-23T00:00:00Z")
    assert answer.headers["X-RateLimit-Type"] == "Daily-limit"
