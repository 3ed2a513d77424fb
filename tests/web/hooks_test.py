"""The door for providers' machines: only what they signed comes in, once, and is answered at once."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from companion import db
from companion.model.events import ReceivedEvent
from companion.services import connect, meet
from integrations.hooks import Kind
from tests.listening import listening
from tests.server import free_port
from tests.simulators.zoom_webhooks import message, signed

RUTH = "ruth@zoom.example"
DOOR = "/hooks/zoom"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, base_url=f"http://127.0.0.1:{free_port()}", provider_env=zoom.settings())


@pytest.fixture
def number(session, ruth, zoom):
    """A meeting of ours at Zoom."""
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    made = meet.make_link(session.id, "zoom", by=ruth.id).reference
    zoom.webhooks.outbox.clear()
    return made


@pytest.fixture
def knock(app, settings):
    """Somebody's machine at our door, with these bytes and headers; gives the answer."""

    def post(raw, headers, door=DOOR):
        return app.test_client().post(door, base_url=settings.base_url, data=raw, headers=headers)

    return post


def events():
    with db.reading() as tx:
        return list(tx.query(ReceivedEvent).order_by(ReceivedEvent.id))


@pytest.fixture
def started(number, zoom):
    """What Zoom says when the call begins, as bytes."""
    zoom.start(number)
    [said] = zoom.webhooks.outbox
    return said.raw


def test_what_zoom_signed_is_stored_and_answered(knock, started, number):
    answer = knock(started, signed(started))
    assert (answer.status_code, answer.data) == (204, b"")
    [event] = events()
    assert (event.provider, event.kind, event.reference) == ("zoom", Kind.STARTED, number)
    assert event.handled_at is None


def test_it_needs_no_cookie_no_origin_and_sets_none(knock, started):
    answer = knock(started, {**signed(started), "Origin": "https://zoom.example"})
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers


def test_said_a_hundred_times_it_is_stored_once(knock, started):
    assert {knock(started, signed(started)).status_code for _ in range(100)} == {204}
    assert len(events()) == 1


def test_a_retry_with_another_time_is_the_same_event(knock, started, clock):
    knock(started, signed(started))
    clock.move(timedelta(minutes=85))
    retried = json.dumps(json.loads(started) | {"event_ts": 1}, separators=(",", ":"), ensure_ascii=False).encode()
    assert knock(retried, signed(retried)).status_code == 204
    assert len(events()) == 1


def test_without_a_signature_nothing_comes_in(knock, started, caplog):
    headers = signed(started)
    for missing in ("x-zm-signature", "x-zm-request-timestamp"):
        answer = knock(started, {name: value for name, value in headers.items() if name != missing})
        assert (answer.status_code, answer.data) == (401, b"")
    assert events() == []
    assert "refused" in caplog.text
    assert "uuid" not in caplog.text


@given(st.integers(min_value=0), st.integers(0, 7))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_flipped_bit_is_a_forgery(knock, started, place, bit):
    forged = bytearray(started)
    forged[place % len(forged)] ^= 1 << bit
    assert knock(bytes(forged), signed(started)).status_code == 401


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_was_signed_long_ago_or_in_the_future_is_refused(knock, started, clock, minutes):
    headers = signed(started, at=clock.now + timedelta(minutes=minutes))
    assert knock(started, headers).status_code == 401
    assert events() == []


def test_another_secret_is_a_forgery(knock, started):
    assert knock(started, signed(started, secret="another")).status_code == 401


def test_meetings_that_are_none_of_ours_are_answered_and_not_kept(knock, zoom, number):
    theirs = dict(zoom.meetings_of(RUTH)[0], id=99999999999)
    zoom.users[RUTH].meetings[99999999999] = theirs
    zoom.join(99999999999, "Somebody's aunt", email="aunt@example.org")
    assert zoom.webhooks.outbox
    for said in zoom.webhooks.outbox:
        assert knock(said.raw, signed(said.raw)).status_code == 204
    assert events() == []


def test_what_makes_no_sense_is_answered_so_that_it_is_not_sent_again(knock, app):
    for raw in (b"", b"{", b"[]", b'{"event":"meeting.started"}', b'{"event":{"event":1}}', b"\xff\xfe"):
        assert knock(raw, signed(raw)).status_code == 204
    assert events() == []


def test_the_address_is_proven_to_zoom_over_real_http(app, settings, zoom):
    zoom.webhooks_to(settings.base_url + DOOR)
    with listening(app, settings.base_url):
        assert zoom.webhooks.validate()


@pytest.mark.parametrize("token", ["v0:1764000000:{}", "", "x" * 65, "a b", None, 5, {"a": 1}])
def test_the_proof_signs_nothing_but_plain_tokens(knock, token, app):
    raw = message("endpoint.url_validation", {"plainToken": token}).raw
    answer = knock(raw, signed(raw))
    assert (answer.status_code, answer.data) == (204, b"")


def test_an_unsigned_question_is_not_answered(knock, app):
    raw = message("endpoint.url_validation", {"plainToken": "abc"}).raw
    assert knock(raw, {}).status_code == 401


def test_proofs_are_rationed(knock, app):
    raw = message("endpoint.url_validation", {"plainToken": "abc"}).raw
    statuses = [knock(raw, signed(raw)).status_code for _ in range(32)]
    assert statuses == [200] * 30 + [429] * 2


def test_nobody_listens_to_a_provider_that_was_not_set_up(knock, app, settings):
    assert knock(b"{}", {}, "/hooks/google_meet").status_code == 404
    assert knock(b"{}", {}, "/hooks/skype").status_code == 404


def test_the_door_is_for_posting_only(app, settings):
    assert app.test_client().get(DOOR, base_url=settings.base_url).status_code == 405


def test_more_than_any_message_holds_is_refused(knock, app):
    raw = b"x" * (256 * 1024 + 1)
    assert knock(raw, signed(raw)).status_code == 413


def test_what_is_logged_names_nobody(knock, started, zoom, number, caplog):
    with caplog.at_level(logging.DEBUG):
        zoom.join(number, "Mateo Fuentes", email="mateo@example.org")
        for said in zoom.webhooks.outbox:
            knock(said.raw, signed(said.raw))
    assert "Mateo" not in caplog.text
    assert zoom.webhooks.secret not in caplog.text
