"""Simulated Meet and Workspace Events. What Google's descriptions say is checked of every exchange by the fixture."""

import base64
import json
from datetime import datetime, timedelta

import pytest
import requests

from tests.contract.discovery import found, methods, wrong
from tests.simulators.google_api import CREATED, READONLY, SETTINGS
from tests.simulators.google_events import TOPIC
from tests.simulators.server import Exchange, Simulator
from tests.waiting import until

RUTH, MATEO = "ruth@google.example", "mateo@google.example"
KINDS = ["google.workspace.meet.conference.v2.started", "google.workspace.meet.conference.v2.ended"]

OPERATION_OF_NOTHING_KNOWN = b'{"done": true, "response": {"@type": "a.Subscription", "x": 1}}'


@pytest.fixture
def ask(google):
    """Asks one of Google's APIs in somebody's name: an answer's status and what it says."""
    tokens: dict[tuple[str, tuple[str, ...]], str] = {}

    def asked(operation, body=None, account=RUTH, scopes=(CREATED,), **params):
        token = tokens.setdefault((account, scopes), google.granted(account, scopes)["access_token"])
        verb, _, path = operation.partition(" ")
        bearer = {"Authorization": f"Bearer {token}"}
        answer = requests.request(verb, f"{google.url}{path}", json=body, params=params, headers=bearer, timeout=5)
        return answer.status_code, answer.json()

    return asked


@pytest.fixture
def space(ask):
    return ask("POST /v2/spaces", {})[1]["name"]


@pytest.fixture
def records(ask):
    return lambda said="", **more: ask("GET /v2/conferenceRecords", filter=said, **more)[1].get("conferenceRecords", [])


def reason(answer):
    return answer[0], answer[1]["error"]["status"]


def subscription(space, **more):
    wish = {"targetResource": f"//meet.googleapis.com/{space}", "eventTypes": KINDS}
    return {**wish, "notificationEndpoint": {"pubsubTopic": TOPIC}, **more}


def test_what_differs_from_googles_description_is_seen():
    good = Exchange("POST /v2/spaces", "", b'{"config": {"accessType": "OPEN"}}', 200, b'{"name": "spaces/x"}')
    assert wrong(good) == []
    for bad in (
        good._replace(sent=b'{"config": {"accessType": "EVERYBODY"}}'),
        good._replace(sent=b'{"meetingCode": "abc-defg-hij"}'),
        good._replace(sent=b'{"config": {"accesstype": "OPEN"}}'),
        good._replace(answer=b'{"name": 7}'),
        good._replace(answer=b'{"htmlLink": "x"}'),
        good._replace(query="conferenceDataVersion=1"),
        good._replace(status=400, answer=b'{"error": {"code": 404, "message": "x"}}'),
        Exchange("GET /v2/conferenceRecords", "pageSize=many", b"", 200, b"{}"),
        Exchange("GET /v2/conferenceRecords", "", b"", 200, b'{"conferenceRecords": [{"startTime": "now"}]}'),
        Exchange("PATCH /v2/spaces/x", "updateMask=config accessType", b"{}", 200, b"{}"),
        Exchange("POST /calendar/v3/calendars/primary/events", "conferenceDataVersion=2", b"{}", 200, b"{}"),
        Exchange("POST /v1/subscriptions", "", b"{}", 200, b'{"done": 1}'),
        Exchange("DELETE /v1/subscriptions/x", "", b"", 200, OPERATION_OF_NOTHING_KNOWN),
    ):  # fmt: skip
        assert wrong(bad), bad


def test_every_api_of_the_simulator_is_one_of_googles(google):
    ours = [
        f"{verb} {rule.rule.replace('<', 'x').replace('>', '')}"
        for rule in google.app.url_map.iter_rules()
        for verb in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/v2/", "/v1/", "/calendar/", "/oauth2/v2/"))
    ]
    assert len(ours) >= 15
    assert [operation for operation in ours if not found(operation)] == []
    assert len(methods()) > 60


def test_a_new_space_is_its_makers_with_an_organisations_usual_doors(ask, space):
    status, said = ask(f"GET /v2/{space}")
    assert status == 200
    assert said["config"] == {"accessType": "TRUSTED", "entryPointAccess": "ALL"}
    assert ask(f"GET /v2/spaces/{said['meetingCode']}") == (200, said)


def test_names_of_spaces_are_case_sensitive(ask, space):
    other = space.swapcase().replace("SPACES/", "spaces/")
    assert reason(ask(f"GET /v2/{other}"))[0] == 404


@pytest.mark.parametrize("config", [{"accessType": "EVERYBODY"}, {"accesstype": "OPEN"}])
def test_what_google_does_not_know_is_refused(ask, space, config):
    assert reason(ask("POST /v2/spaces", {"config": config})) == (400, "INVALID_ARGUMENT")
    assert reason(ask(f"PATCH /v2/{space}", {"config": config})) == (400, "INVALID_ARGUMENT")


def test_a_patch_changes_what_its_mask_names(ask, space):
    wish = {"config": {"accessType": "OPEN", "entryPointAccess": "CREATOR_APP_ONLY"}}
    _, said = ask(f"PATCH /v2/{space}", wish, updateMask="config.accessType")
    assert said["config"] == {"accessType": "OPEN", "entryPointAccess": "ALL"}
    assert reason(ask(f"PATCH /v2/{space}", wish, updateMask="meetingCode")) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("verb", ["GET", "PATCH"])
def test_a_space_that_this_app_did_not_make_is_denied(google, ask, space, verb):
    google.foreign.add(space)
    body: dict[str, str] | None = {} if verb == "PATCH" else None
    assert reason(ask(f"{verb} /v2/{space}", body)) == (403, "PERMISSION_DENIED")


def test_reading_all_spaces_is_another_scope(google, ask, space):
    google.foreign.add(space)
    assert ask(f"GET /v2/{space}", scopes=(CREATED, READONLY))[0] == 200


def test_a_space_of_somebody_else_is_denied(ask, space):
    assert reason(ask(f"GET /v2/{space}", account=MATEO)) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("operation", ["POST /v2/spaces", "GET /v2/conferenceRecords", "POST /v1/subscriptions"])
def test_a_scope_that_does_not_reach_is_told_from_a_dead_token(google, ask, operation):
    body: dict[str, str] | None = {} if operation.startswith("POST") else None
    status, said = ask(operation, body, scopes=("openid", SETTINGS))
    assert (status, said["error"]["details"][0]["reason"]) == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
    google.removed(RUTH)
    assert reason(ask(operation, body, scopes=("openid", SETTINGS))) == (401, "UNAUTHENTICATED")


def test_ten_spaces_a_minute_for_a_person_and_a_hundred_for_the_project(google, clock, ask):
    for number in range(100):
        assert ask("POST /v2/spaces", {}, account=f"person-{number // 10}@google.example")[0] == 200
    assert reason(ask("POST /v2/spaces", {}, account=MATEO)) == (429, "RESOURCE_EXHAUSTED")
    clock.move(timedelta(minutes=1))
    for _ in range(10):
        assert ask("POST /v2/spaces", {})[0] == 200
    assert reason(ask("POST /v2/spaces", {})) == (429, "RESOURCE_EXHAUSTED")
    assert ask("POST /v2/spaces", {}, account=MATEO)[0] == 200


def test_one_call_goes_on_and_two_are_over(google, clock, records, space):
    for _ in range(2):
        google.join(space, "Ruth", RUTH)
        clock.move(timedelta(minutes=5))
        google.leave(space, "Ruth")
    google.start(space)
    here = f'space.name = "{space}"'
    newest, *ended = records(here)
    assert "endTime" not in newest
    assert [set(each) for each in ended] == [{"name", "space", "startTime", "endTime", "expireTime"}] * 2
    assert records(f"{here} AND end_time IS NULL") == [newest]
    assert records(f'start_time>="{newest["startTime"]}" AND start_time<="{newest["startTime"]}"') == [newest]
    assert records(f'space.meeting_code = "{google.spaces[space]["meetingCode"]}"') == [newest, *ended]
    assert records('space.name = "spaces/another"') == []


@pytest.mark.parametrize(
    "said", ["startTime > 7", "space.name == 'x'", 'space.name = "a" OR end_time IS NULL', 'start_time > "noon"']
)
def test_a_filter_outside_the_grammar_is_refused(google, ask, space, said):
    google.start(space)
    assert reason(ask("GET /v2/conferenceRecords", filter=said)) == (400, "INVALID_ARGUMENT")


def test_lists_come_in_pages(google, ask, space):
    for _ in range(26):
        google.start(space)
        google.end(space)
    _, first = ask("GET /v2/conferenceRecords")
    _, last = ask("GET /v2/conferenceRecords", pageToken=first["nextPageToken"])
    assert (len(first["conferenceRecords"]), len(last["conferenceRecords"])) == (25, 1)
    assert "nextPageToken" not in last


def test_guests_are_told_by_account_where_they_are_signed_in_and_never_by_address(google, ask, records, space):
    google.join(space, "Ruth", RUTH)
    google.join(space, "Mateo – teléfono")
    google.leave(space, "Ruth")
    [record] = records()
    _, said = ask(f"GET /v2/{record['name']}/participants")
    mateo, ruth = said["participants"]
    assert ruth["signedinUser"] == {"user": f"users/{google.sub(RUTH)}", "displayName": "Ruth"}
    assert mateo["anonymousUser"] == {"displayName": "Mateo – teléfono"}
    assert "latestEndTime" in ruth and "latestEndTime" not in mateo
    assert RUTH not in str(said)
    _, here = ask(f"GET /v2/{record['name']}/participants", filter="latest_end_time IS NULL")
    assert here["participants"] == [mateo]


def test_coming_back_is_another_stay_of_the_same_guest(google, ask, records, space):
    google.join(space, "Mateo")
    for _ in range(2):
        google.join(space, "Ruth", RUTH)
        google.leave(space, "Ruth")
    [record] = records()
    ruth, _ = ask(f"GET /v2/{record['name']}/participants")[1]["participants"]
    stays = ask(f"GET /v2/{ruth['name']}/participantSessions")[1]["participantSessions"]
    assert len({each["name"] for each in stays}) == 2
    assert all(each["endTime"] for each in stays)


def test_a_guest_may_read_the_record_and_a_stranger_not(google, ask, records, space):
    google.join(space, "Mateo", MATEO)
    assert records(account=MATEO) == records()
    assert records(account="stranger@google.example") == []
    [record] = records()
    assert ask(f"GET /v2/{record['name']}", account="stranger@google.example")[0] == 404


def test_the_last_to_leave_ends_the_call(google, ask, records, space):
    google.join(space, "Ruth", RUTH)
    google.join(space, "Mateo")
    google.leave(space, "Ruth")
    assert "activeConference" in ask(f"GET /v2/{space}")[1]
    google.leave(space, "Mateo")
    assert "activeConference" not in ask(f"GET /v2/{space}")[1]
    assert "endTime" in records()[0]


def test_a_call_is_ended_for_all_over_the_api_too(google, ask, records, space):
    google.join(space, "Mateo")
    assert ask(f"POST /v2/{space}:endActiveConference", {}) == (200, {})
    assert "endTime" in records()[0]
    assert reason(ask(f"POST /v2/{space}:endActiveConference", {}))[0] == 400


def test_one_subscription_for_each_person_and_space(google, ask, space):
    status, said = ask("POST /v1/subscriptions", subscription(space))
    assert (status, said["done"]) == (200, True)
    assert reason(ask("POST /v1/subscriptions", subscription(space))) == (409, "ALREADY_EXISTS")
    name = said["response"]["name"]
    assert ask(f"GET /v1/{name}")[1]["state"] == "ACTIVE"
    assert ask(f"DELETE /v1/{name}")[0] == 200
    assert ask(f"GET /v1/{name}")[0] == 404
    assert ask("POST /v1/subscriptions", subscription(space))[0] == 200


def test_a_subscription_ends_after_seven_days(google, clock, ask, space):
    ask("POST /v1/subscriptions", subscription(space, ttl="86400s"))
    clock.move(timedelta(days=1))
    google.start(space)
    assert google.events.outbox == []
    a_new_token = {"scopes": (CREATED, READONLY)}  # the first one lives for an hour
    _, said = ask("POST /v1/subscriptions", subscription(space), **a_new_token)
    assert datetime.fromisoformat(said["response"]["expireTime"]) == clock.now + timedelta(days=7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"eventTypes": []},
        {"eventTypes": ["google.workspace.meet.made.up"]},
        {"payloadOptions": {}},
        {"notificationEndpoint": {}},
    ],
)
def test_a_subscription_that_cannot_be_is_refused(ask, space, wrong):
    assert reason(ask("POST /v1/subscriptions", subscription(space, **wrong))) == (400, "INVALID_ARGUMENT")


def test_spaces_of_others_are_not_told_of(ask, space):
    assert ask("POST /v1/subscriptions", subscription(space), account=MATEO)[0] == 403


def test_only_what_was_asked_for_is_told(google, ask, space):
    ask("POST /v1/subscriptions", subscription(space))
    google.join(space, "Ruth", RUTH)
    google.end(space)
    assert [push.attributes["ce-type"] for push in google.events.outbox] == KINDS
    assert len({push.attributes["ce-id"] for push in google.events.outbox}) == 2


class Receiver(Simulator):
    """Somebody whom Pub/Sub pushes to; keeps what came."""

    def __init__(self):
        super().__init__()
        self.app.add_url_rule("/hooks", "hooks", lambda: ("", 204), methods=["POST"])

    @property
    def came(self):
        return [json.loads(exchange.sent)["message"] for exchange in self.exchanges]


@pytest.fixture
def receiver(google, ask, space):
    with Receiver() as running:
        google.pushes_to(f"{running.url}/hooks")
        ask("POST /v1/subscriptions", subscription(space))
        yield running


def test_pushes_wait_until_they_are_delivered_and_come_again_until_they_are_taken(google, receiver, space):
    google.start(space)
    receiver.goes_wrong("server error", times=2)
    assert [google.deliver() for _ in range(4)] == [[503], [503], [204], []]
    [message] = receiver.came
    record = json.loads(base64.b64decode(message["data"]))["conferenceRecord"]["name"]
    assert record == google.records.rows[0].name
    assert message["attributes"]["ce-subject"] == f"//meet.googleapis.com/{space}"


def test_pushes_can_go_by_themselves(google, receiver, space):
    google.pushes_to(f"{receiver.url}/hooks", at_once=True)
    google.start(space)
    google.end(space)
    until(lambda: len(receiver.came) == 2)
