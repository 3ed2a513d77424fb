"""What is said of a link follows the account behind it, on both partners' pages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db, signals
from companion.model.sessions import Finding, Meeting, MeetingState, Session, SessionState
from companion.services import connect, link_account, links_ahead, look, meet, renew

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def link(session, ruth, at_zoom):
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    look.tick()
    return made


@pytest.fixture
def told(link):
    """The sessions whose pages were told, since the link is there."""
    heard: list[int] = []

    def hear(_, session_id):
        heard.append(session_id)

    with signals.meeting_changed.connected_to(hear):
        yield heard


def meeting(link):
    with db.reading() as tx:
        return tx.get_one(Meeting, link.id)


def test_both_pages_are_told_when_the_account_is_disconnected(at_zoom, ruth, session, told):
    connect.forget(at_zoom.id, by=ruth.id)
    assert told == [session.id]


def test_both_pages_are_told_once_when_the_grant_dies(at_zoom, session, told):
    renew.lost(at_zoom.id)
    renew.lost(at_zoom.id)
    assert told == [session.id]


@pytest.mark.parametrize("how", ["connected", "came in"])
def test_connected_again_both_are_told_and_the_link_is_looked_at(at_zoom, ruth, session, zoom, link, told, clock, how):
    if how == "came in":
        link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    renew.lost(at_zoom.id)
    told.clear()
    clock.move(timedelta(minutes=5))
    if how == "connected":
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    else:
        link_account.arrived("zoom", zoom.granted(RUTH))
    assert told == [session.id]
    assert meeting(link).look_at == clock.now
    look.tick()
    assert meeting(link).looked_at == clock.now


def test_another_account_in_its_place_does_not_take_the_link_for_deleted(ruth, session, zoom, link, told):
    connect.remember(ruth.id, "zoom", zoom.granted("ruth.w@work.example"))
    look.tick()
    assert (meeting(link).state, meeting(link).finding) == (MeetingState.MADE, Finding.OTHER_HOST)
    assert told == [session.id]


def test_of_sessions_that_are_over_and_links_of_others_nothing_is_said(at_zoom, ruth, mateo, session, zoom, link, told):
    with db.transaction() as tx:
        tx.get_one(Session, session.id).state = SessionState.CLOSED
    theirs = connect.remember(mateo.id, "zoom", zoom.granted("mateo@zoom.example"))
    for connection, person in ((theirs, mateo), (at_zoom, ruth)):
        connect.forget(connection.id, by=person.id)
    assert told == []


def test_what_counts_is_the_links_of_coming_sessions_that_one_made(ruth, mateo, session, link):
    assert (links_ahead.counted(ruth.id), links_ahead.counted(mateo.id)) == ({"zoom": 1}, {})
    with db.transaction() as tx:
        tx.get_one(Session, session.id).state = SessionState.CLOSED
    assert links_ahead.counted(ruth.id) == {}
