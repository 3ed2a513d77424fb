from datetime import timedelta

import pytest

from companion.model.sessions import SessionState
from companion.services import schedule, talk

pytestmark = pytest.mark.both_databases


def test_opening_the_agenda_near_its_time_makes_it_live(session, clock, ruth):
    talk.someone_sits(session.id)
    assert schedule.find(session.id, ruth.id).state is SessionState.PLANNED
    clock.set(session.starts_at - timedelta(minutes=16))
    talk.someone_sits(session.id)
    assert schedule.find(session.id, ruth.id).state is SessionState.PLANNED
    clock.set(session.starts_at - timedelta(minutes=15))
    talk.someone_sits(session.id)
    assert schedule.find(session.id, ruth.id).state is SessionState.LIVE


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
    clock.set(session.starts_at - timedelta(minutes=10))
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
