"""Whether a provider would know us: good and bad credentials, and answers nobody expects."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from integrations.errors import Unavailable
from integrations.hooks import Challenge, hooks
from integrations.offers import offers
from integrations.trials import Says, credentials, zoom_challenge
from tests.conftest import NOON
from tests.simulators.server import Fault

BACK = "http://localhost/connections/zoom/callback"
TOKENS = {"zoom": "POST /oauth/token", "google_meet": "POST /token"}


@pytest.fixture(params=["zoom", "google_meet"])
def name(request):
    return request.param


@pytest.fixture
def offer(name, zoom, google):
    return offers({**zoom.settings(), **google.settings()}, loopback=True)[name]


@pytest.fixture
def simulator(name, zoom, google):
    return {"zoom": zoom, "google_meet": google}[name]


def now():
    return NOON


def answers(simulator, name, **headers):
    simulator.wrong(Fault(TOKENS[name], "instead", status=400, body='{"error": "invalid_grant"}', headers=headers))


def test_who_is_known_is_refused_for_the_code_alone(offer):
    trial = credentials(offer, BACK, now())
    assert (trial.says, trial.words) == (Says.KNOWN, "")


@pytest.mark.parametrize("part", ["id", "secret"])
def test_a_wrong_id_or_secret_is_told_apart(offer, part):
    other = replace(offer, client=replace(offer.client, **{part: "mistyped"}))
    assert credentials(other, BACK, now()).says is Says.UNKNOWN


@pytest.mark.parametrize("seconds", [-240, 0, 240])
def test_a_clock_that_is_wrong_is_seen(offer, simulator, name, seconds):
    answers(simulator, name, Date=format_datetime(NOON, usegmt=True))
    assert credentials(offer, BACK, NOON + timedelta(seconds=seconds)).ahead == timedelta(seconds=seconds)


def test_a_date_that_is_none_says_nothing_of_clocks(offer, simulator, name):
    answers(simulator, name, Date="soon")
    assert credentials(offer, BACK, NOON).ahead is None


@pytest.mark.parametrize(
    ("status", "body", "says", "words"),
    [
        (400, '{"error": "redirect_uri_mismatch"}', Says.REDIRECT, ""),
        (400, '{"error": "invalid_request", "reason": "Invalid redirect: 4,709"}', Says.REDIRECT, ""),
        (401, "", Says.UNKNOWN, ""),
        (400, "<html>down for maintenance</html>", Says.UNCLEAR, "400"),
        (503, '{"error": "later"}', Says.UNCLEAR, "503 later"),
        (200, '{"access_token": "for nothing"}', Says.UNCLEAR, "200"),
    ],
)
def test_whatever_is_answered_is_sorted(offer, simulator, name, status, body, says, words):
    simulator.wrong(Fault(TOKENS[name], "instead", status=status, body=body))
    trial = credentials(offer, BACK, now())
    assert (trial.says, trial.words) == (says, words)


def test_no_answer_is_no_verdict(offer, simulator, name):
    simulator.wrong(Fault(TOKENS[name], "reset"))
    with pytest.raises(Unavailable):
        credentials(offer, BACK, now())


def test_no_secret_is_in_what_a_trial_says(offer):
    assert "secret" not in repr(credentials(offer, BACK, now()))


def test_our_question_is_one_that_zoom_could_have_asked():
    headers, body, expected = zoom_challenge("s3cret", now())
    said = hooks()["zoom"].read(headers, body, {"WEBHOOK_SECRET": "s3cret"}, now())
    assert isinstance(said, Challenge)
    assert said.answer["encryptedToken"] == expected
    assert expected == hmac.new(b"s3cret", said.answer["plainToken"].encode(), hashlib.sha256).hexdigest()
