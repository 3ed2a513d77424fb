"""Zoom's messages, held to vectors that Zoom's own sample code agrees with."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.hooks import Challenge, Event, Forged, Kind, hooks
from integrations.hooks.zoom import hook
from integrations.meetings import Guest
from tests.simulators.zoom_webhooks import signed

VECTORS = json.loads((Path(__file__).parent.parent / "contract" / "zoom_vectors.json").read_text())
SIGNED = VECTORS["webhook_signature"]
SECRET = SIGNED["secret_token"]
NOW = datetime.fromtimestamp(int(SIGNED["x-zm-request-timestamp"]), UTC)
STARTED, ENDED, SPACED = SIGNED["cases"]
BEGAN = datetime(2026, 11, 22, 10, 0, 3, tzinfo=UTC)
GUEST = {
    "user_id": "16778240", "user_name": "Mateo Fuentes", "id": "mateo-at-zoom", "participant_uuid": "p-1",
    "join_time": "2026-11-22T10:01:00Z", "email": "mateo@example.org",
}  # fmt: skip


def read(raw, headers=None, secret=SECRET, now=NOW):
    sealed = signed(raw, SECRET, NOW) if headers is None else headers
    return hook.read(sealed, raw, {"WEBHOOK_SECRET": secret, "api": "https://api.zoom.us"}, now)


def vector(case):
    headers = {"X-Zm-Signature": case["x-zm-signature"], "x-zm-request-timestamp": SIGNED["x-zm-request-timestamp"]}
    return read(case["raw_body"].encode(), headers)


def told(event, there=None, **more):
    there = {"id": "85012345678", "uuid": "u==", "host_id": "h", "start_time": "2026-11-22T10:00:03Z", **(there or {})}
    return json.dumps({"event": event, "event_ts": 1795341603000, "payload": {"object": there, **more}}).encode()


def came(**differently):
    return told("meeting.participant_joined", {"participant": GUEST | differently})


def test_it_is_found_by_the_name_of_its_provider():
    assert hooks()["zoom"] is hook
    assert hook.settings == ("WEBHOOK_SECRET",)


def test_a_call_that_began_is_read_whole():
    told = vector(STARTED)
    assert told == Event(
        told.key, Kind.STARTED, datetime(2026, 11, 22, 10, 0, 3, tzinfo=UTC), "85012345678", "4444AAAiAAAAAiAiAiiAii==",
        "x1yCzABCDEfg23HiJKl4mN", BEGAN,
    )  # fmt: skip


@pytest.mark.parametrize("case", [ENDED, SPACED], ids=lambda case: case["name"])
def test_signatures_count_over_the_bytes_that_came(case):
    told = vector(case)
    assert (told.kind, told.ended_at) == (Kind.ENDED, datetime(2026, 11, 22, 10, 58, 41, tzinfo=UTC))


@pytest.mark.parametrize("case", [STARTED, ENDED, SPACED], ids=lambda case: case["name"])
def test_json_written_anew_is_a_forgery(case):
    with pytest.raises(Forged):
        vector(case | {"raw_body": json.dumps(json.loads(case["raw_body"]))})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-zm-signature": STARTED["x-zm-signature"]},
        {"x-zm-request-timestamp": SIGNED["x-zm-request-timestamp"]},
        {"x-zm-signature": "v0=", "x-zm-request-timestamp": SIGNED["x-zm-request-timestamp"]},
        {"x-zm-signature": "v0=¹é\udcff", "x-zm-request-timestamp": SIGNED["x-zm-request-timestamp"]},
        {"x-zm-signature": STARTED["x-zm-signature"].upper(), "x-zm-request-timestamp": "1795345122"},
        {"x-zm-signature": STARTED["x-zm-signature"], "x-zm-request-timestamp": "1795345123"},
        {"x-zm-signature": STARTED["x-zm-signature"], "x-zm-request-timestamp": "1795345122.0"},
        {"x-zm-signature": STARTED["x-zm-signature"], "x-zm-request-timestamp": "١٧٩٥٣٤٥١٢٢"},
        {"x-zm-signature": STARTED["x-zm-signature"], "x-zm-request-timestamp": "-1"},
        {"x-zm-signature": STARTED["x-zm-signature"], "x-zm-request-timestamp": "9" * 5000},
    ],
)
def test_without_the_right_signature_nothing_is_believed(headers):
    with pytest.raises(Forged):
        read(STARTED["raw_body"].encode(), headers)


def test_another_secret_opens_nothing():
    with pytest.raises(Forged):
        read(STARTED["raw_body"].encode(), secret="another")


def test_without_a_secret_of_ours_nobody_can_sign():
    raw = STARTED["raw_body"].encode()
    with pytest.raises(Forged):
        read(raw, signed(raw, "", NOW), secret="")


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_off_are_taken_and_not_a_second_more(late):
    raw = STARTED["raw_body"].encode()
    assert read(raw, now=NOW + late)
    with pytest.raises(Forged, match="time"):
        read(raw, now=NOW + late * (301 / 300))


def test_our_address_is_proved_as_zoom_wants_it():
    asked = json.dumps(VECTORS["url_validation"]["request"]).encode()
    assert read(asked) == Challenge(VECTORS["url_validation"]["response"])


@pytest.mark.parametrize(
    "plain", ["v0:1795345122:{}", "", "a" * 65, "token\n", "tökén", "a b", "a:b", 7, None, ["qgg8"], {"a": 1}]
)
def test_the_question_whether_it_is_us_can_not_be_used_to_have_messages_signed(plain):
    assert read(json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": plain}}).encode()) is None


def test_a_question_that_zoom_did_not_sign_gets_no_answer():
    raw = json.dumps(VECTORS["url_validation"]["request"]).encode()
    with pytest.raises(Forged):
        read(raw, signed(raw, "guessed", NOW))


def test_what_came_is_not_in_the_reason_for_refusing_it():
    with pytest.raises(Forged) as forged:
        read(b'{"event": "secret words"}', {"x-zm-signature": "v0=mine", "x-zm-request-timestamp": "1795345122"})
    assert not any(word in str(forged.value) for word in ("secret words", "mine", SECRET))


def test_somebody_who_came_is_told_with_their_connection():
    event = read(came())
    assert (event.kind, event.instance, event.started_at) == (Kind.JOINED, "u==", BEGAN)
    joined = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
    assert event.guest == Guest("16778240", "mateo-at-zoom", "Mateo Fuentes", "mateo@example.org", joined)


def test_somebody_who_left_is_told_with_when():
    left = {name: value for name, value in GUEST.items() if name != "join_time"}
    event = read(told("meeting.participant_left", {"participant": left | {"leave_time": "2026-11-22T10:30:00Z"}}))
    assert (event.kind, event.guest.joined_at) == (Kind.LEFT, None)
    assert event.guest.left_at == datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def test_a_call_began_no_later_than_somebody_came():
    early = read(came(join_time="2026-11-22T09:58:00Z"))
    assert early.started_at == datetime(2026, 11, 22, 9, 58, tzinfo=UTC)


def test_a_guest_without_account_has_none():
    assert read(came(id="", email="")).guest.account == ""


def test_names_are_kept_as_people_write_them_without_what_can_not_be_shown():
    assert read(came(user_name="Linh Phạm 🚀")).guest.name == "Linh Phạm 🚀"
    assert read(came(user_name="می\u200cخواهم\x00\x1b[2J\u202e\ud800")).guest.name == "می\u200cخواهم[2J"
    assert len(read(came(user_name="x" * 9000)).guest.name) == 200


@pytest.mark.parametrize("number", ["85012345678", 85012345678])
def test_numbers_are_text_whatever_they_came_as(number):
    assert read(told("meeting.ended", {"id": number})).reference == "85012345678"
    assert read(told("meeting.deleted", {"id": number})).reference == "85012345678"


def test_a_change_at_zoom_makes_us_look():
    assert read(told("meeting.updated", {"id": 7, "uuid": None})).kind is Kind.LOOK


@pytest.mark.parametrize("event", ["meeting.deleted", "meeting.permanently_deleted"])
def test_a_meeting_deleted_at_zoom_is_said_to_be(event):
    assert read(told(event, {"id": 7, "uuid": None})).kind is Kind.DELETED


@pytest.mark.parametrize("retention", [None, "true", "false"])
def test_whoever_takes_our_app_away_is_named(retention):
    when = "2026-11-22T10:00:03.000Z"
    payload = {"user_id": "ruth-at-zoom", "deauthorization_time": when, "user_data_retention": retention}
    event = read(json.dumps({"event": "app_deauthorized", "payload": payload, "event_ts": 1795345122000}).encode())
    assert (event.kind, event.account, event.reference) == (Kind.DEAUTHORISED, "ruth-at-zoom", "")
    assert event.at == BEGAN


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"null", b"<xml/>", b"\xff\xfe", b"[" * 100_000, b'{"event": ' + b"1" * 5000 + b"}",
        b'{"event": "meeting.started"}', b'{"event": "meeting.started", "payload": []}',
        b'{"event": ["meeting.started"]}', b'{"event": 7, "payload": {}}',
        told("meeting.started", {"uuid": ""}), told("meeting.started", {"uuid": "x" * 201}),
        told("meeting.started", {"id": True}), told("meeting.started", {"id": "12 34"}),
        told("meeting.started", {"id": 1.5}), told("meeting.started", {"id": -7}),
        told("meeting.participant_joined"), told("meeting.participant_joined", {"participant": {}}),
        told("meeting.participant_joined", {"participant": "Mateo"}),
        told("meeting.created"), told("meeting.summary_completed"), told("meeting.participant_joined_waiting_room"),
        b'{"event": "app_deauthorized", "payload": {"user_id": ""}}', b'{"event": "app_deauthorized"}',
    ],
)  # fmt: skip
def test_what_makes_no_sense_or_is_of_no_use_is_nothing(raw):
    assert read(raw) is None


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-22T10:00:03", "0001-01-01T00:00:00+14:00", 7, None])
def test_a_time_that_is_none_is_unknown(time):
    assert read(told("meeting.ended", {"start_time": time, "end_time": time})).ended_at is None


@pytest.mark.parametrize("sent", [None, "now", 10**30, True, 1.5])
def test_without_a_time_of_its_own_a_message_is_of_now(sent):
    raw = json.dumps({"event": "meeting.deleted", "event_ts": sent, "payload": {"object": {"id": 7}}}).encode()
    assert read(raw).at == NOW


def test_a_repeat_is_the_same_whenever_it_was_sent():
    first, again = (came().replace(b"1795341603000", stamp) for stamp in (b"1795341603000", b"1795349999000"))
    assert read(first).key == read(again).key
    assert read(first).at != read(again).at


def test_different_things_are_told_apart():
    things = [
        told("meeting.started"), told("meeting.ended"), told("meeting.ended", {"uuid": "v=="}),
        told("meeting.ended", {"end_time": "2026-11-22T11:00:00Z"}), came(), came(user_id="16779264"),
        came(join_time="2026-11-22T10:02:00Z"), told("meeting.participant_left", {"participant": GUEST}),
        told("meeting.deleted"), told("meeting.updated"),
    ]  # fmt: skip
    assert len({read(thing).key for thing in things}) == len(things)


def test_two_changes_in_a_row_are_both_looked_at():
    first, second = (told("meeting.updated", time_stamp=stamp) for stamp in (1, 2))
    assert read(first).key != read(second).key


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["id", "uuid", "host_id", "start_time", "end_time", "participant", "user_id", "user_name", "join_time", "email"]
)


@settings(max_examples=300)
@given(
    event=st.sampled_from(["meeting.started", "meeting.participant_left", "meeting.updated", "app_deauthorized", "?"]),
    payload=json_values
    | st.fixed_dictionaries({"object": st.dictionaries(names, json_values), "user_id": json_values}),
    sent=json_values,
)
def test_nothing_that_is_signed_well_breaks_the_reading(event, payload, sent):
    said = read(json.dumps({"event": event, "payload": payload, "event_ts": sent}).encode())
    if isinstance(said, Event):
        assert max(len(said.reference), len(said.instance), len(said.account)) <= 200
        assert len(said.key) == 64
        (said.guest.name if said.guest else "").encode()


@settings(max_examples=300)
@given(raw=st.binary(max_size=200), signature=st.text(max_size=80), stamp=st.text(max_size=12) | st.just("1795345122"))
def test_no_signature_that_was_guessed_is_taken(raw, signature, stamp):
    with pytest.raises(Forged):
        read(raw, {"x-zm-signature": signature, "x-zm-request-timestamp": stamp})


@settings(max_examples=200)
@given(plain=st.text(max_size=70), stamp=st.integers(0, 2**33), body=st.text(max_size=40))
def test_an_answer_to_a_question_is_never_the_signature_of_a_message(plain, stamp, body):
    for token in (plain, f"v0:{stamp}:{body}"):
        asked = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": token}}).encode()
        answer = read(asked)
        right = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
        assert answer is None or answer.answer["encryptedToken"] != right
