from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.errors import Invalid, NotYours, TooLate
from companion.model.sessions import Finding, Meeting, Session
from companion.services import connect, look, meet, mend, schedule
from companion.services.meet import NotConnected, ProviderFailed
from tests.conftest import wall
from tests.simulators.faults import Fault

RUTH = "ruth@zoom.example"
ZONE = "America/Santiago"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def link(session, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    return meet.make_link(session.id, "zoom", by=ruth.id)


@pytest.fixture
def moved(link, session, ruth, zoom):
    """At Zoom, a day later: what the page of both shows."""
    zoom.edit(link.reference, start_time="2026-11-25T17:00:00", timezone="Africa/Nairobi")
    look.at(session.id, by=ruth.id)
    return meeting(link)


def meeting(link):
    with db.reading() as tx:
        return tx.get_one(Meeting, link.id)


def now_at(session):
    with db.reading() as tx:
        return tx.get_one(Session, session.id).starts_at


def test_the_session_follows_its_meeting_in_the_zone_of_who_said_so(moved, session, mateo, zoom, outbox):
    mend.adopt(session.id, mateo.id, moved.there_at, ZONE)
    assert now_at(session) == session.starts_at + timedelta(days=1)
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).wall == wall(moved.there_at, ZONE)
    assert [each.to_email for each in outbox() if each.kind == "session_moved"] == ["ruth@example.org"]
    look.at(session.id, by=mateo.id)
    assert (meeting(moved).finding, meeting(moved).owed) == (Finding.FINE, None)


def test_the_meeting_comes_back_to_its_session(moved, session, mateo, zoom):
    mend.restore(session.id, by=mateo.id)
    [there] = zoom.meetings_of(RUTH)
    assert there["start_time"] == "2026-11-24T14:00:00Z"
    look.at(session.id, by=mateo.id)
    assert meeting(moved).finding is Finding.FINE


def test_when_it_can_t_be_put_back_it_is_tried_again(moved, session, ruth, zoom):
    zoom.wrong(Fault("PATCH /v2/meetings/", "instead", status=503))
    with pytest.raises(ProviderFailed, match="We keep trying"):
        mend.restore(session.id, by=ruth.id)
    assert meeting(moved).owed == "move"


def test_only_the_time_that_was_shown_is_taken(moved, session, ruth):
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.adopt(session.id, ruth.id, moved.there_at + timedelta(hours=1), ZONE)
    mend.restore(session.id, by=ruth.id)
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.adopt(session.id, ruth.id, moved.there_at, ZONE)
    assert now_at(session) == session.starts_at


def test_a_time_that_has_passed_can_t_be_taken(moved, session, ruth, clock):
    clock.set(moved.there_at + timedelta(minutes=1))
    with pytest.raises((Invalid, TooLate)):
        mend.adopt(session.id, ruth.id, moved.there_at, ZONE)


def test_a_useless_link_is_made_anew_and_the_old_one_cancelled(link, session, ruth, zoom, outbox):
    mend.anew(session.id, by=ruth.id)
    [there] = zoom.meetings_of(RUTH)
    current = meet.current(session.id)
    assert current is not None and (current.reference, current.id != link.id) == (str(there["id"]), True)
    assert len([each for each in outbox() if each.kind == "new_link"]) == 2


def test_a_deleted_one_is_made_anew_by_either(link, session, ruth, mateo, zoom):
    zoom.remove(link.reference)
    schedule.move(session.id, mateo.id, schedule.Slot(session.wall + timedelta(days=1), session.zone, 60))
    with pytest.raises(ProviderFailed):
        meet.follow(session.id)
    mend.anew(session.id, by=mateo.id)
    current = meet.current(session.id)
    assert current is not None and current.made_by == ruth.id


def test_where_its_maker_can_t_whoever_asks_connects(link, session, mateo, zoom):
    zoom.remove(link.reference)
    zoom.grants.clear()
    look.at(session.id, by=mateo.id)
    with pytest.raises(NotConnected):
        mend.anew(session.id, by=mateo.id)


def test_strangers_mend_nothing(moved, session, linh):
    for deed in (mend.restore, mend.anew):
        with pytest.raises(NotYours):
            deed(session.id, by=linh.id)
    with pytest.raises(NotYours):
        mend.adopt(session.id, linh.id, moved.there_at, ZONE)


def test_without_a_link_there_is_nothing_to_make_anew(session, ruth):
    with pytest.raises(TooLate):
        mend.anew(session.id, by=ruth.id)
