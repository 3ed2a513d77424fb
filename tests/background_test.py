"""What runs beside the requests goes on, whatever happens."""

import threading
from dataclasses import replace
from datetime import datetime
from queue import SimpleQueue

import pytest
from blinker import NamedSignal
from sqlalchemy import event

from companion import background, db, signals
from companion.model.sessions import Finding
from companion.services import connect, follow_call, look, meet, owed, schedule
from companion.services.schedule import Slot
from tests.simulators.faults import Fault
from tests.simulators.fixtures import google, zoom
from tests.waiting import until

__all__ = ["google", "zoom"]

RUTH, MATEO = "ruth@zoom.example", "mateo@google.example"
GET = "GET /v2/meetings/"
PATIENCE = 5  # seconds


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()}, letters_in_web=False)


@pytest.fixture
def running(app):
    before = set(threading.enumerate())
    background.start()
    yield
    background.stop()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)


@pytest.fixture
def bell():
    return NamedSignal("bell")


def test_a_deed_is_done_when_its_bell_rings(running, bell):
    done: SimpleQueue[str] = SimpleQueue()
    background.repeat("a deed", lambda: done.put("done"), woken_by=bell)
    for _ in range(3):
        bell.send()
        assert done.get(timeout=PATIENCE) == "done"


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyError, AssertionError, RecursionError])
def test_what_nobody_foresaw_is_logged_and_the_next_beat_comes(running, bell, caplog, error):
    begun: SimpleQueue[str] = SimpleQueue()

    def deed():
        begun.put("begun")
        raise error

    background.repeat("a deed", deed, woken_by=bell)
    for _ in range(3):
        bell.send()
        begun.get(timeout=PATIENCE)
    until(lambda: caplog.text.count("a deed stumbled") == 3)


def test_when_it_stops_every_loop_ends(app, bell):
    before = set(threading.enumerate())
    background.start()
    begun = set(threading.enumerate()) - before
    assert "the link doctor at zoom" in {thread.name for thread in begun}
    background.stop()
    until(lambda: not any(thread.is_alive() for thread in begun))


@pytest.fixture
def at_google(google, mateo):
    said = {**google.granted(MATEO), "userinfo": {"sub": google.sub(MATEO), "email": MATEO}}
    return connect.remember(mateo.id, "google_meet", said)


def test_a_slow_provider_holds_up_no_other(session, mentorship, ruth, mateo, at_google, zoom, running):
    other = schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, 12, 1, 17), "Africa/Nairobi", 60))
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    zoom.wrong(Fault(GET, "slow", seconds=2.0))
    found: list[int] = []

    def hear(_sender, session_id):
        link = meet.current(session_id)
        if link is not None and link.finding is Finding.FINE and session_id not in found:
            found.append(session_id)

    with signals.meeting_changed.connected_to(hear):
        meet.make_link(session.id, "zoom", by=ruth.id)
        until(lambda: any(asked.startswith(GET) for asked in zoom.calls))
        meet.make_link(other.id, "google_meet", by=mateo.id)  # while Zoom is being looked at
        until(lambda: len(found) == 2, 20)
    assert found == [other.id, session.id]


@pytest.mark.parametrize("beat", [look.due, owed.due, follow_call.tick, lambda: connect.connectable(1)])
def test_no_question_that_is_asked_all_the_time_reads_through_what_was_long_ago(app, beat):
    """As SQLite says itself how it goes about them: "SCAN calls" would be all calls there ever were."""
    engine, asked = db.current().engine, []

    def note(_connection, _cursor, statement, parameters, *_more):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    beat()
    event.remove(engine, "before_cursor_execute", note)
    assert asked
    with engine.connect() as connection:
        for statement, parameters in asked:
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                assert not step.detail.startswith("SCAN"), statement
