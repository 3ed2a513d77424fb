from datetime import timedelta

import pytest

from companion.errors import TooLate
from companion.model.mentorships import Role
from companion.model.sessions import SessionState
from companion.services import schedule, talk

pytestmark = pytest.mark.both_databases


BOTH = (Role.MENTOR, Role.MENTEE)


def state(session, ruth):
    return schedule.find(session.id, ruth.id).state


def test_both_there_near_its_time_are_talking(session, clock, ruth):
    clock.set(session.starts_at - timedelta(minutes=16))
    talk.someone_sits(session.id, BOTH)
    assert state(session, ruth) is SessionState.PLANNED
    clock.set(session.starts_at - timedelta(minutes=15))
    talk.someone_sits(session.id, BOTH)
    assert state(session, ruth) is SessionState.LIVE


def test_one_who_looks_in_before_its_time_is_only_preparing(session, clock, ruth):
    clock.set(session.starts_at - timedelta(minutes=5))
    talk.someone_sits(session.id, [Role.MENTOR])
    assert state(session, ruth) is SessionState.PLANNED
    clock.set(session.starts_at)
    talk.someone_sits(session.id, [Role.MENTOR])
    assert state(session, ruth) is SessionState.LIVE


def test_whoever_waits_alone_may_still_move_it_or_call_it_off(session, clock, ruth, mateo):
    clock.set(session.starts_at + timedelta(minutes=5))
    talk.someone_sits(session.id, [Role.MENTOR])
    later = schedule.Slot(session.wall + timedelta(hours=2), session.zone, 60)
    assert schedule.move(session.id, mateo.id, later).state is SessionState.PLANNED
    assert schedule.cancel(session.id, mateo.id).state is SessionState.CANCELLED


def test_both_who_have_it_open_minutes_before_may_still_agree_on_another_time(session, clock, ruth, mateo):
    clock.set(session.starts_at - timedelta(minutes=7))
    talk.someone_sits(session.id, BOTH)
    later = schedule.Slot(session.wall + timedelta(hours=2), session.zone, 60)
    assert schedule.move(session.id, mateo.id, later).state is SessionState.PLANNED


def test_once_both_have_come_it_is_neither_moved_nor_cancelled(session, clock, ruth):
    clock.set(session.starts_at)
    talk.someone_sits(session.id, BOTH)
    with pytest.raises(TooLate):
        schedule.cancel(session.id, ruth.id)
    with pytest.raises(TooLate):
        schedule.move(session.id, ruth.id, schedule.Slot(session.wall + timedelta(hours=2), session.zone, 60))


def test_one_who_waited_in_vain_is_asked_whether_they_talked(session, clock, ruth, outbox):
    clock.set(session.starts_at)
    talk.someone_sits(session.id, [Role.MENTOR])
    talk.everybody_left(session.id)
    clock.set(session.ends_at + timedelta(minutes=31))
    talk.tick()
    found = schedule.find(session.id, ruth.id)
    assert found.never_happened(clock.now)
    assert [letter.kind for letter in outbox()] == ["session_planned"]


def test_the_clock_ends_no_talk_that_somebody_came_back_to(session, clock, ruth):
    clock.set(session.starts_at)
    talk.someone_sits(session.id, BOTH)
    talk.everybody_left(session.id)
    clock.set(session.ends_at + timedelta(minutes=31))
    talk.someone_sits(session.id, [Role.MENTOR])
    assert talk.end(session.id, by=None).state is SessionState.LIVE
    talk.everybody_left(session.id)
    clock.move(timedelta(minutes=3))
    assert talk.end(session.id, by=None).state is SessionState.OVER


def test_the_talk_lasted_until_they_hung_up(session, clock, ruth):
    clock.set(session.starts_at)
    talk.someone_sits(session.id, BOTH)
    clock.move(timedelta(minutes=52))
    talk.everybody_left(session.id)
    clock.set(session.ends_at + timedelta(minutes=31))
    talk.tick()
    assert schedule.find(session.id, ruth.id).lasted == timedelta(minutes=52)


def test_a_session_that_nobody_opened_stays_planned_and_is_asked_about(session, clock, ruth):
    clock.set(session.ends_at + timedelta(minutes=45))
    talk.someone_sits(session.id)
    found = schedule.find(session.id, ruth.id)
    assert found.state is SessionState.PLANNED
    assert found.never_happened(clock.now)


def test_whoever_opened_it_early_and_stayed_is_talking_once_it_is_near(session, clock, ruth):
    clock.set(session.starts_at - timedelta(hours=1))
    talk.someone_sits(session.id)
    talk.tick()
    assert schedule.find(session.id, ruth.id).state is SessionState.PLANNED
    clock.set(session.starts_at + timedelta(minutes=1))
    talk.tick()
    assert schedule.find(session.id, ruth.id).state is SessionState.LIVE


def test_nobody_there_begins_nothing(session, clock, ruth):
    clock.set(session.starts_at)
    talk.tick()
    assert schedule.find(session.id, ruth.id).state is SessionState.PLANNED


def test_a_restarted_server_does_not_take_old_seats_for_people(session, clock, ruth):
    talk.someone_sits(session.id)
    talk.nobody_sits()
    clock.set(session.starts_at)
    talk.tick()
    assert schedule.find(session.id, ruth.id).state is SessionState.PLANNED


def test_the_clock_counts_from_the_plan_or_from_a_late_beginning(session, clock, ruth):
    clock.set(session.starts_at - timedelta(minutes=9))
    assert talk.start(session.id, ruth.id).began_at == session.starts_at


def test_a_late_beginning_counts_from_when_it_began(session, clock, ruth):
    clock.set(session.starts_at + timedelta(minutes=9))
    assert talk.start(session.id, ruth.id).began_at == clock.now


def test_both_who_came_early_and_stayed_have_talked(session, clock, ruth, outbox):
    clock.set(session.starts_at - timedelta(minutes=40))
    talk.someone_sits(session.id, BOTH)
    clock.set(session.starts_at)
    talk.tick()
    assert not schedule.find(session.id, ruth.id).can_move
    clock.set(session.ends_at)
    talk.everybody_left(session.id)
    clock.move(timedelta(minutes=31))
    talk.tick()
    assert state(session, ruth) is SessionState.OVER


def test_whoever_prepared_and_left_well_before_has_not_come(session, clock, ruth):
    clock.set(session.starts_at - timedelta(minutes=40))
    talk.someone_sits(session.id, BOTH)
    talk.everybody_left(session.id)
    clock.set(session.starts_at)
    talk.someone_sits(session.id, [Role.MENTOR])
    assert schedule.find(session.id, ruth.id).can_move
