"""What providers tell unasked: stored once, acted on in whatever order it came, and forgotten in the end."""

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from companion import db, signals
from companion.errors import NotYours
from companion.model.calls import Call, CallGuest
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.model.sessions import Meeting, SessionState
from companion.services import connect, follow_up, hear, meet, schedule
from companion.services.in_call import in_call
from integrations.hooks import Event, Kind
from integrations.meetings import Guest
from tests.listening import listening
from tests.server import free_port
from tests.simulators.zoom_webhooks import signed

pytestmark = pytest.mark.both_databases

NEVER = datetime.max.replace(tzinfo=UTC)
RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, base_url=f"http://127.0.0.1:{free_port()}", provider_env=zoom.settings())


@pytest.fixture
def number(session, ruth, zoom):
    """A meeting of ours at Zoom; what Zoom said of its making is out of the way."""
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    made = meet.make_link(session.id, "zoom", by=ruth.id).reference
    zoom.webhooks.outbox.clear()
    return made


@pytest.fixture
def talk(number, zoom, clock, session):
    """A talk of 50 minutes at Zoom: both come, Mateo's line drops once, both go. Nothing of it is delivered yet."""
    clock.set(session.starts_at)
    zoom.join(number, "Ruth Wanjiru", email=RUTH)
    clock.move(timedelta(minutes=1))
    zoom.join(number, "Mateo")
    clock.move(timedelta(minutes=20))
    zoom.leave(number, "Mateo")
    zoom.join(number, "Mateo")
    clock.move(timedelta(minutes=29))
    zoom.leave(number, "Mateo")
    zoom.leave(number, "Ruth Wanjiru")
    return zoom.webhooks.outbox


def take(said):
    """What the door does with a message, and what happens right after."""
    event = hear.read("zoom", signed(said.raw), said.raw)
    assert isinstance(event, Event)
    hear.received("zoom", event)
    hear.tick()


def told(session, zoom, messages):
    """The state of everything after these messages, in this order."""
    for said in messages:
        take(said)
    found = schedule.find(session.id, session.planned_by)
    with db.reading() as tx:
        calls = [(each.instance, each.started_at, each.ended_at) for each in tx.query(Call)]
        guests = sorted((each.key, each.joined_at, each.left_at) for each in tx.query(CallGuest))
    return found.state, found.call_verdict, found.ended_at, found.live_at, calls, guests


def undo(session):
    with db.transaction() as tx:
        for row in [*tx.query(Call), *tx.query(ReceivedEvent)]:
            tx.delete(row)
        fresh = tx.get_one(type(session), session.id)
        fresh.state, fresh.live_at, fresh.over_at, fresh.ended_at = SessionState.PLANNED, None, None, None
        fresh.over_because, fresh.call_verdict = None, ""


def test_in_any_order_and_with_repeats_the_same_comes_of_it(session, zoom, talk):
    sorted_once = told(session, zoom, talk)
    assert sorted_once[0] is SessionState.OVER
    for seed in range(4):
        undo(session)
        shuffled = random.Random(seed).sample(talk * 2, len(talk) * 2)
        assert told(session, zoom, shuffled) == sorted_once


def test_the_end_before_the_start_is_the_same(session, zoom, number, clock):
    clock.set(session.starts_at)
    zoom.start(number)
    clock.move(timedelta(minutes=30))
    zoom.end(number)
    started, ended = zoom.webhooks.outbox
    for said in itertools.chain([ended], [started], [ended]):
        take(said)
    assert schedule.find(session.id, session.planned_by).lasted == timedelta(minutes=30)


def test_whatever_one_message_is_lost_the_talk_is_over_in_the_end(session, zoom, talk):
    for lost in range(len(talk)):
        undo(session)
        state, *_ = told(session, zoom, [*talk[:lost], *talk[lost + 1 :]])
        assert state is SessionState.OVER, talk[lost].event


def test_over_real_http_a_restart_within_the_wrap_up_is_one_session_and_one_pair_of_letters(
    app, settings, session, zoom, number, clock, outbox
):
    def deliver():
        assert set(zoom.deliver()) == {204}
        hear.tick()
        follow_up.tick()

    zoom.webhooks_to(f"{settings.base_url}/hooks/zoom")
    clock.set(session.starts_at)
    with listening(app, settings.base_url):
        for minutes in (20, 25):
            zoom.join(number, "Ruth Wanjiru", email=RUTH)
            zoom.join(number, "Mateo")
            deliver()
            assert schedule.find(session.id, session.planned_by).state is SessionState.LIVE
            clock.move(timedelta(minutes=minutes))
            zoom.end(number)
            deliver()
            assert schedule.find(session.id, session.planned_by).state is SessionState.OVER
            clock.move(timedelta(minutes=4))
    clock.move(timedelta(minutes=6))
    follow_up.tick()
    assert schedule.find(session.id, session.planned_by).state is SessionState.CLOSED
    assert sum(letter.kind == "action_items" for letter in outbox()) == 2


def test_what_came_wakes_whoever_acts_on_it(talk):
    heard: list[object] = []

    def wake(sender):
        heard.append(sender)

    with signals.event_received.connected_to(wake):
        for _ in range(2):
            event = hear.read("zoom", signed(talk[0].raw), talk[0].raw)
            assert isinstance(event, Event)
            hear.received("zoom", event)
    assert len(heard) == 1


def test_one_that_cannot_be_acted_on_holds_up_no_other_and_is_given_up(session, number, talk, clock, caplog):
    poison()
    event = Event("k", Kind.STARTED, clock.now, reference=number, instance="poison")
    assert hear.received("zoom", event)
    for said in list(talk):
        take(said)
    assert schedule.find(session.id, session.planned_by).state is SessionState.OVER
    assert unhandled() == ["poison"]
    clock.move(timedelta(minutes=61))
    hear.tick()
    assert unhandled() == []
    assert "could not be acted on" in caplog.text
    assert "given up" in caplog.text


def poison():
    """From now on the database refuses calls of that name."""
    with db.transaction() as tx:
        if db.current().is_sqlite:
            refuse = "BEGIN SELECT RAISE(ABORT, 'poison'); END"
            tx.execute(text(f"CREATE TRIGGER p BEFORE INSERT ON calls WHEN NEW.instance = 'poison' {refuse}"))
        else:
            tx.execute(text("ALTER TABLE calls ADD CONSTRAINT p CHECK (instance <> 'poison')"))


def unhandled():
    with db.reading() as tx:
        return [each.instance for each in tx.query(ReceivedEvent).filter(ReceivedEvent.handled_at.is_(None))]


def test_one_that_nobody_foresaw_holds_up_no_other_and_is_given_up(session, ruth, zoom, number, talk, clock, caplog):
    with db.transaction() as tx:  # as the door would not let it in: there is no later time to add to
        odd = {"key": "odd", "instance": "odd", "account": zoom.users[RUTH].id, "at": NEVER, "received_at": clock.now}
        tx.add(ReceivedEvent(provider="zoom", kind=Kind.DEAUTHORISED, **odd))
    for said in list(talk):
        take(said)
    assert schedule.find(session.id, session.planned_by).state is SessionState.OVER
    assert unhandled() == ["odd"]
    clock.move(timedelta(minutes=61))
    hear.tick()
    assert unhandled() == []
    assert "given up" in caplog.text


@pytest.mark.parametrize("kind", [Kind.STARTED, Kind.ENDED, Kind.JOINED, Kind.LEFT, Kind.LOOK, Kind.DEAUTHORISED])
@pytest.mark.parametrize("when", [NEVER, datetime.min.replace(tzinfo=UTC)])
def test_a_time_that_cannot_be_is_harmless(session, ruth, zoom, number, clock, caplog, kind, when):
    clock.set(session.starts_at)
    guest = Guest("1", "", "Ruth", joined_at=when, left_at=when)
    account = zoom.users[RUTH].id
    odd = Event("odd", kind, when, number, "i", account, started_at=when, ended_at=when, guest=guest)
    assert hear.received("zoom", odd)
    hear.tick()
    assert unhandled() == []
    assert "could not" not in caplog.text
    found = schedule.find(session.id, session.planned_by)
    assert len(in_call(found).people) == (kind is Kind.JOINED)
    assert found.state is (
        SessionState.LIVE if kind in (Kind.STARTED, Kind.JOINED, Kind.LEFT) else SessionState.PLANNED
    )


def test_a_provider_that_was_not_set_up_is_not_listened_to(app):
    with pytest.raises(NotYours):
        hear.read("google_meet", {}, b"{}")
    with pytest.raises(NotYours):
        hear.read("skype", {}, b"{}")


def test_what_concerns_no_meeting_of_ours_is_not_kept(app, clock):
    guest = Guest("1", "", "Somebody's aunt", "aunt@example.org")
    theirs = Event("k", Kind.JOINED, clock.now, reference="1", instance="i", guest=guest)
    assert not hear.received("zoom", theirs)
    with db.reading() as tx:
        assert tx.query(ReceivedEvent).count() == 0


def test_a_change_there_is_looked_at_at_once(session, zoom, number, clock):
    clock.set(session.starts_at - timedelta(hours=3))
    zoom.edit(number, topic="Another title")
    for said in zoom.webhooks.outbox:
        take(said)
    with db.reading() as tx:
        [meeting] = tx.query(Meeting)
    assert meeting.look_at == clock.now


def test_who_takes_the_app_away_is_forgotten_at_once(session, ruth, zoom, talk):
    for said in list(talk):
        take(said)
    zoom.deauthorise(RUTH)
    take(zoom.webhooks.outbox[-1])
    account = zoom.users[RUTH].id
    with db.reading() as tx:
        assert tx.query(Connection).count() == 0
        assert not [each for each in tx.query(ReceivedEvent) if account in (each.account, each.guest_account)]
        assert all(each.handled_at for each in tx.query(ReceivedEvent))
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    take(zoom.webhooks.outbox[-1])
    with db.reading() as tx:
        assert tx.query(Connection).count() == 1, "a repeat must not end a newer grant"


def test_after_a_month_what_was_told_is_forgotten(session, zoom, talk, clock):
    for said in list(talk):
        take(said)
    clock.move(timedelta(days=31))
    hear.prune()
    with db.reading() as tx:
        assert (tx.query(ReceivedEvent).count(), tx.query(CallGuest).count()) == (0, 0)
