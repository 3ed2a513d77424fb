import threading
from datetime import date, timedelta

import pytest

from companion import db, signals
from companion.errors import NotYours, TooLate
from companion.model.agendas import AgendaUpdate, Record
from companion.model.letters import LetterLink
from companion.model.mentorships import Role
from companion.model.sessions import OverBecause, SessionState
from companion.services import follow_up, promises, schedule, talk
from tests.writing import Pen

pytestmark = pytest.mark.both_databases


@pytest.fixture
def written(live_session, mateo):
    """An agenda with one talking point, two action items and both takeaways."""
    pen = Pen()
    topic = pen.add_topic("How to open the salary talk with Paula")
    pen.add_note(topic, "She decides in December")
    pen.add_item("Send CV to Ana", "mentee", date(2026, 11, 27))
    pen.add_item("Intro e-mail to Paula", "mentor")
    pen.take_away("mentee", "Nobody else is waiting.")
    pen.save(live_session.id, mateo.id)
    return live_session


PAIR = ["mateo@example.org", "ruth@example.org"]


def tick():
    talk.tick()
    follow_up.tick()


def letters_of(outbox):
    return [letter.to_email for letter in outbox() if letter.kind == "action_items"]


def test_one_press_ends_it_and_a_second_changes_nothing(live_session, ruth, mateo, clock):
    first = talk.end(live_session.id, ruth.id)
    clock.move(timedelta(minutes=1))
    second = talk.end(live_session.id, mateo.id)
    assert (first.state, second.over_at) == (SessionState.OVER, first.over_at)


def test_closing_makes_rows_record_and_a_letter_for_each(written, ruth, outbox):
    talk.end(written.id, ruth.id)
    closed = follow_up.close(written.id, ruth.id)
    items = promises.of_session(written.id)
    assert closed.state is SessionState.CLOSED
    assert [(item.text, item.owner, item.due) for item in items] == [
        ("Send CV to Ana", Role.MENTEE, date(2026, 11, 27)),
        ("Intro e-mail to Paula", Role.MENTOR, None),
    ]
    page = promises.record_of(written.id)
    assert page is not None
    assert page.talking_points[0].notes[0].text == "She decides in December"
    assert page.takeaway(Role.MENTEE) == "Nobody else is waiting."
    assert sorted(letters_of(outbox)) == ["mateo@example.org", "ruth@example.org"]
    with db.reading() as tx:
        assert tx.query(LetterLink).count() == 2


def test_closing_twice_sends_nothing_twice(written, ruth, mateo, outbox):
    talk.end(written.id, ruth.id)
    follow_up.close(written.id, ruth.id)
    follow_up.close(written.id, mateo.id)
    assert len(letters_of(outbox)) == 2


def test_both_press_in_the_same_second(written, ruth, mateo, outbox):
    talk.end(written.id, ruth.id)
    presses = [threading.Thread(target=follow_up.close, args=(written.id, who.id)) for who in (ruth, mateo)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert len(letters_of(outbox)) == 2
    assert len(promises.of_session(written.id)) == 2


def test_after_the_seal_the_log_takes_nothing(written, ruth, mateo):
    talk.end(written.id, ruth.id)
    follow_up.close(written.id, ruth.id)
    late = Pen()
    late.add_item("Too late")
    assert late.save(written.id, mateo.id) == [None]


def test_the_seal_names_the_last_edit_of_the_log(written, ruth, mateo):
    pen = Pen()
    pen.add_item("One more")
    (last,) = pen.save(written.id, mateo.id)
    talk.end(written.id, ruth.id)
    follow_up.close(written.id, ruth.id)
    with db.reading() as tx:
        assert tx.get_one(Record, written.id).seq == last
    assert [item.text for item in promises.of_session(written.id)][-1] == "One more"


def test_200_closes_under_typing_keep_every_saved_keystroke(mentorship, ruth, mateo, clock):
    """Whatever was committed before the seal is in the record; whatever came later was refused, not swallowed."""
    for number in range(200):
        session = schedule.plan(mentorship.id, ruth.id, _slot(clock))
        talk.start(session.id, by=ruth.id)
        pen = Pen()
        item = pen.add_item(f"Item {number} ")
        pen.save(session.id, mateo.id)
        saved = _type_until_refused(pen, item, session.id, mateo.id, ruth.id)
        (row,) = promises.of_session(session.id)
        assert row.text == f"Item {number} {saved}"


def _slot(clock):
    start = clock.now + timedelta(minutes=30)
    return schedule.Slot(start.replace(tzinfo=None), "UTC", 60)


def _type_until_refused(pen, item, session_id, writer, closer):
    """Types and closes at once, as a room and a request do: the room commits nothing while a seal is being made."""
    saved, begun, room = [], threading.Event(), threading.Lock()

    def hold(_sender, session_id):
        room.acquire()

    def go_on(_sender, session_id):
        room.release()

    def typing():
        for sign in "abcdefghijklmnopqrstuvwxyz" * 40:
            pen.type(item, sign)
            with room:
                if pen.save(session_id, writer) == [None]:
                    return
            saved.append(sign)
            begun.set()

    thread = threading.Thread(target=typing)
    with signals.session_sealing.connected_to(hold), signals.session_unsealed.connected_to(go_on):
        thread.start()
        begun.wait()
        talk.end(session_id, closer)
        follow_up.close(session_id, closer)
        thread.join()
    return "".join(saved)


def test_people_who_just_hang_up_still_get_their_lists(written, clock, outbox):
    talk.someone_sits(written.id)
    talk.everybody_left(written.id)
    clock.set(written.ends_at + timedelta(minutes=29))
    tick()
    assert schedule.find(written.id, written.planned_by).state is SessionState.LIVE
    clock.set(written.ends_at + timedelta(minutes=31))
    tick()
    found = schedule.find(written.id, written.planned_by)
    assert (found.state, found.over_because) == (SessionState.OVER, OverBecause.CLOCK)
    assert sorted(each.to_email for each in outbox() if each.kind == "ask_if_over") == PAIR
    clock.move(timedelta(minutes=59))
    tick()
    assert letters_of(outbox) == []
    clock.move(timedelta(minutes=1))
    tick()
    assert schedule.find(written.id, written.planned_by).state is SessionState.CLOSED
    assert sorted(letters_of(outbox)) == PAIR


def test_still_talking_answers_the_question_and_the_clock_asks_again_later(written, clock, ruth, outbox):
    talk.someone_sits(written.id)
    talk.everybody_left(written.id)
    clock.set(written.ends_at + timedelta(minutes=31))
    tick()
    talk.resume(written.id, ruth.id)
    talk.someone_sits(written.id)
    clock.move(timedelta(minutes=5))
    talk.everybody_left(written.id)
    clock.move(timedelta(minutes=29))
    tick()
    assert schedule.find(written.id, ruth.id).state is SessionState.LIVE
    clock.move(timedelta(minutes=1))
    tick()
    assert schedule.find(written.id, ruth.id).state is SessionState.OVER
    assert sum(each.kind == "ask_if_over" for each in outbox()) == 4


def test_a_press_on_end_asks_nobody(written, clock, ruth, outbox):
    talk.end(written.id, ruth.id)
    clock.move(timedelta(minutes=10))
    tick()
    assert sorted(letters_of(outbox)) == PAIR
    assert not [each for each in outbox() if each.kind == "ask_if_over"]


def test_somebody_still_sitting_keeps_it_live(written, clock):
    talk.someone_sits(written.id)
    clock.set(written.ends_at + timedelta(hours=3))
    tick()
    assert schedule.find(written.id, written.planned_by).state is SessionState.LIVE


def test_we_are_still_talking_stops_the_clock(written, ruth, clock, outbox):
    talk.end(written.id, ruth.id)
    assert talk.resume(written.id, ruth.id).state is SessionState.LIVE
    clock.move(timedelta(minutes=11))
    tick()
    assert letters_of(outbox) == []


def test_still_talking_said_while_the_clock_is_closing_it_counts(written, ruth, clock, outbox):
    def still_talking(_sender, session_id):
        talk.resume(session_id, ruth.id)

    talk.end(written.id, ruth.id)
    clock.move(timedelta(minutes=11))
    with signals.session_sealing.connected_to(still_talking):
        follow_up.tick()
    assert schedule.find(written.id, ruth.id).state is SessionState.LIVE
    assert letters_of(outbox) == []


def test_an_end_pressed_anew_while_the_clock_is_closing_it_gets_its_whole_wrap_up(written, ruth, clock, outbox):
    def anew(_sender, session_id):
        talk.resume(session_id, ruth.id)
        talk.end(session_id, ruth.id)

    talk.end(written.id, ruth.id)
    clock.move(timedelta(minutes=11))
    with signals.session_sealing.connected_to(anew):
        follow_up.tick()
    assert schedule.find(written.id, ruth.id).state is SessionState.OVER
    assert letters_of(outbox) == []


def test_nobody_ever_opened_it_so_no_lists_go_out(session, clock, outbox):
    clock.set(session.ends_at + timedelta(days=2))
    tick()
    assert letters_of(outbox) == []
    assert schedule.find(session.id, session.planned_by).state is SessionState.PLANNED


def test_what_has_not_begun_cannot_end(session, ruth):
    with pytest.raises(TooLate):
        talk.end(session.id, ruth.id)
    with pytest.raises(TooLate):
        follow_up.close(session.id, ruth.id)


def test_a_stranger_ends_and_closes_nothing(live_session, linh):
    with pytest.raises(NotYours):
        talk.end(live_session.id, linh.id)
    with pytest.raises(NotYours):
        follow_up.close(live_session.id, linh.id)


def test_a_closed_session_stays_closed(written, ruth):
    talk.end(written.id, ruth.id)
    follow_up.close(written.id, ruth.id)
    with pytest.raises(TooLate):
        talk.resume(written.id, ruth.id)


def test_a_session_with_an_edit_that_nobody_can_read_closes_without_it_and_holds_up_no_other(
    written, mentorship, ruth, clock
):
    broken = schedule.plan(mentorship.id, ruth.id, _slot(clock))
    with db.transaction() as tx:
        tx.add(AgendaUpdate(session_id=broken.id, person_id=ruth.id, data=b"not an update"))
    for each in (broken, written):
        talk.start(each.id, ruth.id)
        talk.end(each.id, ruth.id)
    clock.move(timedelta(minutes=11))
    tick()
    assert schedule.find(written.id, ruth.id).state is SessionState.CLOSED
    assert schedule.find(broken.id, ruth.id).state is SessionState.CLOSED
