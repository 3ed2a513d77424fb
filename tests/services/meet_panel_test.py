"""Which of somebody's sessions a call in Google Meet may be."""

from datetime import timedelta

import pytest

from companion import clock as product_clock
from companion.services import meet, meet_panel, schedule
from companion.services.schedule import Slot
from tests.conftest import NOON

CODE = "abc-mnop-xyz"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def later(mentorship, ruth):
    """Another session of the pair, some days after the first."""
    return schedule.plan(mentorship.id, ruth.id, Slot(NOON.replace(tzinfo=None) + timedelta(days=9), "UTC", 60))


def linked(session, by, link=f"https://meet.google.com/{CODE}?authuser=1"):
    meet.paste_link(session.id, link, by=by.id)


def ids(found):
    return [each.id for each in found.sessions]


@pytest.mark.parametrize("said", [CODE, CODE.upper(), f" {CODE} "])
def test_a_call_is_the_session_that_has_its_link(session, later, ruth, mateo, said):
    linked(later, ruth)
    for partner in (ruth, mateo):
        found = meet_panel.sessions_for(partner.id, said)
        assert found.is_this_call
        assert ids(found)[0] == later.id


@pytest.mark.parametrize("said", ["", "xyz", "abc-mnop-xy", "%", "meet.google.com", "../" + CODE, "x" * 5000])
def test_a_call_that_is_nobody_s_leaves_the_choice(session, later, ruth, said):
    linked(later, ruth)
    found = meet_panel.sessions_for(ruth.id, said)
    assert not found.is_this_call
    assert ids(found) == [session.id, later.id]


def test_a_stranger_who_knows_the_code_is_offered_nothing(session, ruth, linh):
    linked(session, ruth)
    assert meet_panel.sessions_for(linh.id, CODE).sessions == []


def test_two_sessions_with_one_link_are_told_apart_by_their_time(session, later, ruth, clock):
    linked(session, ruth)
    linked(later, ruth)
    assert ids(meet_panel.sessions_for(ruth.id, CODE)) == [session.id, later.id]
    clock.set(later.starts_at)
    assert product_clock.now() == later.starts_at
    assert ids(meet_panel.sessions_for(ruth.id, CODE))[0] == later.id


def test_near_a_session_the_far_ones_are_left_out_of_the_choice(session, later, ruth, clock):
    clock.set(later.starts_at - timedelta(minutes=5))
    assert ids(meet_panel.sessions_for(ruth.id, "")) == [later.id]


def test_a_cancelled_session_is_no_choice(session, ruth):
    linked(session, ruth)
    schedule.cancel(session.id, by=ruth.id)
    assert meet_panel.sessions_for(ruth.id, CODE).sessions == []
