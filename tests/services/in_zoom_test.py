"""Whose the panel inside Zoom is, and which session it is about."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.errors import NotYours, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.model.people import LinkedAccount
from companion.model.sessions import Meeting
from companion.model.tickets import ShownContext
from companion.services import authorised, connect, in_zoom, link_account, meet, schedule
from companion.services.schedule import Slot
from tests.simulators.faults import Fault

pytestmark = pytest.mark.both_databases

RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"
PANEL, OTHER_PANEL = "a" * 64, "b" * 64
GET = "GET /v2/meetings/"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def mateo_at_zoom(zoom, mateo):
    return link_account.link(mateo.id, "zoom", zoom.granted(MATEO))


@pytest.fixture
def number(live_session, ruth, at_zoom):
    """Of the meeting that the live session has at Zoom."""
    return meet.make_link(live_session.id, "zoom", by=ruth.id).reference


@pytest.fixture
def called(zoom, number, clock):
    """They are in its call."""
    zoom.join(number, "Ruth", email=RUTH)
    return number


def context(zoom, email="", number="", **more):
    found = in_zoom.shown(zoom.context(email, number, **more), PANEL)
    assert found is not None
    return found


def whose(account):
    person = in_zoom.whose(account)
    return person and person.id


def meant(person, said):
    session = in_zoom.meant(person.id, said)
    return session and session.id


def test_zoom_s_word_counts_for_the_visitor_who_showed_it_first(zoom, at_zoom):
    sealed = zoom.context(RUTH)
    assert in_zoom.shown(sealed, PANEL) == in_zoom.shown(sealed, PANEL)
    assert in_zoom.shown(sealed, OTHER_PANEL) is None
    spelt_otherwise = base64.b64encode(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))).decode()
    assert in_zoom.shown(spelt_otherwise, OTHER_PANEL) is None
    assert in_zoom.shown(spelt_otherwise, PANEL) is not None


def test_zoom_s_word_is_forgotten_when_it_is_too_old_for_anybody(zoom, at_zoom, clock):
    sealed = zoom.context(RUTH)
    assert in_zoom.shown(sealed, PANEL)
    in_zoom.prune()
    assert rows() == 1
    clock.move(timedelta(days=1, seconds=1))
    assert in_zoom.shown(sealed, PANEL) is None
    in_zoom.prune()
    assert rows() == 0


def rows():
    with db.reading() as tx:
        return tx.query(ShownContext).count()


@pytest.mark.parametrize("sealed", ["", "x", "é", "AAAA"])
def test_what_zoom_did_not_seal_is_nobody_s_and_leaves_nothing(sealed, installation):
    assert in_zoom.shown(sealed, PANEL) is None
    assert rows() == 0


def test_people_are_known_by_the_account_that_they_connected_or_sign_in_with(
    zoom, ruth, mateo, linh, at_zoom, mateo_at_zoom
):
    assert whose(context(zoom, RUTH).user) == ruth.id
    assert whose(context(zoom, MATEO).user) == mateo.id
    assert whose(context(zoom, "linh@zoom.example").user) is None
    assert whose(context(zoom).user) is None


def test_an_account_at_another_provider_with_the_same_id_is_nobody_s(zoom, linh, installation):
    user = context(zoom, "linh@zoom.example").user
    with db.transaction() as tx:
        for row in (LinkedAccount, Connection):
            more = {"sealed": "-"} if row is Connection else {}
            tx.add(row(person_id=linh.id, provider="google_meet", account=user, created_at=linh.created_at, **more))
    assert whose(user) is None


def test_both_are_led_to_the_session_whose_call_they_are_in(zoom, called, ruth, mateo, at_zoom, live_session):
    for person, email in ((ruth, RUTH), (mateo, MATEO)):
        assert meant(person, context(zoom, email, called)) == live_session.id


def test_zoom_is_asked_once_whose_call_it_is(zoom, called, ruth, live_session):
    meant(ruth, context(zoom, RUTH, called))
    asked = zoom.calls[GET + called]
    assert meant(ruth, context(zoom, RUTH, called)) == live_session.id
    assert zoom.calls[GET + called] == asked == 1


def test_a_stranger_in_the_same_call_is_led_nowhere(zoom, called, linh):
    assert meant(linh, context(zoom, "linh@zoom.example", called)) is None


def test_a_call_of_another_meeting_leads_to_none_of_their_sessions(zoom, called, ruth):
    assert meant(ruth, context(zoom, RUTH, mid="/another//call==")) is None


def test_where_zoom_does_not_answer_nobody_is_led_anywhere(zoom, called, ruth):
    zoom.goes_wrong("server error", at=GET, times=9)
    assert meant(ruth, context(zoom, RUTH, called)) is None


def test_a_deep_link_names_the_session_for_five_minutes(zoom, called, ruth, mentorship, clock, live_session):
    later = schedule.plan(mentorship.id, ruth.id, Slot(clock.now.replace(tzinfo=None) + timedelta(days=9), "UTC", 60))
    zoom.app.test_client().get(in_zoom.link_into(later.id, by=ruth.id).removeprefix(zoom.url))
    assert meant(ruth, context(zoom, RUTH, called)) == later.id
    clock.move(timedelta(minutes=5))
    assert meant(ruth, context(zoom, RUTH, called)) == live_session.id


@pytest.mark.parametrize(
    "action", ["x", "[]", "7", '{"session": "1"}', '{"session": true}', "{" * 5000, '{"session": 0}']
)
def test_what_a_link_of_others_says_is_passed_over(zoom, ruth, at_zoom, action):
    assert meant(ruth, context(zoom, RUTH, act=action)) is None


def test_a_link_to_somebody_else_s_session_leads_nowhere(zoom, linh, live_session, at_zoom):
    assert meant(linh, context(zoom, RUTH, act=f'{{"session": {live_session.id}}}')) is None
    with pytest.raises(NotYours):
        in_zoom.link_into(live_session.id, by=linh.id)


def test_the_list_holds_what_is_near_now(session, ruth, linh, clock):
    clock.set(session.starts_at - in_zoom.AFTER - timedelta(minutes=1))
    assert in_zoom.near(ruth.id) == []
    clock.move(timedelta(minutes=1))
    assert [each.id for each in in_zoom.near(ruth.id)] == [session.id]
    assert in_zoom.near(linh.id) == []
    clock.set(session.ends_at + in_zoom.BEFORE + timedelta(minutes=1))
    assert in_zoom.near(ruth.id) == []


def test_the_way_in_is_shown_to_whoever_granted_it(zoom, number, ruth, mateo, live_session):
    meeting = meet.current(live_session.id)
    assert meeting
    assert in_zoom.can_be_opened(meeting, by=ruth.id)
    assert not in_zoom.can_be_opened(meeting, by=mateo.id)
    zoom.scopes -= {"zoomapp:inmeeting"}
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert not in_zoom.can_be_opened(meeting, by=ruth.id)


def test_a_missing_scope_costs_nobody_their_connection(zoom, ruth, live_session):
    zoom.scopes -= {"zoomapp:inmeeting"}
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    with pytest.raises(TooLate, match="Connect Zoom again"):
        in_zoom.link_into(live_session.id, by=ruth.id)
    connection = authorised.find(ruth.id, "zoom")
    assert connection and connection.state is ConnectionState.OK


def test_a_deep_link_that_leads_nowhere_safe_is_not_followed(zoom, ruth, live_session, at_zoom):
    for answer in ('{"deeplink": "javascript:alert(1)"}', "{}", "<xml/>"):
        zoom.wrong(Fault("POST /v2/zoomapp/deeplink", "instead", status=200, body=answer))
        with pytest.raises(TooLate):
            in_zoom.link_into(live_session.id, by=ruth.id)


def test_a_meeting_elsewhere_is_never_asked_about(zoom, live_session, ruth, at_zoom):
    meet.make_link(live_session.id, "jitsi", by=ruth.id)
    with db.reading() as tx:
        assert tx.query(Meeting).count() == 1
    assert meant(ruth, context(zoom, RUTH, mid="abc==")) is None
    assert not any(operation.startswith(GET) for operation in zoom.calls)
