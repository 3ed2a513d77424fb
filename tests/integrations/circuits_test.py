import pytest

from integrations import bounded, circuits
from integrations.answers import ask
from integrations.circuits import MOST_FAILURES, PAUSE, Circuit, Open
from integrations.errors import LostAnswer, Unavailable
from tests.simulators.server import Fault, Simulator

HERE = "GET /thing"


@pytest.fixture
def vendor():
    with Simulator() as running:
        yield running


def failed(times=MOST_FAILURES, now=0.0):
    circuit = Circuit()
    for _ in range(times):
        circuit.admit(now)
        circuit.note(now, is_good=False)
    return circuit


def test_four_failures_in_a_row_are_borne():
    failed(MOST_FAILURES - 1).admit(0.0)


def test_the_fifth_opens_it_for_half_a_minute():
    circuit = failed()
    with pytest.raises(Open):
        circuit.admit(PAUSE - 1)
    circuit.admit(PAUSE)


def test_only_failures_in_a_row_count():
    circuit = failed(MOST_FAILURES - 1)
    circuit.note(0.0, is_good=True)
    circuit.note(0.0, is_good=False)
    circuit.admit(0.0)


def test_after_the_pause_one_alone_may_try():
    circuit = failed()
    circuit.admit(PAUSE)
    with pytest.raises(Open):
        circuit.admit(PAUSE)


@pytest.mark.parametrize(("is_good", "stays_open"), [(True, False), (False, True)])
def test_what_the_one_try_brought_decides(is_good, stays_open):
    circuit = failed()
    circuit.admit(PAUSE)
    circuit.note(PAUSE + 1, is_good=is_good)
    if stays_open:
        with pytest.raises(Open):
            circuit.admit(2 * PAUSE)
    else:
        circuit.admit(PAUSE + 1)


def test_a_try_that_nobody_heard_of_again_keeps_nobody_out_for_ever():
    circuit = failed()
    circuit.admit(PAUSE)
    circuit.admit(2 * PAUSE)


def ask_often(vendor, times=MOST_FAILURES, **fault):
    vendor.wrong(Fault(HERE, times=times, **fault))
    for _ in range(times):
        ask_once(vendor)


def ask_once(vendor):
    with bounded.Session() as http:
        try:
            return ask(http, "GET", f"{vendor.url}/thing", vendor="Vendor")
        except LostAnswer:
            return None


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "instead", "status": 503},
        {"kind": "instead", "status": 200, "body": "<h1>Back soon</h1>"},
        {"kind": "instead", "status": 302},
        {"kind": "instead", "status": 200, "body": 2_000_000 * "x"},
        {"kind": "reset"},
    ],
    ids=["trouble", "a page", "a redirect", "no end", "hangs up"],
)
def test_a_host_that_fails_again_and_again_is_not_asked_for_a_while(vendor, fault):
    ask_often(vendor, **fault)
    with pytest.raises(Unavailable, match="Vendor has trouble of its own") as refused:
        ask_once(vendor)
    assert not isinstance(refused.value, LostAnswer)
    assert vendor.calls[HERE] == MOST_FAILURES


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429])
def test_a_host_that_says_no_does_its_work(vendor, status):
    ask_often(vendor, kind="instead", status=status, body="<no/>")
    assert ask_once(vendor) is not None


def test_an_answer_without_a_body_is_as_good_as_another(vendor):
    ask_often(vendor, kind="instead", status=204)
    assert ask_once(vendor) is not None


def test_each_host_has_its_own(vendor):
    ask_often(vendor, kind="instead", status=503)
    with Simulator() as other:
        assert ask_once(other) is not None


def test_all_can_be_forgotten(vendor):
    ask_often(vendor, kind="instead", status=503)
    circuits.forget_all()
    assert ask_once(vendor) is not None
