"""Google's pushes at our door, from a person in the call to both partners' pages: proven, stored, looked after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.model.events import ReceivedEvent
from companion.model.sessions import SessionState
from companion.services import connect, hear, look, meet, schedule
from integrations.hooks import Kind
from integrations.hooks.google_meet import Keys, hook
from tests.server import free_port

RUTH, MATEO = "ruth@google.example", "mateo@google.example"
DOOR = "/hooks/google_meet"
KEYS = "GET /oauth2/v3/certs"


@pytest.fixture
def settings(settings, google):
    base_url = f"http://127.0.0.1:{free_port()}"
    told = google.pushes_to(base_url + DOOR)
    return replace(settings, base_url=base_url, provider_env={**google.settings(), **told})


@pytest.fixture
def space(session, ruth, google):
    """Our meeting, looked at once: so Google was asked to tell of it."""
    said = {**google.granted(RUTH), "userinfo": {"sub": google.sub(RUTH), "email": RUTH}}
    connect.remember(ruth.id, "google_meet", said)
    made = meet.make_link(session.id, "google_meet", by=ruth.id).reference
    look.at(session.id, ruth.id)
    return made


@pytest.fixture(autouse=True)
def no_keys_are_known_yet():
    """Another test's simulator may have had this one's address."""
    hook.keys = Keys()


@pytest.fixture
def knock(app, settings, google):
    """The pushes that wait, posted as Pub/Sub does; gives the answers' statuses."""

    def post(lie=""):
        headers = {"Authorization": f"Bearer {google.events.bearer(lie)}"}
        return [
            app.test_client().post(DOOR, base_url=settings.base_url, json=push.body(), headers=headers).status_code
            for push in google.events.outbox
        ]

    return post


def stored():
    with db.reading() as tx:
        return list(tx.query(ReceivedEvent))


def settle():
    hear.tick()
    look.tick()


def test_a_push_is_stored_once_and_says_where_to_look(google, knock, space):
    google.start(space)
    assert knock() == knock() == [204]
    [event] = stored()
    assert (event.kind, event.reference, event.handled_at) == (Kind.LOOK, space, None)


def test_from_the_first_to_the_last_of_a_talk(google, knock, space, session, clock):
    def state():
        settle()
        return schedule.find(session.id, session.planned_by).state

    clock.set(session.starts_at)
    google.join(space, "Ruth Wanjiru", RUTH)
    google.join(space, "Mateo")
    knock()
    assert state() is SessionState.LIVE
    clock.move(timedelta(minutes=50))
    google.end(space)
    knock()
    assert state() is SessionState.OVER
    assert schedule.find(session.id, session.planned_by).lasted == timedelta(minutes=50)


@pytest.mark.parametrize("lie", ["audience", "key", "expired", "email", "unsigned"])
def test_a_forged_push_changes_nothing(google, knock, space, lie):
    google.start(space)
    assert knock(lie) == [401]
    assert stored() == []


def test_while_google_hides_its_keys_pub_sub_is_asked_to_come_again(google, knock, space):
    google.goes_wrong("server error", KEYS)
    google.start(space)
    assert (knock(), knock()) == ([503], [204])
    assert len(stored()) == 1
