"""The simulated Zoom, and all we send it, held against what is known of the real one."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from requests.auth import HTTPBasicAuth

from integrations.errors import IntegrationError
from integrations.meetings import MeetingPlan
from integrations.meetings.zoom import provider
from integrations.offers import offers
from tests.contract.zoom_facts import (
    ANSWERS,
    EVENT_SCOPES,
    LISTED,
    MEETING,
    MEETING_REQUEST,
    ONLY_WHEN_CREATING,
    OPERATIONS,
    PAST_GUEST,
    PAST_MEETING,
    PER_SECOND,
    REFUSALS,
    REFUSALS_OF,
    SETTINGS_REQUEST,
    TOKEN_ANSWER,
    USER,
    fits,
)
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET

RUTH, BACK = "ruth@zoom.example", "http://localhost/back"
S256 = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
BASIC = HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)
PLAN = MeetingPlan("The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "marker")
VECTORS = json.loads((Path(__file__).parent / "zoom_vectors.json").read_text())


@pytest.fixture
def http(zoom):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture(autouse=True)
def only_what_zoom_is_known_to_answer(zoom):
    """After each test: every answer that was given is one of Zoom's."""
    yield
    for each in zoom.exchanges:
        if " /v2/" not in each.operation:
            continue
        name, said = operation(each), json.loads(each.answer or "{}")
        if each.status >= 400:
            assert fits(said, {"code": int, "message": str})
            assert (each.status, said["code"]) in REFUSALS | REFUSALS_OF.get(name, set()), name
        else:
            assert each.status == OPERATIONS[name][2]
            assert fits(said, ANSWERS.get(name, {}))


@pytest.fixture
def number(ask):
    """A meeting's."""
    wish = {"topic": "T", "start_time": "2026-11-24T17:00:00", "timezone": "Africa/Nairobi"}
    return ask("POST", "/v2/users/me/meetings", json=wish).json()["id"]


@pytest.fixture
def everything(zoom):
    """All scopes there are."""
    zoom.scopes = frozenset(scope for scope, _, _ in OPERATIONS.values())


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


def operation(exchange):
    """As the tables call it."""
    method, _, path = exchange.operation.partition(" ")
    plain = re.sub("/(past_)?meetings/.+?(?=/(status|instances|participants)$|$)", r"/\1meetings/{meetingId}", path)
    return f"{method} {plain.removeprefix('/v2')}"


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


def test_all_we_send_is_in_zooms_names_and_types_with_scopes_we_ask_for(zoom, http):
    hosts = offers(zoom.settings(), loopback=True)["zoom"].hosts
    provider.oauth.whose(http, hosts, {})
    made = provider.create(http, hosts, PLAN)
    provider.find(http, hosts, PLAN)
    provider.move(http, hosts, made, PLAN)
    provider.status(http, hosts, made, "")
    provider.host_url(http, hosts, made)
    provider.cancel(http, hosts, made)
    assert {operation(each) for each in zoom.exchanges} <= set(OPERATIONS)
    for each in zoom.exchanges:
        scope, _, success = OPERATIONS[operation(each)]
        assert scope in provider.oauth.scopes
        assert each.status == success or operation(each) == "GET /past_meetings/{meetingId}"
        sent = json.loads(each.sent or "{}")
        is_change = each.operation.startswith("PATCH")
        assert all(type(value) is MEETING_REQUEST[name] for name, value in sent.items())
        assert not (is_change and ONLY_WHEN_CREATING & set(sent))
        assert all(type(value) is SETTINGS_REQUEST[name] for name, value in sent.get("settings", {}).items())


def test_the_scopes_we_ask_for_are_zooms():
    known = {scope for scope, _, _ in OPERATIONS.values()} | EVENT_SCOPES
    assert provider.oauth.needs <= set(provider.oauth.scopes) <= known


def test_nothing_works_without_its_scope_but_what_may_be_missing(zoom, http):
    hosts = offers(zoom.settings(), loopback=True)["zoom"].hosts
    [grant] = zoom.grants.values()
    made = provider.create(http, hosts, PLAN)
    verbs = {
        "meeting:write:meeting": lambda: provider.create(http, hosts, PLAN),
        "meeting:read:list_meetings": lambda: provider.find(http, hosts, PLAN),
        "meeting:update:meeting": lambda: provider.move(http, hosts, made, PLAN),
        "meeting:read:meeting": lambda: provider.status(http, hosts, made, ""),
        "user:read:user": lambda: provider.oauth.whose(http, hosts, {}),
        "meeting:delete:meeting": lambda: provider.cancel(http, hosts, made),
    }
    assert set(verbs) == provider.oauth.needs
    for scope, verb in verbs.items():
        grant.scopes = frozenset(provider.oauth.scopes) - {scope}
        with pytest.raises(IntegrationError, match="Connect Zoom again"):
            verb()
        grant.scopes = provider.oauth.needs
        verb()


def test_each_operation_has_the_scope_and_the_label_it_has_at_zoom(zoom):
    served = {
        re.sub("<(int:number|path:key)>", "{meetingId}", name): (scope, label)
        for name, (_, scope, label) in zoom.operations().items()
    }
    assert served == {name: (scope, label) for name, (scope, label, _) in OPERATIONS.items()}


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
    assert "start_time" not in ask("GET", f"/v2/meetings/{made['id']}").json()


def test_a_change_to_a_past_start_is_overlooked(ask, number):
    ask("PATCH", f"/v2/meetings/{number}", json={"start_time": "2020-01-01T00:00:00Z"})
    assert ask("GET", f"/v2/meetings/{number}").json()["start_time"] == "2026-11-24T14:00:00Z"


def test_a_missing_scope_is_a_400(zoom, ask):
    [grant] = zoom.grants.values()
    grant.scopes = frozenset()
    answer = ask("POST", "/v2/users/me/meetings", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, 4711)
    assert "x-zm-trackingid" in answer.headers


@pytest.mark.parametrize(
    "wish",
    [
        {"topic": "x" * 201}, {"topic": 7}, {"starttime": "x"}, {"start_time": "tomorrow"}, {"settings": {"x": 1}}, [],
        {"settings": {"waiting_room": "yes"}}, {"duration": 0}, {"agenda": "x" * 2001}, {"password": "12345678901"},
    ],
)  # fmt: skip
def test_a_bad_parameter_is_a_300_that_names_it(ask, wish):
    answer = ask("POST", "/v2/users/me/meetings", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (400, 300)
    [fault] = answer.json()["errors"]
    assert set(fault) == {"field", "message"}


def test_a_passcode_is_made_only_when_creating(ask, number):
    assert ask("GET", f"/v2/meetings/{number}").json()["password"]
    assert ask("PATCH", f"/v2/meetings/{number}", json={"default_password": True}).json()["code"] == 300


def test_the_daily_limit_names_the_next_utc_day(zoom, ask):
    zoom.daily_limit = 1
    ask("POST", "/v2/users/me/meetings", json={})
    answer = ask("POST", "/v2/users/me/meetings", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2026-11-23T00:00:00Z")
    assert answer.headers["X-RateLimit-Type"] == "Daily-limit"


def test_one_meeting_takes_a_hundred_updates_a_day(zoom, ask, number):
    zoom.daily_limit = 1000
    for _ in range(100):
        assert ask("PATCH", f"/v2/meetings/{number}", json={"topic": "Again"}).ok
    assert ask("PATCH", f"/v2/meetings/{number}", json={"topic": "Again"}).headers["X-RateLimit-Type"] == "Daily-limit"


@pytest.mark.parametrize(("plan", "label"), [(plan, label) for plan in PER_SECOND for label in ("Light", "Medium")])
def test_the_limits_by_second_are_those_of_the_plan(zoom, ask, clock, plan, label):
    zoom.plan = plan
    path = {"Light": "/v2/users/me", "Medium": "/v2/users/me/meetings"}[label]
    for _ in range(PER_SECOND[plan][label]):
        assert ask("GET", path).ok
    answer = ask("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (429, 429)
    assert (answer.headers["X-RateLimit-Type"], answer.headers["X-RateLimit-Category"]) == ("QPS", label)
    assert answer.headers["X-RateLimit-Reset"] == str(int(clock.now.timestamp()) + 1)
    assert "Retry-After" not in answer.headers
    clock.move(timedelta(seconds=1))
    assert ask("GET", path).ok


def test_who_may_not_host_is_told_so_at_every_meeting(zoom, ask, number):
    zoom.users[RUTH].may_host = False
    answers = (
        ask("POST", "/v2/users/me/meetings", json={}),
        ask("GET", f"/v2/meetings/{number}"),
        ask("PATCH", f"/v2/meetings/{number}", json={}),
        ask("DELETE", f"/v2/meetings/{number}"),
    )
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(400, 3161)}


def test_a_webinar_is_no_meeting(zoom, ask, number):
    zoom.webinars.add(number)
    answer = ask("GET", f"/v2/meetings/{number}")
    assert (answer.status_code, answer.json()["code"]) == (400, 3000)


def test_the_accounts_policy_overrides_what_was_asked_for(zoom, ask):
    zoom.policy = {"meeting_authentication": True, "auto_recording": "cloud"}
    wish = {"settings": {"meeting_authentication": False, "auto_recording": "none"}}
    made = ask("POST", "/v2/users/me/meetings", json=wish).json()
    there = ask("GET", f"/v2/meetings/{made['id']}").json()
    for said in (made, there):
        assert {name: said["settings"][name] for name in zoom.policy} == zoom.policy


def test_a_waiting_room_rules_out_joining_before_the_host(ask):
    wish = {"settings": {"waiting_room": True, "join_before_host": True}}
    assert ask("POST", "/v2/users/me/meetings", json=wish).json()["settings"]["join_before_host"] is False


def test_a_hosts_link_is_fresh_each_time(ask, number):
    links = [ask("GET", f"/v2/meetings/{number}").json()["start_url"] for _ in range(2)]
    assert len(set(links)) == 2


def test_a_call_can_be_ended_and_a_meeting_taken_back(everything, zoom, ask, number):
    zoom.start(number)
    assert ask("GET", f"/v2/meetings/{number}").json()["status"] == "started"
    ended = ask("PUT", f"/v2/meetings/{number}/status", json={"action": "end"})
    assert (ended.status_code, ended.content) == (204, b"")
    assert ask("GET", f"/v2/meetings/{number}").json()["status"] == "waiting"
    ask("DELETE", f"/v2/meetings/{number}")
    assert ask("PUT", f"/v2/meetings/{number}/status", json={"action": "recover"}).status_code == 204
    assert ask("GET", f"/v2/meetings/{number}").ok
    assert ask("PUT", f"/v2/meetings/{number}/status", json={"action": "pause"}).json()["code"] == 300


def test_a_call_is_past_when_it_has_ended(zoom, ask, number, clock):
    path = f"/v2/past_meetings/{number}"
    zoom.join(number, "Ruth")
    missing = ask("GET", path)
    assert (missing.status_code, missing.json()["code"]) == (404, 3001)
    clock.move(timedelta(minutes=45))
    zoom.end(number)
    past = ask("GET", path).json()
    assert fits(past, PAST_MEETING)
    assert (past["duration"], past["participants_count"]) == (45, 1)


def test_the_past_call_of_a_number_is_the_latest(zoom, ask, number):
    uuids = []
    for _ in range(2):
        uuids.append(zoom.start(number))
        zoom.end(number)
    assert ask("GET", f"/v2/past_meetings/{number}").json()["uuid"] == uuids[-1]


def test_a_call_of_more_than_a_year_ago_is_out_of_reach(zoom, http, ask, number, clock):
    zoom.start(number)
    zoom.end(number)
    clock.move(timedelta(days=366))
    http.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
    answer = ask("GET", f"/v2/past_meetings/{number}")
    assert (answer.status_code, answer.json()["code"]) == (400, 12702)


@pytest.mark.parametrize("vector", VECTORS["uuid_double_encoding"], ids=lambda vector: vector["uuid"])
def test_a_uuid_with_slashes_is_found_only_when_encoded_twice(zoom, ask, number, vector):
    zoom.start(number)
    zoom.end(number)
    zoom.runs[number][0].uuid = vector["uuid"]
    assert ask("GET", f"/v2/past_meetings/{vector['path_segment']}").json()["uuid"] == vector["uuid"]
    once, twice = quote(vector["uuid"], safe=""), quote(quote(vector["uuid"], safe=""), safe="")
    other = once if vector["path_segment"] == twice else twice
    assert ask("GET", f"/v2/past_meetings/{other}").status_code == 404


def test_who_was_in_a_call_is_told_to_those_who_pay(everything, zoom, ask, number):
    for name in ("Ruth", "Mateo"):
        zoom.join(number, name)
    zoom.end(number)
    rows = ask("GET", f"/v2/past_meetings/{number}/participants").json()["participants"]
    assert [row["name"] for row in rows] == ["Ruth", "Mateo"]
    assert all(fits(row, PAST_GUEST) for row in rows)
    zoom.plan = "free"
    answer = ask("GET", f"/v2/past_meetings/{number}/participants")
    assert (answer.status_code, answer.json()["code"]) == (400, 200)


def test_all_past_calls_of_a_meeting_are_listed(everything, zoom, ask, number):
    held = []
    for _ in range(2):
        held.append(zoom.start(number))
        zoom.end(number)
    assert [each["uuid"] for each in ask("GET", f"/v2/past_meetings/{number}/instances").json()["meetings"]] == held
