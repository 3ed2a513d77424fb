import threading
from datetime import datetime

import pytest
from sqlalchemy import update

from companion import db, signals
from companion.model.people import Person
from companion.model.sessions import Session

THREADS, EACH = 8, 25


@pytest.mark.both_databases
def test_concurrent_writers_lose_no_increment_and_meet_no_lock(session):
    def increment():
        for _ in range(EACH):
            with db.transaction() as tx:
                row = tx.get_one(Session, session.id, with_for_update={"of": Session})
                row.version += 1

    before = session.version
    writers = [threading.Thread(target=increment) for _ in range(THREADS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).version == before + THREADS * EACH


def test_what_was_announced_is_told_after_the_commit(session):
    seen = []

    def look(_sender, session_id):
        with db.reading() as tx:
            seen.append(tx.get_one(Session, session_id).title)

    with signals.session_moved.connected_to(look), db.transaction() as tx:
        tx.execute(update(Session).values(title="The portfolio"))
        db.announce(tx, signals.session_moved, session_id=session.id)
        assert not seen
    assert seen == ["The portfolio"]


def test_a_transaction_that_fails_tells_and_changes_nothing(session):
    told = []

    def fail():
        with db.transaction() as tx:
            tx.execute(update(Session).values(title="Never"))
            db.announce(tx, signals.session_moved, session_id=session.id)
            raise RuntimeError

    with signals.session_moved.connected_to(lambda _sender, **_facts: told.append(1)), pytest.raises(RuntimeError):
        fail()
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).title == ""
    assert not told


def test_nothing_may_wait_inside_a_writing_transaction(session):
    with db.transaction(), pytest.raises(AssertionError, match="nothing may wait"):
        db.refuse_in_transaction()
    db.refuse_in_transaction()


def test_a_second_transaction_inside_the_first_is_a_mistake(session):
    def nest():
        with db.transaction():
            pass

    with db.transaction(), pytest.raises(AssertionError, match="already open"):
        nest()


def test_a_naive_time_is_no_instant(mateo):
    def write():
        with db.transaction() as tx:
            tx.get_one(Person, mateo.id).created_at = datetime(2026, 11, 24, 17, 0)

    with pytest.raises(Exception, match="an instant needs its zone"):
        write()
