from datetime import date, datetime

import pytest

from companion.errors import Invalid, NotYours
from companion.model.agendas import Page
from companion.model.mentorships import Role
from companion.services import follow_up, promises, schedule, talk
from companion.services.schedule import Slot
from tests.writing import Pen

pytestmark = pytest.mark.both_databases


@pytest.fixture
def closed(live_session, mateo, ruth):
    pen = Pen()
    pen.add_topic("A win since last time", state="done")
    pen.add_topic("What would make this spring a good one?", by="mentor")
    pen.add_item("Send CV to Ana", "mentee", date(2026, 11, 27))
    pen.add_item("Intro e-mail to Paula", "mentor")
    pen.save(live_session.id, mateo.id)
    talk.end(live_session.id, ruth.id)
    return follow_up.close(live_session.id, ruth.id)


@pytest.fixture
def next_session(closed, mentorship, ruth):
    return schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, 12, 8, 17, 0), "Africa/Nairobi", 60))


def test_each_sees_what_they_owe_and_what_they_wait_for(closed, ruth, mateo):
    assert [item.text for item in promises.owned_by(mateo.id)] == ["Send CV to Ana"]
    assert [item.text for item in promises.awaited_by(mateo.id)] == ["Intro e-mail to Paula"]
    assert [item.text for item in promises.owned_by(ruth.id)] == ["Intro e-mail to Paula"]


def test_done_stays_as_first_said_and_can_be_taken_back(closed, ruth, mateo):
    (item,) = promises.owned_by(mateo.id)
    first = promises.mark_done(item.id, mateo.id)
    again = promises.mark_done(item.id, ruth.id)
    assert (again.done_by, again.done_at) == (mateo.id, first.done_at)
    assert [each.text for each in promises.finished_by(mateo.id)] == ["Send CV to Ana"]
    promises.mark_open(item.id, mateo.id)
    assert [each.text for each in promises.owned_by(mateo.id)] == ["Send CV to Ana"]


def test_an_item_can_change_hands_words_and_date(closed, ruth, mateo):
    (item,) = promises.owned_by(mateo.id)
    promises.change(item.id, ruth.id, " Send  both CVs ", Role.MENTOR, None)
    assert sorted(each.text for each in promises.owned_by(ruth.id)) == ["Intro e-mail to Paula", "Send both CVs"]
    with pytest.raises(Invalid):
        promises.change(item.id, ruth.id, "  ", Role.MENTOR, None)


def test_what_was_dropped_is_waited_for_by_nobody(closed, ruth, mateo):
    (item,) = promises.owned_by(mateo.id)
    promises.drop(item.id, ruth.id)
    assert promises.owned_by(mateo.id) == promises.finished_by(mateo.id) == []


def test_a_stranger_reaches_no_item(closed, mateo, linh):
    (item,) = promises.owned_by(mateo.id)
    for deed in (promises.mark_done, promises.mark_open, promises.drop, promises.find):
        with pytest.raises(NotYours):
            deed(item.id, linh.id)


def test_the_next_session_is_offered_what_was_left(next_session):
    offered = promises.carried_into(next_session, Page())
    assert [each.text for each in offered] == [
        "Send CV to Ana",
        "Intro e-mail to Paula",
        "What would make this spring a good one?",
    ]


def test_what_is_on_the_agenda_already_is_not_offered_again(next_session, mateo):
    offered = promises.carried_into(next_session, Page())
    page = Page.read({"talking_points": [{"id": "x", "title": "CV", "from": offered[0].ref}]})
    assert [each.ref for each in promises.carried_into(next_session, page)] == [each.ref for each in offered[1:]]
