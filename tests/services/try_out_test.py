"""A provider tried for real: credentials, clock, and the way that its messages take to us."""

import threading
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from companion import clock as our_clock
from companion import config
from companion.errors import NotYours
from companion.services import set_up, try_out
from companion.services.findings import Verdict
from integrations.hooks import Challenge, Forged, hooks
from tests.conftest import NOON
from tests.simulators.server import Fault, QuietHandler

OK, WARNING, WRONG = Verdict.OK, Verdict.WARNING, Verdict.WRONG
SECRET = "a secret token of Zoom"


@pytest.fixture
def settings(settings, zoom, google):
    env = {**zoom.settings(), **google.settings(), "ZOOM_WEBHOOK_SECRET": SECRET}
    return replace(settings, provider_env=env)


@pytest.fixture
def door():
    """An address of ours on loopback: takes what Zoom's hook takes, and `says` what it is told to say instead."""
    app = Flask("door")
    says: dict[str, Any] = {"status": 0, "secret": SECRET}

    @app.post("/hooks/zoom")
    def hear():
        if says["status"]:
            return "", says["status"]
        try:
            message = hooks()["zoom"].read(
                dict(request.headers), request.get_data(), {"WEBHOOK_SECRET": says["secret"]}, our_clock.now()
            )
        except Forged:
            return "", 401
        assert isinstance(message, Challenge)
        return jsonify(dict(message.answer))

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    config.use(replace(config.current(), base_url=f"http://127.0.0.1:{server.server_port}"))
    yield says
    server.shutdown()
    server.server_close()


def found(name, about):
    return [(each.verdict, each.sentence) for each in try_out.provider(name) if each.about == about]


def with_env(**env):
    config.use(replace(config.current(), provider_env={**config.current().provider_env, **env}))


@pytest.mark.parametrize("name", ["zoom", "google_meet"])
def test_good_credentials_are_called_likely_not_proven(app, name):
    [(verdict, sentence)] = found(name, f"{set_up.place(name).label} credentials")
    assert verdict is OK
    assert "seems to know" in sentence and "is the proof" in sentence


def test_wrong_credentials_name_the_settings_to_copy_again(app):
    with_env(ZOOM_CLIENT_SECRET="mistyped")
    [(verdict, sentence)] = found("zoom", "Zoom credentials")
    assert verdict is WRONG
    assert "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET" in sentence and "mistyped" not in sentence


def test_an_address_that_isn_t_registered_is_named(app, google):
    google.wrong(Fault("POST /token", "instead", status=400, body='{"error": "redirect_uri_mismatch"}'))
    [(verdict, sentence)] = found("google_meet", "Google Meet credentials")
    assert verdict is WRONG and set_up.redirect_uri("google_meet") in sentence


def test_an_answer_nobody_foresaw_is_no_fault_of_ours(app, zoom):
    zoom.wrong(Fault("POST /oauth/token", "instead", status=400, body="<xml/>"))
    [(verdict, sentence)] = found("zoom", "Zoom credentials")
    assert verdict is WARNING and "(400)" in sentence


def test_no_answer_says_so_and_asks_nothing_further_of_it(app, zoom):
    zoom.wrong(Fault("POST /oauth/token", "reset"))
    first, *rest = try_out.provider("zoom")
    assert (first.about, first.verdict) == ("Zoom", WRONG)
    assert "nothing is known of its credentials" in first.sentence and "open connections" in first.sentence
    assert {each.about for each in rest} == {"Zoom webhooks", "Zoom events"}


@pytest.mark.parametrize(("minutes", "direction"), [(-3, "ahead of"), (3, "behind")])
def test_a_clock_that_is_off_is_told_with_the_cure(app, zoom, minutes, direction):
    theirs = format_datetime(NOON + timedelta(minutes=minutes), usegmt=True)
    refusal = '{"error": "invalid_grant"}'
    zoom.wrong(Fault("POST /oauth/token", "instead", status=400, body=refusal, headers={"Date": theirs}))
    [(verdict, sentence)] = found("zoom", "Zoom clock")
    assert verdict is WARNING
    assert f"180 s {direction} Zoom’s" in sentence and "timedatectl" in sentence


def test_a_signed_question_goes_round(door):
    assert (OK, "A signed question reached our own address and was answered as Zoom wants it.") in found(
        "zoom", "Zoom webhooks"
    )


def test_on_localhost_it_says_that_zoom_can_t_come(door):
    said = [said for verdict, said in found("zoom", "Zoom webhooks") if verdict is WARNING and "public https" in said]
    assert said and "simulated" not in said[0]


def test_only_a_demo_s_own_simulator_is_said_to_come_nevertheless(door):
    config.use(replace(config.current(), demo=True))
    assert any("simulated one on this machine can" in said for _, said in found("zoom", "Zoom webhooks"))


@pytest.mark.parametrize("door_says", [{"secret": "an older one"}, {"status": 404}])
def test_a_server_with_other_settings_is_found_out(door, door_says):
    door.update(door_says)
    assert (
        WRONG, "The server that runs has another ZOOM_WEBHOOK_SECRET than these settings. Restart it.",
    ) in found("zoom", "Zoom webhooks")  # fmt: skip


@pytest.mark.parametrize("status", [403, 405, 413, 502])
def test_a_proxy_in_the_way_is_named(door, status):
    door["status"] = status
    [first, *_] = found("zoom", "Zoom webhooks")
    assert first[0] is WRONG and f"answers {status}" in first[1] and "proxy" in first[1]


def test_nobody_at_our_own_address_is_a_warning_only(app):
    config.use(replace(config.current(), base_url="http://127.0.0.1:9"))
    [first, *_] = found("zoom", "Zoom webhooks")
    assert first[0] is WARNING and "does not answer" in first[1]


def test_without_its_secret_the_way_is_off_and_that_is_fine(app):
    with_env(ZOOM_WEBHOOK_SECRET="")
    [(verdict, sentence)] = found("zoom", "Zoom webhooks")
    assert verdict is OK and "without ZOOM_WEBHOOK_SECRET" in sentence


def test_half_of_what_hearing_needs_is_a_warning(app):
    with_env(GOOGLE_MEET_PUBSUB_TOPIC="projects/p/topics/t")
    [(verdict, sentence)] = found("google_meet", "Google Meet webhooks")
    assert verdict is WARNING and "without GOOGLE_MEET_PUSH_ACCOUNT" in sentence


def test_what_isn_t_set_up_is_left_alone_and_what_is_half_set_up_is_wrong(app):
    config.use(replace(config.current(), provider_env={}))
    [only] = try_out.provider("zoom")
    assert only.verdict is OK and "nobody is offered it" in only.sentence
    config.use(replace(config.current(), provider_env={"ZOOM_CLIENT_ID": "c"}))
    [only] = try_out.provider("zoom")
    assert only.verdict is WRONG and "ZOOM_CLIENT_SECRET" in only.sentence


def test_jitsi_needs_no_trial(app):
    with pytest.raises(NotYours):
        try_out.provider("jitsi")
