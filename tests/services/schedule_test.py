from datetime import datetime, timedelta

import pytest

from companion.errors import Invalid, NotYours
from companion.model.sessions import SessionState
from companion.services import schedule, talk
from companion.services.schedule import Slot

pytestmark = pytest.mark.both_databases

NAIROBI, SANTIAGO = "Africa/Nairobi", "America/Santiago"
TUESDAY = datetime(2026, 11, 24, 17, 0)


def kinds(letters):
    return [(letter.kind, letter.to_email) for letter in letters]


def test_a_planned_session_keeps_its_wall_time_and_tells_the_partner(mentorship, ruth, outbox):
    session = schedule.plan(mentorship.id, ruth.id, Slot(TUESDAY, NAIROBI, 60), "  The   portfolio ")
    assert (session.number, session.title, session.zone, session.wall) == (1, "The portfolio", NAIROBI, TUESDAY)
    assert session.starts_at.isoformat() == "2026-11-24T14:00:00+00:00"
    assert kinds(outbox()) == [("session_planned", "mateo@example.org")]


def test_numbers_go_on(mentorship, mateo, session):
    later = schedule.plan(mentorship.id, mateo.id, Slot(datetime(2026, 12, 8, 11, 0), SANTIAGO, 60))
    assert (session.number, later.number) == (1, 2)


def test_a_time_that_clocks_skip_is_said(mentorship, mateo):
    with pytest.raises(Invalid, match="00:30 does not exist in Santiago that day") as refused:
        schedule.plan(mentorship.id, mateo.id, Slot(datetime(2027, 9, 5, 0, 30), SANTIAGO, 60))
    assert refused.value.field == "time"


def test_a_time_that_comes_twice_is_asked_about(mentorship, mateo):
    twice = datetime(2027, 4, 3, 23, 30)
    with pytest.raises(Invalid, match="23:30 comes twice in Santiago that night") as refused:
        schedule.plan(mentorship.id, mateo.id, Slot(twice, SANTIAGO, 60))
    assert refused.value.field == "fold"
    first = schedule.plan(mentorship.id, mateo.id, Slot(twice, SANTIAGO, 60, fold=0))
    second = schedule.plan(mentorship.id, mateo.id, Slot(twice, SANTIAGO, 60, fold=1))
    assert second.starts_at - first.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(
    ("wall", "minutes", "field"),
    [
        (datetime(2026, 11, 22, 13, 0), 60, "time"),
        (TUESDAY, 5, "minutes"),
        (TUESDAY, 600, "minutes"),
        (datetime(2032, 1, 1, 9), 60, "day"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(mentorship, ruth, wall, minutes, field):
    with pytest.raises(Invalid) as refused:
        schedule.plan(mentorship.id, ruth.id, Slot(wall, NAIROBI, minutes))
    assert refused.value.field == field


def test_moving_tells_the_partner_once_and_from_when(session, mateo, outbox):
    slot = Slot(datetime(2026, 11, 25, 12, 0), SANTIAGO, 45)
    schedule.move(session.id, mateo.id, slot)
    schedule.move(session.id, mateo.id, slot)
    moved = [letter for letter in outbox() if letter.kind == "session_moved"]
    assert kinds(moved) == [("session_moved", "ruth@example.org")]
    assert moved[0].facts["was"] == "2026-11-24T14:00:00+00:00"


def test_a_new_title_alone_writes_no_letter(session, ruth, outbox):
    moved = schedule.move(session.id, ruth.id, Slot(session.wall, session.zone, 60), title="Feedback")
    assert moved.title == "Feedback"
    assert kinds(outbox()) == [("session_planned", "mateo@example.org")]


def test_cancelling_tells_the_partner_once(session, ruth, outbox):
    for _ in range(2):
        assert schedule.cancel(session.id, ruth.id).state is SessionState.CANCELLED
    assert kinds(outbox()).count(("session_cancelled", "mateo@example.org")) == 1


def test_a_stranger_can_do_nothing(session, mentorship, linh):
    slot = Slot(TUESDAY, NAIROBI, 60)
    for deed in (
        lambda: schedule.plan(mentorship.id, linh.id, slot),
        lambda: schedule.move(session.id, linh.id, slot),
        lambda: schedule.cancel(session.id, linh.id),
        lambda: talk.start(session.id, linh.id),
        lambda: talk.resume(session.id, linh.id),
        lambda: schedule.find(session.id, linh.id),
    ):
        with pytest.raises(NotYours):
            deed()
