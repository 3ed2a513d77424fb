"""What one process writes, another reads by going on from where it was: nothing may commit behind its back."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from companion import db, signals
from companion.db import announce, transaction
from companion.model.sessions import Session
from companion.services import agenda_log, elsewhere, keep_agenda, talk
from companion.services.agenda_log import Edit
from companion.services.elsewhere import Growth
from tests.writing import Pen

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
WRITERS, EACH = 4, 40


def followed(read: Callable[[int], list[int]], write: Callable[[], object]) -> list[int]:
    """All that somebody reads who follows while several write."""
    ended = threading.Event()

    def follow() -> list[int]:
        found: list[int] = []
        while True:
            is_last = ended.is_set()
            found += read(found[-1] if found else 0)
            if is_last:
                return found

    with ThreadPoolExecutor() as hands:
        following = hands.submit(follow)
        for writing in [hands.submit(lambda: [write() for _ in range(EACH)]) for _ in range(WRITERS)]:
            writing.result()
        ended.set()
        return following.result()


def test_who_follows_a_log_misses_no_edit(session, ruth):
    def read(last):
        return list(agenda_log.read(session.id, after=last).seqs)

    found = followed(read, lambda: agenda_log.append([Edit(session.id, ruth.id, b"edit")]))
    assert found == list(agenda_log.read(session.id).seqs)
    assert len(found) == WRITERS * EACH


def test_who_follows_facts_misses_none(session):
    before = elsewhere.last_fact()

    def tell():
        with transaction() as tx:
            announce(tx, signals.meeting_changed, session_id=session.id)

    found = followed(lambda last: [fact.id for fact in elsewhere.facts(max(before, last))], tell)
    assert found == [fact.id for fact in elsewhere.facts(before)]
    assert len(found) == WRITERS * EACH


def test_a_fact_says_who_announced_what_of_whom(session):
    before = elsewhere.last_fact()
    with transaction() as tx:
        announce(tx, signals.item_changed, mentorship_id=1, item_id=2)
        announce(tx, signals.letter_waiting)
    (fact,) = elsewhere.facts(before)
    assert (fact.kind, fact.told, fact.node) == ("item-changed", {"mentorship_id": 1, "item_id": 2}, db.current().node)


def test_what_did_not_happen_is_no_fact(session):
    before = elsewhere.last_fact()

    def fail():
        with transaction() as tx:
            announce(tx, signals.session_live, session_id=session.id)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert elsewhere.facts(before) == []


def test_facts_are_forgotten_after_a_while(session, clock):
    with transaction() as tx:
        announce(tx, signals.session_live, session_id=session.id)
    clock.move(timedelta(hours=2))
    elsewhere.prune()
    assert elsewhere.facts(0) == []


def test_a_look_tells_which_logs_grew_and_which_were_folded(session, ruth):
    first, _, third = agenda_log.append([Edit(session.id, ruth.id, b"edit")] * 3)
    assert first and third
    assert elsewhere.grown({session.id: first}) == [Growth(session.id, 2, third, is_folded=False)]
    assert elsewhere.grown({session.id: third}) == []
    assert elsewhere.grown({}) == []


def test_a_look_tells_of_a_log_that_was_folded(session, ruth):
    pen = Pen()
    pen.add_item("Send CV")
    (seq,) = pen.save(session.id, ruth.id)
    assert seq
    keep_agenda.compact(session.id)
    assert elsewhere.grown({session.id: 0}) == [Growth(session.id, 0, 0, is_folded=True)]
    assert elsewhere.grown({session.id: seq}) == []


def test_a_session_whose_seats_are_taken_here_is_not_empty_whatever_another_process_thinks(session):
    talk.nobody_sits()
    talk.still_sit([session.id])
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).empty_since is None
