"""Faults by name: every provider has the same ones, and each is what its name says."""

import json
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import requests

from integrations.answers import not_before
from tests.simulators.faults import FAULTS, named, names

CERTS = "/oauth2/v3/certs"
COMMON = {*FAULTS, "rate by second", "rate by day", "scope missing", "token dead", "token reused", "deleted meeting"}


def read(google, seconds=0.3):
    """What comes on a line of its own within this time, and whether the other side closed it."""
    until = time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", google.server.server_port), timeout=seconds) as line:
        line.sendall(f"GET {CERTS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b""
        with suppress(TimeoutError):
            while time.monotonic() < until:
                part = line.recv(1_000_000)
                if not part:
                    return got, True
                got += part
    return got, False


@pytest.mark.parametrize("vendor", ["zoom", "google", "microsoft"])
def test_every_provider_can_fail_in_all_common_ways(clock, vendor):
    assert set(names(vendor)) >= COMMON
    faults = [named(vendor, name, "GET /", times=3) for name in names(vendor)]
    assert {(fault.operation, fault.times) for fault in faults} == {("GET /", 3)}


@pytest.mark.parametrize(("vendor", "code"), [("zoom", 4711), ("google", 403), ("microsoft", "Forbidden")])
def test_a_missing_scope_is_told_in_each_vendors_words(clock, vendor, code):
    said = json.loads(named(vendor, "scope missing").body)
    assert code in {said.get("code"), (said.get("error") or {}).get("code")}


def test_a_day_of_zooms_ends_at_midnight_utc(clock):
    assert not_before(named("zoom", "rate by day").headers) == datetime(2026, 11, 23, tzinfo=UTC)


def test_a_fault_is_at_home_where_it_happens_and_can_be_sent_elsewhere(clock):
    assert named("zoom", "token reused").operation == "POST /oauth/token"
    assert named("google", "token reused").operation == "POST /token"
    assert named("google", "token reused", "GET /v2/").operation == "GET /v2/"


def test_slow_is_late_and_whole(google):
    google.goes_wrong("slow", seconds=0.1)
    assert requests.get(google.url + CERTS, timeout=5).elapsed >= timedelta(seconds=0.1)


@pytest.mark.parametrize("name", ["reset", "lost answer"])
def test_a_dropped_line_brings_nothing(google, name):
    google.goes_wrong(name)
    assert read(google) == (b"", True)


def test_a_lost_answer_is_of_work_done(google):
    google.goes_wrong("lost answer", "POST /v2/spaces")
    bearer = {"Authorization": f"Bearer {google.granted('ruth@google.example')['access_token']}"}
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{google.url}/v2/spaces", json={}, headers=bearer, timeout=5)
    assert len(google.spaces) == 1


@pytest.mark.parametrize(("name", "has_headers"), [("drip", False), ("trickle", True)])
def test_a_dripping_answer_never_ends(google, name, has_headers):
    google.goes_wrong(name, seconds=0.02)
    got, is_closed = read(google)
    assert len(got.partition(b"x")[2]) > 2
    assert (b"\r\n\r\n" in got, is_closed) == (has_headers, False)


def test_a_huge_answer_is_ten_megabytes(google):
    google.goes_wrong("huge")
    assert len(requests.get(google.url + CERTS, timeout=5).content) > 10_000_000


@pytest.mark.parametrize("name", ["xml", "garbage", "empty", "a list"])
def test_an_answer_can_be_good_and_say_nothing(google, name):
    google.goes_wrong(name)
    answer = requests.get(google.url + CERTS, timeout=5)
    assert answer.status_code == 200
    with suppress(requests.JSONDecodeError):
        assert not isinstance(answer.json(), dict)


def test_faults_are_switched_by_name_from_outside_and_off_again(google):
    control = f"{google.url}/_simulator/faults"
    wish = json.dumps({"name": "server error", "at": f"GET {CERTS}", "times": 2})
    is_json = {"Content-Type": "application/json"}
    assert requests.post(control, data=wish, headers=is_json, timeout=5).status_code == 204
    assert requests.get(google.url + CERTS, timeout=5).status_code == 503
    assert requests.delete(control, timeout=5).status_code == 204
    assert requests.get(google.url + CERTS, timeout=5).status_code == 200


def test_the_switches_themselves_never_fail(google):
    google.goes_wrong("server error", "")
    assert requests.get(f"{google.url}/_simulator/calls", timeout=5).json() == {}
    assert requests.get(google.url + CERTS, timeout=5).status_code == 503


def test_people_at_a_call_can_be_played_from_outside_and_by_hand(google):
    bearer = {"Authorization": f"Bearer {google.granted('ruth@google.example')['access_token']}"}
    link = requests.post(f"{google.url}/v2/spaces", json={}, headers=bearer, timeout=5).json()["meetingUri"]
    code = link.rpartition("/")[2]
    said = {"meeting": code, "action": "join", "name": "Ruth"}
    assert requests.post(f"{google.url}/_simulator/call", json=said, timeout=5).status_code == 204
    by_hand = requests.post(link, data={"action": "join", "name": "Mateo <mateo@google.example>"}, timeout=5)
    assert "Ruth" in by_hand.text and "Mateo" in by_hand.text
    [record] = google.records.rows
    assert record.participants[1].user["signedinUser"]["user"] == f"users/{google.sub('mateo@google.example')}"
    requests.post(link, data={"action": "end", "name": "x"}, timeout=5)
    assert record.ended_at
