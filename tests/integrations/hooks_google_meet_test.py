import json

import pytest
import requests
from joserfc import jwt

from integrations.errors import Unavailable
from integrations.hooks import Event, Forged, Kind, hooks
from integrations.hooks.google_meet import GoogleMeetHook
from integrations.meetings import Meeting
from integrations.meetings.google_meet import provider
from integrations.offers import offers
from tests.simulators.consent import CLIENT_ID
from tests.simulators.google_events import PUSHER, TOPIC
from tests.simulators.google_id import signed, signing_key

AUDIENCE = "https://alongside.example/hooks/google_meet"
KEYS = "GET /oauth2/v3/certs"


@pytest.fixture
def hosts(google):
    return offers(google.settings(), loopback=True)["google_meet"].hosts


@pytest.fixture
def space(google, hosts):
    """One that Google tells us about."""
    google.pushes_to(AUDIENCE)
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {google.granted('ruth@google.example')['access_token']}"
        name = http.post(f"{google.url}/v2/spaces", json={}, timeout=5).json()["name"]
        provider.subscribe(http, hosts, Meeting(name, ""), TOPIC)
    return name


@pytest.fixture
def read(google, hosts, space, clock):
    """What a hook of its own makes of a push; by default one that is all right."""
    hook = GoogleMeetHook()

    def reads(body=None, bearer="", **said):
        settings = {"PUBSUB_TOPIC": TOPIC, "PUSH_ACCOUNT": PUSHER, "AUDIENCE": AUDIENCE, **hosts, **said}
        headers = {"AUTHORIZATION": f"Bearer {bearer or google.events.bearer()}"}
        raw = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return hook.read(headers, raw, settings, clock.now)

    return reads


@pytest.fixture
def pushed(google, space):
    google.join(space, "Ruth")
    return google.events.outbox[0].body()


def test_it_is_found_and_names_its_settings():
    assert hooks()["google_meet"].settings == ("PUBSUB_TOPIC", "PUSH_ACCOUNT")


def test_a_push_says_where_to_look(read, pushed, space, clock):
    event = read(pushed)
    assert (event.kind, event.reference, event.at) == (Kind.LOOK, space, clock.now)


def test_the_same_event_has_the_same_key_though_it_is_delivered_again(google, read, pushed):
    again = {**pushed, "message": {**pushed["message"], "messageId": "another"}}
    other = google.events.outbox[1].body()
    assert read(pushed).key == read(again).key != read(other).key


@pytest.mark.parametrize(
    "lie", ["audience", "issuer", "expired", "unverified", "unsigned", "secret", "key", "email"]
)  # fmt: skip
def test_a_lie_is_not_believed(google, read, pushed, lie):
    with pytest.raises(Forged):
        read(pushed, google.events.bearer(lie))


@pytest.mark.parametrize("left_out", ["iss", "aud", "exp", "email", "email_verified"])
def test_a_token_that_leaves_something_open_is_not_believed(google, read, pushed, clock, left_out):
    said = {"iss": google.url, "aud": AUDIENCE, "email": PUSHER, "email_verified": True}
    said["exp"] = int(clock.now.timestamp()) + 3600
    assert read(pushed, signed(said))
    del said[left_out]
    with pytest.raises(Forged):
        read(pushed, signed(said))


@pytest.mark.parametrize("bearer", ["x", "a.b.c", "..", "eyJhbGciOiJSUzI1NiJ9.e30.x", "eyJhbGciOiJSUzI1NiJ9..", "é"])
def test_what_is_no_token_is_forged(read, pushed, bearer):
    with pytest.raises(Forged):
        read(pushed, bearer)


@pytest.mark.parametrize("name", ["PUSH_ACCOUNT", "AUDIENCE"])
def test_nothing_is_taken_while_a_setting_is_missing(read, pushed, name):
    with pytest.raises(Forged):
        read(pushed, **{name: ""})


def test_the_id_token_of_a_sign_in_is_no_push(google, read, pushed, clock):
    said = {"iss": google.url, "aud": CLIENT_ID, "email": PUSHER, "email_verified": True}
    with pytest.raises(Forged):
        read(pushed, signed(said | {"exp": int(clock.now.timestamp()) + 3600}))


@pytest.mark.parametrize(
    "change",
    [
        {"ce-subject": "//meet.googleapis.com/users/1"},
        {"ce-subject": "//workspaceevents.googleapis.com/subscriptions/x"},
        {"ce-subject": '//meet.googleapis.com/spaces/a" OR "b'},
        {"ce-subject": 7},
        {"ce-id": ""},
        {"ce-id": None},
    ],
)
def test_what_is_about_no_space_is_left(read, pushed, change):
    pushed["message"]["attributes"] |= change
    assert read(pushed) is None


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"[]", b'{"message": 7}', b'{"message": {"attributes": []}}', b"[" * 9999]
)
def test_what_cannot_be_read_is_left(read, body):
    assert read(body) is None


def test_a_message_without_a_time_is_of_now(read, pushed, clock):
    del pushed["message"]["attributes"]["ce-time"]
    assert read(pushed).at == clock.now


def test_keys_are_fetched_once(google, read, pushed):
    for _ in range(3):
        read(pushed)
    assert google.calls[KEYS] == 1


def test_made_up_keys_do_not_make_us_fetch_each_time(google, read, pushed, clock):
    read(pushed)
    for number in range(3):
        made_up = jwt.encode({"alg": "RS256", "kid": f"made-up-{number}"}, {}, signing_key("a stranger"))
        with pytest.raises(Forged):
            read(pushed, made_up)
    assert google.calls[KEYS] == 1


@pytest.mark.parametrize("name", ["reset", "server error", "empty", "xml", "a list"])
def test_without_googles_keys_nothing_is_believed_and_nothing_refused(google, read, pushed, name):
    google.goes_wrong(name, KEYS)
    with pytest.raises(Unavailable):
        read(pushed)
    assert isinstance(read(pushed), Event)
