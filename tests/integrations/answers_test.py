from datetime import UTC, datetime, timedelta

import pytest

from integrations import bounded
from integrations.answers import Answer, ask, not_before, safe_link, trouble
from integrations.errors import IntegrationError, LostAnswer, Unavailable
from tests.server import free_port
from tests.simulators.server import Fault, Simulator

HERE = "GET /thing"


@pytest.fixture
def vendor():
    with Simulator() as running:
        yield running


def answer_to(vendor, **fault):
    vendor.wrong(Fault(HERE, **fault))
    with bounded.Session() as http:
        return ask(http, "GET", f"{vendor.url}/thing", vendor="Vendor")


def test_an_object_comes_back_as_it_was_sent(vendor):
    answer = answer_to(vendor, kind="instead", status=201, body='{"id": 7}')
    assert (answer.status, answer.body, answer.is_good) == (201, {"id": 7}, True)


@pytest.mark.parametrize("body", ["<Error>no</Error>", "", "[1, 2]", '"words"', "{", "[" * 100_000, "\x00\xff"])
def test_anything_but_an_object_is_an_empty_body(vendor, body):
    assert answer_to(vendor, kind="instead", status=400, body=body).body == {}


@pytest.mark.parametrize("kind", ["lost", "reset"])
def test_a_line_that_drops_after_the_question_is_a_lost_answer(vendor, kind):
    with pytest.raises(LostAnswer, match="Vendor did not answer in time"):
        answer_to(vendor, kind=kind)


def test_a_closed_door_is_no_lost_answer():
    with bounded.Session() as http, pytest.raises(Unavailable) as refused:
        ask(http, "GET", f"http://127.0.0.1:{free_port()}/thing", vendor="Vendor")
    assert not isinstance(refused.value, LostAnswer)


def test_an_answer_without_end_is_cut_off(vendor):
    with pytest.raises(LostAnswer, match="without end"):
        answer_to(vendor, kind="instead", status=200, body="x" * 10_000_000)


def test_a_redirect_is_not_followed(vendor):
    answer = answer_to(vendor, kind="instead", status=302, headers={"Location": f"{vendor.url}/elsewhere"})
    assert isinstance(trouble(answer), LostAnswer)
    assert not vendor.calls["GET /elsewhere"]


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"Retry-After": "2026-11-23T00:00:00Z"}, datetime(2026, 11, 23, tzinfo=UTC)),
        ({"Retry-After": "30", "Date": "Sun, 22 Nov 2026 10:40:00 GMT"}, datetime(2026, 11, 22, 10, 40, 30, 0, UTC)),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"}, datetime(2026, 11, 22, 11, tzinfo=UTC)),
        ({"X-RateLimit-Reset": "1795345122"}, datetime.fromtimestamp(1795345122, UTC)),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "99999999999999999999", "Date": "rubbish"}, None),
        ({}, None),
    ],
)
def test_a_429_names_its_time_in_many_ways(headers, until):
    assert not_before(headers) == until
    error = trouble(Answer("Vendor", 429, {}, headers))
    assert isinstance(error, Unavailable)
    assert error.until == until


def test_a_wait_in_seconds_is_a_day_at_most():
    sent = datetime(2026, 11, 22, tzinfo=UTC)
    said = {"Retry-After": "999999999", "Date": "Sun, 22 Nov 2026 00:00:00 GMT"}
    assert not_before(said) == sent + timedelta(days=1)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_vendor_in_trouble_may_have_done_it(status):
    assert isinstance(trouble(Answer("Vendor", status, {}, {})), LostAnswer)


@pytest.mark.parametrize("link", ["https://zoom.us/j/1", "http://127.0.0.1:9/j/1"])
def test_links_go_to_https_or_to_our_own_hosts(link):
    assert safe_link(link, {"api": "http://127.0.0.1:9"}) == link


@pytest.mark.parametrize(
    "link",
    ["http://zoom.us/j/1", "javascript:alert(1)", "http://127.0.0.1:99/", "https://a b", "https://" + 2000 * "x", 7],
)
def test_other_links_are_none(link):
    assert safe_link(link, {"api": "http://127.0.0.1:9"}) == ""


def test_every_fault_is_an_integration_error():
    assert issubclass(LostAnswer, Unavailable)
    assert issubclass(Unavailable, IntegrationError)
    assert LostAnswer("Zoom did not answer.").sentence == "Zoom did not answer."
