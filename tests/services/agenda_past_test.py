"""The history of an agenda: nothing that was written is missing from it, folded or not, and it ends in time."""

from datetime import timedelta

import pytest
from pycrdt import Doc
from sqlalchemy import func, select

from companion import clock, db
from companion.model.agendas import AgendaPast, AgendaUpdate
from companion.model.sessions import Session, SessionState
from companion.services import agenda_past, forget_past, keep_agenda
from companion.services.agenda_past import HEAD, KEPT
from tests.writing import Pen

pytestmark = pytest.mark.both_databases
NOBODY, MENTOR, MENTEE = 0, 1, 2


def edits_of(session):
    packed, start, found = agenda_past.read(session.id), 0, []
    while start < len(packed):
        at, size, whose = HEAD.unpack_from(packed, start)
        start += HEAD.size + size
        found.append((at, whose, packed[start - size : start]))
    return found


def words_after(edits):
    doc: Doc = Doc()
    for _, _, data in edits:
        doc.apply_update(data)
    reader = Pen()
    reader.doc.apply_update(doc.get_update())
    return sorted(str(item["text"]) for item in reader.roots["action_items"].values())


def close(session, ago):
    with db.transaction() as tx:
        row = tx.get_one(Session, session.id)
        row.state, row.closed_at = SessionState.CLOSED, clock.now() - ago


def test_each_edit_is_there_with_its_writer_and_its_time(session, pen, mateo, ruth):
    (item,) = pen.roots["action_items"].keys()
    pen.type(item, "!")
    pen.save(session.id, ruth.id)
    edits = edits_of(session)
    assert [whose for _, whose, _ in edits] == [MENTEE] * 5 + [MENTOR]
    assert {at for at, _, _ in edits} == {int(clock.now().timestamp())}
    assert words_after(edits) == ["Send CV now!"]


def test_folding_takes_nothing_out_of_it(session, pen, mateo):
    before = edits_of(session)
    keep_agenda.compact(session.id)
    assert edits_of(session) == before
    pen.add_item("Another")
    pen.save(session.id, mateo.id)
    keep_agenda.compact(session.id)
    assert len(edits_of(session)) == len(before) + 1
    with db.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(AgendaUpdate)) == 0


def test_what_was_folded_before_histories_were_kept_stands_first_without_a_writer(session, pen, mateo):
    keep_agenda.compact(session.id)
    with db.transaction() as tx:
        tx.query(AgendaPast).delete()
    assert [(at, whose) for at, whose, _ in edits_of(session)] == [(0, NOBODY)]
    pen.add_item("Another")
    pen.save(session.id, mateo.id)
    keep_agenda.compact(session.id)
    edits = edits_of(session)
    assert [whose for _, whose, _ in edits] == [NOBODY, MENTEE]
    assert words_after(edits) == ["Another", "Send CV now"]


def test_it_is_forgotten_a_month_after_the_session_was_closed_with_what_was_deleted(session, pen):
    close(session, KEPT - timedelta(minutes=1))
    forget_past.prune()
    assert len(edits_of(session)) == 5
    close(session, KEPT + timedelta(minutes=1))
    assert edits_of(session) == []
    forget_past.prune()
    with db.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(AgendaPast)) == 0
        assert tx.scalar(select(func.count()).select_from(AgendaUpdate)) == 0
    assert [item.text for item in keep_agenda.page(session.id).action_items] == ["Send CV now"]


def test_a_session_that_is_open_keeps_its_history_however_old(session, pen):
    with db.transaction() as tx:
        tx.get_one(Session, session.id).starts_at = clock.now() - timedelta(days=400)
    forget_past.prune()
    assert len(edits_of(session)) == 5
