import json

import pytest
from pycrdt import Doc
from sqlalchemy import select

from companion import db
from companion.keeper import BadState
from companion.model.agendas import AgendaSnapshot, AgendaUpdate
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.sessions import Session, SessionState
from companion.services import agenda_log, keep_agenda, schedule
from companion.services.agenda_log import Edit, NotKept
from companion.services.schedule import Slot
from tests.keeper.conftest import REFUSED
from tests.keeper.craft import CLIENT, edit, text
from tests.waiting import until
from tests.writing import Pen

pytestmark = pytest.mark.both_databases
NOTHING = Doc().get_state()


def text_of(session):
    return [item.text for item in keep_agenda.page(session.id).action_items]


def test_what_is_recorded_is_answered_to_a_browser_that_has_nothing(session, pen):
    answer = keep_agenda.answer(session.id, NOTHING)
    reader = Pen()
    reader.doc.apply_update(answer.update)
    assert reader.doc.get_state() == answer.state == pen.doc.get_state()
    assert list(reader.roots["action_items"].keys()) == list(pen.roots["action_items"].keys())


def test_a_browser_that_has_all_gets_nothing(session, pen):
    full, rest = (keep_agenda.answer(session.id, state).update for state in (NOTHING, pen.doc.get_state()))
    assert len(rest) < 10 < len(full)


def test_a_state_vector_that_is_none_is_refused(session):
    with pytest.raises(BadState):
        keep_agenda.answer(session.id, b"\xff\xff\xff")


def test_the_page_says_what_was_recorded(session, pen):
    assert text_of(session) == ["Send CV now"]


def test_an_agenda_nobody_wrote_in_is_an_empty_page(session):
    sealed = keep_agenda.sealed(session.id)
    assert (sealed.seq, keep_agenda.page(session.id).action_items) == (0, ())


def test_edits_get_growing_seqs_in_their_order(session, mateo, ruth):
    edits = [Edit(session.id, person.id, bytes([0, number])) for number, person in enumerate([mateo, ruth, mateo])]
    seqs = keep_agenda.record(edits)
    assert seqs == sorted(seq for seq in seqs if seq is not None)
    with db.reading() as tx:
        rows = tx.execute(select(AgendaUpdate.seq, AgendaUpdate.person_id, AgendaUpdate.data)).all()
    assert [tuple(row) for row in rows] == [
        (seq, edit.person_id, edit.data) for seq, edit in zip(seqs, edits, strict=True)
    ]


@pytest.mark.parametrize("state", [SessionState.CLOSED, SessionState.CANCELLED])
def test_a_session_that_is_no_longer_open_takes_no_edit_while_others_in_the_batch_do(
    session, mentorship, ruth, mateo, state
):
    other = schedule.plan(mentorship.id, ruth.id, Slot(session.wall.replace(day=25), "Africa/Nairobi", 60))
    with db.transaction() as tx:
        tx.get_one(Session, session.id).state = state
    seqs = keep_agenda.record([Edit(each.id, mateo.id, b"\0\0") for each in (session, other, session)])
    assert [seq is None for seq in seqs] == [True, False, True]
    assert keep_agenda.rows_of(session.id) == []


def test_a_mentorship_that_ended_takes_no_edit(session, mentorship, mateo):
    with db.transaction() as tx:
        tx.get_one(Mentorship, mentorship.id).state = MentorshipState.CLOSED
    assert keep_agenda.record([Edit(session.id, mateo.id, b"\0\0")]) == [None]


def test_no_edits_are_no_commit(session):
    assert keep_agenda.record([]) == []


def test_if_one_edit_cannot_be_stored_none_is(session, mateo):
    with pytest.raises(NotKept):
        keep_agenda.record([Edit(session.id, mateo.id, b"\0\0"), Edit(session.id, mateo.id, None)])  # type: ignore[arg-type]
    assert keep_agenda.rows_of(session.id) == []


def test_sealing_names_the_last_edit_and_what_it_said_then(session, pen, mateo):
    sealed = keep_agenda.sealed(session.id)
    with db.transaction() as tx:
        keep_agenda.expect_last(tx, session.id, sealed.seq)
    keep_agenda.record([Edit(session.id, mateo.id, b"\0\0")])
    with pytest.raises(keep_agenda.Moved), db.transaction() as tx:
        keep_agenda.expect_last(tx, session.id, sealed.seq)
    assert json.loads(json.dumps(sealed.page))["action_items"][0]["text"] == "Send CV now"


def test_a_folded_log_says_the_same_in_one_row(session, pen):
    before, seq = text_of(session), keep_agenda.sealed(session.id).seq
    assert keep_agenda.compact(session.id)
    assert len(keep_agenda.rows_of(session.id)) == 1
    assert (text_of(session), keep_agenda.sealed(session.id).seq) == (before, seq)
    with db.transaction() as tx:
        keep_agenda.expect_last(tx, session.id, seq)


def test_a_folded_log_can_be_written_on(session, pen, mateo):
    keep_agenda.compact(session.id)
    keep_agenda.forget([session.id])
    pen.add_item("Ask Ana")
    pen.save(session.id, mateo.id)
    assert text_of(session) == ["Send CV now", "Ask Ana"]
    assert keep_agenda.compact(session.id)
    assert text_of(session) == ["Send CV now", "Ask Ana"]


def test_folding_loses_nothing_that_came_meanwhile(session, pen, mateo):
    stored = agenda_log.read(session.id)
    snapshot = keep_agenda.keeper().fold(stored.rows).snapshot
    pen.add_item("Meanwhile")
    pen.save(session.id, mateo.id)
    assert agenda_log.shorten(session.id, stored, snapshot)
    assert text_of(session) == ["Send CV now", "Meanwhile"]
    assert not agenda_log.shorten(session.id, stored, snapshot)  # a second one that read the same comes too late


def test_nothing_to_fold_is_left_alone(session):
    assert not keep_agenda.compact(session.id)


def test_the_epoch_stays_as_long_as_the_log_does(session, pen):
    epoch = keep_agenda.epoch(session.id)
    keep_agenda.compact(session.id)
    assert keep_agenda.epoch(session.id) == epoch


def test_what_the_keeper_took_but_the_log_did_not_is_forgotten(session, pen):
    item = pen.add_item("Never stored")
    keep_agenda.check([Edit(session.id, 1, edit) for edit in pen.unsent])
    keep_agenda.forget([session.id])
    reader = Pen()
    reader.doc.apply_update(keep_agenda.answer(session.id, NOTHING).update)
    assert item not in reader.roots["action_items"]


def test_an_edit_that_breaks_its_readers_is_set_aside_and_the_rest_opens_again(session, pen, mateo, settings):
    epoch = keep_agenda.epoch(session.id)
    pen.add_item("Before")
    pen.save(session.id, mateo.id)
    keep_agenda.record([Edit(session.id, mateo.id, b"\xff broken")])
    pen.add_item("After")
    keep_agenda.record([Edit(session.id, mateo.id, edit) for edit in pen.unsent])
    keep_agenda.forget([session.id])
    keep_agenda.check([Edit(session.id, mateo.id, b"\0\0")])
    until(lambda: keep_agenda.epoch(session.id) != epoch)
    assert text_of(session) == ["Send CV now", "Before", "After"]
    assert [file.read_bytes() for file in settings.data_dir.glob("set-aside-*")] == [b"\xff broken"]


STRANGE = edit(text("in no place of ours", parent="elsewhere"))  # yrs reads it, the gate would not let it in


@pytest.mark.parametrize("poison", [b"\xff broken", STRANGE, *list(REFUSED.values())[::7]])
def test_an_edit_stored_by_an_older_version_holds_up_neither_sealing_nor_writing(session, pen, mateo, settings, poison):
    keep_agenda.record([Edit(session.id, mateo.id, poison)])
    keep_agenda.forget([session.id])
    assert text_of(session) == ["Send CV now"]
    keep_agenda.mend(session.id)
    pen.add_item("After")
    pen.save(session.id, mateo.id)
    assert text_of(session) == ["Send CV now", "After"]
    assert [file.read_bytes() for file in settings.data_dir.glob("set-aside-*")] == [poison]


def test_what_builds_on_an_edit_that_was_set_aside_is_set_aside_too(session, pen, mateo, settings):
    more = edit(text("and more", 19, origin=(CLIENT, 18)))
    keep_agenda.record([Edit(session.id, mateo.id, STRANGE), Edit(session.id, mateo.id, more)])
    keep_agenda.mend(session.id)
    assert {file.read_bytes() for file in settings.data_dir.glob("set-aside-*")} == {STRANGE, more}
    assert text_of(session) == ["Send CV now"]


def test_a_snapshot_that_breaks_its_readers_is_set_aside_and_the_agenda_goes_on(session, pen, mateo, settings):
    keep_agenda.compact(session.id)
    epoch = keep_agenda.epoch(session.id)
    with db.transaction() as tx:
        tx.get_one(AgendaSnapshot, session.id).data = b"\xff broken"
    keep_agenda.forget([session.id])
    assert text_of(session) == []
    assert keep_agenda.epoch(session.id) != epoch
    assert [file.read_bytes() for file in settings.data_dir.glob("set-aside-*")] == [b"\xff broken"]
    anew = Pen()
    anew.add_item("Anew")
    anew.save(session.id, mateo.id)
    assert text_of(session) == ["Anew"]


@pytest.mark.parametrize(
    "ask",
    [lambda number: keep_agenda.answer(number, NOTHING), keep_agenda.page, lambda number: keep_agenda.forget([number])],
)
def test_asking_the_keeper_inside_a_transaction_is_a_mistake(session, pen, ask):
    with db.transaction(), pytest.raises(AssertionError, match="inside a transaction"):
        ask(session.id)
