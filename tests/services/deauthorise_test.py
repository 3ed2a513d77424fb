"""Whoever takes Alongside away at a provider leaves nothing of that account behind here."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db, mail, signals
from companion.mail.facts import Unwritable
from companion.model.calls import Call, CallGuest
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.model.people import LinkedAccount
from companion.model.sessions import Finding, Meeting, MeetingState, Session, SessionState
from companion.services import connect, link_account, meet, schedule
from companion.services.deauthorise import deauthorised
from integrations.hooks import Kind
from tests.conftest import NOON

pytestmark = pytest.mark.both_databases

A_WEEK = timedelta(days=7)
RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


@pytest.fixture
def mateos(zoom, mateo):
    return connect.remember(mateo.id, "zoom", zoom.granted(MATEO))


@pytest.fixture
def zoom_link(session, ruth, at_zoom):
    return meet.make_link(session.id, "zoom", by=ruth.id)


@pytest.fixture
def told(app):
    heard: list[int] = []

    def hear(_, session_id):
        heard.append(session_id)

    with signals.meeting_changed.connected_to(hear):
        yield heard


def add(*made):
    with db.transaction() as tx:
        tx.add_all(made)


def rows(kind):
    with db.reading() as tx:
        return tx.query(kind).order_by(kind.id).all()


def event(key, kind, **said):
    return ReceivedEvent(provider="zoom", key=key, kind=kind, at=NOON, received_at=NOON + timedelta(seconds=1), **said)


def linked(person, account, provider="zoom"):
    return LinkedAccount(person_id=person.id, provider=provider, account=account, created_at=NOON)


def test_the_grant_and_the_sign_in_are_deleted_and_nobody_elses(at_zoom, mateos, ruth, mateo):
    add(linked(ruth, at_zoom.account), linked(mateo, mateos.account), linked(ruth, at_zoom.account, "google_meet"))
    deauthorised("zoom", at_zoom.account, NOON)
    assert [row.id for row in rows(Connection)] == [mateos.id]
    kept = [(row.person_id, row.provider) for row in rows(LinkedAccount)]
    assert kept == [(mateo.id, "zoom"), (ruth.id, "google_meet")]


def test_the_link_of_a_session_ahead_is_gone_for_both_and_the_spare_room_stays(zoom_link, at_zoom, session, told):
    with db.transaction() as tx:
        tx.get_one(Meeting, zoom_link.id).spare_url = "https://meet.jit.si/spare"
    told.clear()
    deauthorised("zoom", at_zoom.account, NOON)
    [row] = rows(Meeting)
    assert (row.state, row.finding, row.reference, row.join_url) == (MeetingState.GONE, Finding.DELETED, "", "")
    assert row.spare_url == "https://meet.jit.si/spare"
    assert told == [session.id]
    assert meet.current(session.id) is None


def test_both_have_a_letter_of_a_coming_link_that_went_once_and_of_none_else(
    zoom_link, at_zoom, session, ruth, mateo, zoom, outbox
):
    link = schedule.plan(session.mentorship_id, ruth.id, schedule.Slot(session.wall + A_WEEK, session.zone, 60))
    meet.make_link(link.id, "zoom", by=ruth.id)
    with db.transaction() as tx:
        tx.get_one(Session, link.id).state = SessionState.CLOSED
    deauthorised("zoom", at_zoom.account, NOON)
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    deauthorised("zoom", at_zoom.account, NOON + A_WEEK)
    told_by_letter = [each for each in outbox() if each.kind == "link_gone"]
    assert sorted(each.to_email for each in told_by_letter) == [mateo.email, ruth.email]
    assert {each.facts["meeting_id"] for each in told_by_letter} == {zoom_link.id}
    said = {each.to_email: mail.compose(each).text for each in told_by_letter}
    assert "Your Zoom was disconnected from Alongside, so this session has no link." in said[ruth.email]
    assert "Ruth’s Zoom was disconnected from Alongside, so this session has no link." in said[mateo.email]
    meet.make_link(session.id, "jitsi", by=mateo.id)
    with pytest.raises(Unwritable):
        mail.compose(told_by_letter[0])


def test_links_of_others_and_at_other_places_stay(at_zoom, mateos, mateo, session, told):
    link = meet.make_link(session.id, "zoom", by=mateo.id)
    told.clear()
    deauthorised("zoom", at_zoom.account, NOON)
    assert [(row.id, row.state, row.join_url) for row in rows(Meeting)] == [(link.id, MeetingState.MADE, link.join_url)]
    assert told == []


def test_what_was_heard_of_calls_is_deleted(at_zoom, mateos, mateo, session, zoom_link):
    add(Call(meeting_id=zoom_link.id, instance="/a==", guests=[CallGuest(key="1", name="Ruth W.")]))
    deauthorised("zoom", at_zoom.account, NOON)
    assert rows(Call) == rows(CallGuest) == []
    theirs = meet.make_link(session.id, "zoom", by=mateo.id)
    ruths, mateos_own = CallGuest(key="1", account=at_zoom.account), CallGuest(key="2", account=mateos.account)
    add(Call(meeting_id=theirs.id, instance="b", guests=[ruths, mateos_own]))
    deauthorised("zoom", at_zoom.account, NOON)
    assert [row.key for row in rows(CallGuest)] == ["2"]


def test_what_was_told_unasked_is_deleted_but_not_that_it_was_taken_away(at_zoom):
    add(
        event("1", Kind.STARTED, account=at_zoom.account),
        event("2", Kind.JOINED, account="somebody", guest_account=at_zoom.account, guest_name="Ruth"),
        event("3", Kind.DEAUTHORISED, account=at_zoom.account),
        event("4", Kind.STARTED, account="somebody"),
    )
    deauthorised("zoom", at_zoom.account, NOON)
    assert [(row.key, row.account) for row in rows(ReceivedEvent)] == [("3", ""), ("4", "somebody")]


def test_said_twice_or_of_nobody_changes_nothing(at_zoom, zoom_link, mateos):
    add(Call(meeting_id=zoom_link.id, instance="a", guests=[CallGuest(key="1", name="A guest without account")]))
    for account in ("", "nobody", "nobody"):
        deauthorised("zoom", account, NOON)
    assert len(rows(Connection)) == 2
    assert len(rows(CallGuest)) == 1
    deauthorised("zoom", at_zoom.account, NOON)
    deauthorised("zoom", at_zoom.account, NOON)
    assert [row.id for row in rows(Connection)] == [mateos.id]


def test_no_trace_of_the_account_is_left_in_any_row(at_zoom, zoom_link, ruth, settings):
    add(linked(ruth, at_zoom.account), event("3", Kind.DEAUTHORISED, account=at_zoom.account))
    traces = [at_zoom.account, RUTH, zoom_link.reference, zoom_link.join_url]
    deauthorised("zoom", at_zoom.account, NOON)
    with db.reading() as tx:
        all_rows = [
            str(dict(row)) for table in db.Model.metadata.sorted_tables for row in tx.execute(table.select()).mappings()
        ]
    assert not [trace for trace in traces if any(trace in row for row in all_rows)]


def test_told_late_it_does_not_end_what_was_connected_anew(at_zoom, ruth, zoom, clock):
    """The word of it can come more than an hour after the deed, when they are back already."""
    clock.move(timedelta(minutes=30))
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    deauthorised("zoom", at_zoom.account, NOON)
    assert [row.id for row in rows(Connection)] == [at_zoom.id]


def test_told_late_it_does_not_end_what_a_sign_in_granted_anew(at_zoom, zoom_link, ruth, zoom, clock):
    """Zoom's tokens of a sign-in take the place of those that we held."""
    add(linked(ruth, at_zoom.account))
    clock.move(timedelta(minutes=30))
    link_account.arrived("zoom", zoom.granted(RUTH))
    deauthorised("zoom", at_zoom.account, NOON)
    assert [row.id for row in rows(Connection)] == [at_zoom.id]
    assert [row.join_url for row in rows(Meeting)] == [zoom_link.join_url]
    assert [row.person_id for row in rows(LinkedAccount)] == [ruth.id]


@pytest.mark.parametrize("how", ["linked", "came in"])
def test_told_late_it_does_not_take_a_way_in_that_was_used_since(ruth, zoom, clock, how):
    if how == "came in":
        link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    clock.move(timedelta(minutes=30))
    (link_account.link if how == "linked" else come_in)(ruth.id, "zoom", zoom.granted(RUTH))
    [way_in] = rows(LinkedAccount)
    deauthorised("zoom", way_in.account, NOON)
    assert [row.id for row in rows(LinkedAccount)] == [way_in.id]
    deauthorised("zoom", way_in.account, clock.now)
    assert rows(LinkedAccount) == []


def come_in(_person_id, provider, said):
    link_account.arrived(provider, said)
