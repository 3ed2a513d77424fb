"""`python -m tests.simulators`, as `make run SIMULATE=1` starts it."""

import signal
import subprocess
import sys

import pytest
import requests

from companion.config import read
from integrations.hooks import hooks
from integrations.offers import offers
from tests.config_test import GOOD
from tests.server import ROOT

COMMAND = [sys.executable, "-m", "tests.simulators"]
PIPE = subprocess.PIPE


@pytest.fixture
def running():
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        yield process
        process.kill()


def settings_of(process):
    return dict(line.strip().split("=", 1) for line in iter(process.stdout.readline, "\n"))


def test_it_prints_settings_that_the_product_takes(running):
    said = settings_of(running)
    kept = read({**GOOD, "TESTING": "1", "BASE_URL": "http://localhost:5000", **said}).provider_env
    assert kept == said
    found = offers(said, loopback=True)
    assert all(offer.is_ready for offer in found.values())
    page = requests.get(f"{found['zoom'].hosts['oauth']}/oauth/authorize", timeout=5)
    assert "SIMULATED Zoom refuses: invalid_client" in page.text


def test_told_where_the_product_is_google_tells_it_of_calls_too(monkeypatch):
    monkeypatch.setenv("WEBHOOKS_TO", "http://localhost:5000")
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        said = settings_of(process)
        process.terminate()
    missing = [name for name in hooks()["google_meet"].settings if not said.get(f"GOOGLE_MEET_{name}")]
    assert missing == []


def test_it_ends_when_its_input_does(running):
    settings_of(running)
    running.stdin.close()
    assert running.wait(timeout=10) == 0


def test_it_ends_on_sigterm(running):
    settings_of(running)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 0


def test_faults_are_switched_on_from_outside(zoom):
    fault = '{"operation": "GET /v2/users/me", "kind": "instead", "status": 503}'
    said = {"Content-Type": "application/json"}
    assert requests.post(f"{zoom.url}/_simulator/faults", data=fault, headers=said, timeout=5).status_code == 204
    assert requests.get(f"{zoom.url}/v2/users/me", timeout=5).status_code == 503
    assert requests.get(f"{zoom.url}/_simulator/calls", timeout=5).json() == {"GET /v2/users/me": 1}
