"""The simulated Zoom's messages, held against the shapes and signatures of the real ones, and how it delivers them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from flask import request

from integrations.hooks import Challenge, Kind
from integrations.hooks.zoom import hook
from tests.contract.zoom_facts import DEAUTHORISED, MESSAGES, WHEN, WHO, fits
from tests.simulators.server import Fault, Simulator
from tests.simulators.zoom_context import app_context
from tests.simulators.zoom_webhooks import RETRIES, SECRET, message, signed
from tests.waiting import until

RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"
VECTORS = json.loads((Path(__file__).parent / "zoom_vectors.json").read_text())


class Product(Simulator):
    """Somebody who listens, as our product does."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.heard = []
        self.app.add_url_rule("/hooks/zoom", view_func=self.hear, methods=["POST"])

    def hear(self):
        said = hook.read(dict(request.headers), request.get_data(), {"WEBHOOK_SECRET": SECRET}, self.clock.now)
        if isinstance(said, Challenge):
            return dict(said.answer)
        self.heard.append(said)
        return "", 204


@pytest.fixture
def product(zoom, clock):
    with Product(clock) as listening:
        zoom.webhooks_to(f"{listening.url}/hooks/zoom")
        yield listening


@pytest.fixture
def number(zoom):
    token = zoom.granted(RUTH)["access_token"]
    wish = {"topic": "Méntorat — été 🚀", "start_time": "2026-11-24T17:00:00", "timezone": "Africa/Nairobi"}
    headers = {"Authorization": f"Bearer {token}"}
    made = requests.post(f"{zoom.url}/v2/users/me/meetings", json=wish, headers=headers, timeout=5).json()
    return made["id"]


def said(zoom, event):
    """The bodies of these messages."""
    return [json.loads(each.raw) for each in zoom.webhooks.outbox if each.event == event]


def a_whole_story(zoom, number):
    zoom.join(number, "Ruth", email=RUTH)
    zoom.join(number, "Linh Phạm")
    zoom.leave(number, "Linh Phạm")
    zoom.end(number)
    zoom.edit(number, topic="Another")
    zoom.remove(number)


@pytest.mark.parametrize("case", VECTORS["webhook_signature"]["cases"], ids=lambda case: case["name"])
def test_signatures_are_zooms(case):
    at = datetime.fromtimestamp(int(VECTORS["webhook_signature"]["x-zm-request-timestamp"]), UTC)
    headers = signed(case["raw_body"].encode(), VECTORS["webhook_signature"]["secret_token"], at)
    assert headers["x-zm-signature"] == case["x-zm-signature"]


def test_bodies_are_compact_with_letters_as_they_are():
    raw = message("meeting.started", {"name": "été 🚀"}, datetime(2026, 11, 22, tzinfo=UTC)).raw
    assert raw == '{"event":"meeting.started","payload":{"name":"été 🚀"},"event_ts":1795305600000}'.encode()


def test_messages_have_zooms_names_and_types(zoom, number):
    a_whole_story(zoom, number)
    assert {each.event for each in zoom.webhooks.outbox} == set(MESSAGES)
    for event, (payload, there) in MESSAGES.items():
        for body in said(zoom, event):
            assert fits(body, {"event": str, "event_ts": int, "payload": dict})
            assert fits(body["payload"], payload)
            assert fits(body["payload"]["object"], there)
            assert fits(body["payload"]["object"].get("participant", {}), WHO | WHEN[event] if event in WHEN else {})


def test_nothing_that_opens_the_call_as_host_is_in_a_message(zoom, number):
    a_whole_story(zoom, number)
    assert not any(b"zak=" in each.raw or b"start_url" in each.raw for each in zoom.webhooks.outbox)


def test_who_is_signed_in_has_an_id_and_others_an_empty_one(zoom, number):
    a_whole_story(zoom, number)
    ids = [body["payload"]["object"]["participant"]["id"] for body in said(zoom, "meeting.participant_joined")]
    assert ids == [zoom.users[RUTH].id, ""]


def test_a_call_that_starts_again_has_another_uuid_under_the_same_number(zoom, number):
    for _ in range(4):
        zoom.start(number)
        zoom.end(number)
    objects = [body["payload"]["object"] for body in said(zoom, "meeting.ended")]
    assert {each["id"] for each in objects} == {str(number)}
    uuids = [each["uuid"] for each in objects]
    assert len(set(uuids)) == 4
    assert any(uuid.startswith("/") for uuid in uuids)
    assert any("//" in uuid for uuid in uuids)


def test_whoever_drops_and_comes_back_has_another_connection(zoom, number):
    zoom.join(number, "Ruth")
    old, new = zoom.join(number, "Mateo"), zoom.join(number, "Mateo")
    zoom.leave(number, old)
    assert old != new
    assert [guest.key for guest in zoom.running(number).inside if guest.name == "Mateo"] == [new]


def test_a_call_ends_with_the_last_who_goes(zoom, number):
    zoom.join(number, "Ruth")
    zoom.join(number, "Mateo")
    zoom.leave(number, "Ruth")
    assert zoom.running(number)
    zoom.leave(number, "Mateo")
    assert zoom.running(number) is None
    assert [each.event for each in zoom.webhooks.outbox][-2:] == ["meeting.participant_left", "meeting.ended"]


def test_nothing_is_said_of_people_who_did_not_let_us_in(zoom, number):
    zoom.deauthorise(RUTH)
    zoom.webhooks.outbox.clear()
    a_whole_story(zoom, number)
    assert zoom.webhooks.outbox == []


def test_taking_the_app_away_ends_all_tokens_and_says_nothing_of_retention(zoom):
    token = zoom.granted(RUTH)["access_token"]
    zoom.deauthorise(RUTH)
    [body] = said(zoom, "app_deauthorized")
    assert fits(body["payload"], DEAUTHORISED)
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{zoom.url}/v2/users/me", headers=headers, timeout=5).json()["code"] == 124


def test_what_is_said_arrives_and_is_understood(zoom, product, number):
    a_whole_story(zoom, number)
    zoom.deauthorise(RUTH)
    assert set(zoom.deliver()) == {204}
    kinds = [event.kind for event in product.heard if event]
    looks = [Kind.LOOK, Kind.DELETED]
    calls = [Kind.STARTED, Kind.JOINED, Kind.JOINED, Kind.LEFT, Kind.LEFT, Kind.ENDED]
    assert kinds == [*calls, *looks, Kind.DEAUTHORISED]
    assert len({event.key for event in product.heard if event}) == len(kinds)
    assert zoom.webhooks.outbox == []


def test_messages_can_be_repeated_lost_and_out_of_order(zoom, product, number):
    a_whole_story(zoom, number)
    outbox = zoom.webhooks.outbox
    outbox[:] = [outbox[3], outbox[1], outbox[1]]
    zoom.deliver()
    assert [event.kind for event in product.heard] == [Kind.JOINED, Kind.STARTED, Kind.STARTED]
    assert product.heard[1] == product.heard[2]


@pytest.mark.parametrize("fault", [Fault("", "instead", 4, status=500), Fault("", "instead", 4, status=302)])
def test_what_is_not_taken_comes_again_after_5_20_and_60_minutes(zoom, product, number, clock, fault):
    zoom.webhooks.outbox.clear()
    zoom.start(number)
    product.wrong(fault)
    for wait in RETRIES:
        assert zoom.deliver() == [fault.status]
        clock.move(wait - timedelta(seconds=1))
        assert zoom.deliver() == []
        clock.move(timedelta(seconds=1))
    assert zoom.deliver() == [fault.status]
    assert zoom.webhooks.outbox == []
    [given_up] = zoom.webhooks.delivered
    assert given_up.tries == 4


def test_an_answer_that_never_comes_is_a_failure(zoom, product, number):
    zoom.webhooks.outbox.clear()
    zoom.start(number)
    product.wrong(Fault("", "lost"))
    assert zoom.deliver() == [0]
    assert len(zoom.webhooks.outbox) == 1


@pytest.mark.parametrize(("anew", "heard"), [(True, 1), (False, 0)])
def test_retries_may_be_signed_anew_or_not(zoom, product, number, clock, anew, heard):
    """Nobody knows which; with the old time in them they are too old for us."""
    zoom.webhooks.signs_retries_anew = anew
    zoom.webhooks.outbox.clear()
    zoom.start(number)
    product.wrong(Fault("", "instead", status=503))
    zoom.deliver()
    clock.move(RETRIES[0] + timedelta(seconds=1))
    zoom.deliver()
    assert len(product.heard) == heard


def test_the_address_is_proved(zoom, product):
    assert zoom.webhooks.validate()
    zoom.webhooks.secret = "another"
    assert not zoom.webhooks.validate()
    zoom.webhooks.url = f"{product.url}/elsewhere"
    assert not zoom.webhooks.validate()


def test_people_can_come_and_go_by_hand(zoom, number):
    page = f"{zoom.url}/j/{number}"
    assert "Nobody is in the call" in requests.get(page, timeout=5).text
    came = requests.post(page, data={"action": "join", "name": "<b>Mateo</b>"}, timeout=5)
    assert "&lt;b&gt;Mateo&lt;/b&gt;" in came.text
    assert requests.post(page, data={"action": "end"}, timeout=5).ok
    assert zoom.running(number) is None
    zoom.remove(number)
    assert requests.get(page, timeout=5).status_code == 404


def test_the_hosts_page_lets_the_host_in_as_the_host(zoom, number):
    [meeting] = zoom.meetings_of(RUTH)
    assert requests.get(meeting["start_url"].partition("?")[0], timeout=5).status_code == 404
    requests.post(meeting["start_url"], data={"action": "join", "name": "Ruth"}, timeout=5)
    assert [guest.id for guest in zoom.running(number).inside] == [zoom.users[RUTH].id]


def test_journeys_lead_people_into_calls_and_hear_of_it_at_once(zoom, product, number):
    def control(path, **body):
        assert requests.post(f"{zoom.url}/_simulator/{path}", json=body, timeout=5).ok

    control("webhooks", url=f"{product.url}/hooks/zoom")
    control("call", number=number, action="join", name="Mateo", email=MATEO)
    control("call", number=str(number), action="end")
    control("call", number=number, action="edit", name="2026-11-24T18:00:00")
    control("call", number=number, action="remove")
    control("deauthorise", email=RUTH)
    until(lambda: [event.kind for event in product.heard if event][-1:] == [Kind.DEAUTHORISED])
    assert {event.kind for event in product.heard if event} == set(Kind)


@pytest.mark.parametrize("case", VECTORS["app_context"]["cases"], ids=lambda case: case["name"])
def test_the_context_header_is_sealed_as_zoom_seals_it(case):
    iv, aad = (bytes.fromhex(case[name]) for name in ("iv_hex", "aad_hex"))
    header = app_context(case["plaintext"], VECTORS["app_context"]["client_secret"], iv, aad)
    assert header == case["header_urlsafe_b64"]
