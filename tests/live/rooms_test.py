import time
from contextlib import contextmanager
from queue import Queue
from typing import Any

import engineio
import msgpack
import pytest
from sqlalchemy import text

from companion import db
from companion.live.errands import Errands
from companion.live.rooms import BARRED_FOR, SEATS_OF_PERSON, House, Room
from companion.live.scribe import Scribe, Sent, answer, check_and_commit
from companion.live.seats import Allowance, Seat, Why
from companion.model.mentorships import Role
from companion.services import keep_agenda
from companion.services.sit import Claim, Right
from tests.writing import Pen


class Wire(engineio.Server):
    """An engine.io server without lines: what is sent is kept."""

    def __init__(self) -> None:
        super().__init__(async_mode="threading")
        self.sent: list[Any] = []

    def send(self, _sid: str, data: bytes) -> None:
        self.sent.append(msgpack.unpackb(data)["data"])


class Line:
    """A polling line of that server."""

    upgraded = closed = False

    def __init__(self, sid: str, server: Wire) -> None:
        self.sid, self.server, self.queue = sid, server, Queue[Any]()


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def house(wire):
    return House(wire)


@pytest.fixture
def seat(wire):
    def taken(sid, person_id=1, session_id=1):
        claim = Claim(session_id, mentorship_id=1, person_id=person_id, sign_in_id=1, role=Role.MENTOR)
        made = Seat(sid, Line(f"line {sid}", wire), claim, Right.WRITE, Allowance(rate=200, burst=400))
        made.told = True
        return made

    return taken


def test_a_room_is_open_as_long_as_somebody_sits_in_it(house, seat):
    room = house.enter(seat("a"))
    assert house.enter(seat("b", person_id=2)) is room
    house.leave("a")
    assert not house.tidy(room)
    house.leave("b")
    assert house.tidy(room)
    assert (house.rooms, house.seats, house.by_line) == ({}, {}, {})


def test_who_left_hears_no_answer_even_if_their_line_goes_on_in_another_room(house, seat, wire):
    writer = seat("a")
    room = house.enter(writer)
    house.leave("a")
    answer(writer, [Sent(room, writer, b"an edit", seq=7)])
    assert wire.sent == []


def test_leaving_twice_is_leaving_once(house, seat):
    house.enter(seat("a"))
    assert house.leave("a")
    assert house.leave("a") is None


def test_a_room_stays_until_what_was_written_in_it_is_answered(house, seat):
    scribe = Scribe(house, Errands(house))
    writer = seat("a")
    room = house.enter(writer)
    scribe.gather(writer, b"an edit")
    house.leave("a")
    assert not house.tidy(room)
    room.pending.clear()
    room.settled.set()
    assert house.tidy(room)


def test_nobody_fills_the_house_with_tabs(house, seat):
    for number in range(SEATS_OF_PERSON):
        assert house.has_place_for(1)
        house.enter(seat(str(number)))
    assert not house.has_place_for(1)
    assert house.has_place_for(2)


def test_what_comes_while_a_room_is_sealed_waits_for_the_outcome(house, seat):
    scribe = Scribe(house, Errands(house))
    writer = seat("a")
    room = house.enter(writer)
    scribe.hold(room)
    scribe.hold(room)  # both pressed
    scribe.gather(writer, b"late")
    scribe.resume(room)
    assert (list(room.pending), len(room.held)) == ([], 1)
    scribe.resume(room)
    assert (list(room.pending), len(room.held)) == ([(writer, b"late")], 0)


def test_answers_come_in_the_order_of_the_edits_and_as_few_as_possible(wire, seat):
    writer, room = seat("a"), Room(1, 1)
    fates = [(1, None), (2, None), (None, Why.MISSING), (None, Why.MISSING), (5, None)]
    answer(writer, [Sent(room, writer, b"", seq, why) for seq, why in fates])
    assert wire.sent == [
        ["saved", {"n": 2, "seq": 2}],
        ["refused", {"why": "missing", "n": 2}],
        ["saved", {"n": 1, "seq": 5}],
    ]


@contextmanager
def broken_log():
    """The database refuses every edit."""
    with db.transaction() as tx:
        tx.execute(text("ALTER TABLE agenda_updates RENAME TO taken_away"))
    yield
    with db.transaction() as tx:
        tx.execute(text("ALTER TABLE taken_away RENAME TO agenda_updates"))


@pytest.fixture
def batch(seat, session, ruth):
    pen = Pen()
    pen.add_item("Send CV")
    writer = seat("a", ruth.id, session.id)
    return [Sent(Room(session.id, session.mentorship_id), writer, edit) for edit in pen.unsent]


def test_what_cannot_be_stored_is_refused_and_the_keeper_forgets_it(session, batch):
    nothing = Pen().doc.get_state()
    assert keep_agenda.answer(session.id, nothing).state == nothing  # the keeper has the agenda open
    with broken_log():
        check_and_commit(batch)
    assert [sent.why for sent in batch] == [Why.BUSY]
    assert keep_agenda.answer(session.id, nothing).state == nothing
    check_and_commit(batch)
    assert batch[0].seq is not None


def test_an_allowance_is_used_up_and_grows_back():
    allowance = Allowance(rate=1_000_000, burst=3)
    assert allowance.take(3)
    strict = Allowance(rate=0, burst=2)
    assert [strict.take(), strict.take(), strict.take()] == [True, True, False]


def test_who_is_barred_again_stays_out_longer(house):
    lasted = []
    for _ in range(3):
        house.bar(1)
        lasted.append(house.barred[1].until - time.monotonic())
        house.barred[1].until -= lasted[-1] + 1
        assert not house.is_barred(1)
    assert [round(each / BARRED_FOR) for each in lasted] == [1, 8, 64]


def test_what_waits_of_somebody_barred_is_tried_no_more_and_others_words_are(house, seat):
    mine, theirs = seat("a"), seat("b", person_id=2)
    room = house.enter(mine)
    house.enter(theirs)
    room.pending.extend([(mine, b"worse"), (theirs, b"words")])
    house.bar(mine.claim.person_id)
    assert list(room.pending) == [(mine, b""), (theirs, b"words")]
    assert mine.is_barred
    assert not theirs.is_barred


def test_what_somebody_may_write_is_theirs_not_a_tabs(house, seat):
    house.enter(seat("a"))
    assert house.allowance(1).take(400)
    house.leave("a")
    assert not house.allowance(1).take(100)
