"""Another device of the same person is let in to one session: once, soon, and only while the first is signed in."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from companion import db, identity
from companion.errors import NotYours, TooLate
from companion.model.people import HandOver, SignIn
from companion.services import devices, hand_over, schedule
from companion.services.schedule import Slot
from tests.conftest import BASE_URL, NOON

pytestmark = pytest.mark.both_databases


@pytest.fixture
def laptop(as_ruth, ruth):
    with db.reading() as tx:
        return tx.scalars(select(SignIn).where(SignIn.person_id == ruth.id)).one()


@pytest.fixture
def phone(app, session, ruth, laptop):
    """The key of Ruth's phone, let in by a code on her laptop."""
    person_id, only = hand_over.take(hand_over.offer(session.id, ruth.id, laptop.id))
    with app.test_request_context(base_url=BASE_URL):
        return identity.let_in_to(person_id, only)


def ask(app, address, key, **more):
    return app.test_client().open(
        address, base_url=BASE_URL, headers={"X-Here": key.id, **more.pop("headers", {})}, **more
    )


def test_a_code_lets_in_once(session, ruth, laptop):
    token = hand_over.offer(session.id, ruth.id, laptop.id)
    offer = hand_over.look(token)
    assert (offer.person.id, offer.session.id) == (ruth.id, session.id)
    assert hand_over.take(token)[0] == ruth.id
    for again in (hand_over.look, hand_over.take):
        with pytest.raises(TooLate):
            again(token)


def test_a_code_is_good_for_ten_minutes_and_forgotten_then(session, ruth, laptop, clock):
    clock.set(NOON)
    token = hand_over.offer(session.id, ruth.id, laptop.id)
    hand_over.prune()
    assert hand_over.look(token)
    clock.move(timedelta(minutes=10, seconds=1))
    hand_over.prune()
    with pytest.raises(TooLate):
        hand_over.take(token)
    with db.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(HandOver)) == 0


def test_a_code_ends_with_the_sign_in_that_gave_it(session, ruth, laptop):
    token = hand_over.offer(session.id, ruth.id, laptop.id)
    devices.end(laptop.id, by=ruth.id)
    with pytest.raises(TooLate):
        hand_over.take(token)


@pytest.mark.parametrize("token", ["", "x", "WzEsIngiXQ.aaaa.bbbb", "é"])
def test_what_we_did_not_make_is_no_code(app, token):
    with pytest.raises(TooLate):
        hand_over.look(token)


def test_a_stranger_can_hand_nothing_over(session, linh, laptop):
    with pytest.raises(NotYours):
        hand_over.offer(session.id, linh.id, laptop.id)


def test_the_phone_is_let_in_to_that_session_alone(app, session, mentorship, ruth, phone):
    other = schedule.plan(
        mentorship.id, by=ruth.id, slot=Slot(NOON.replace(tzinfo=None) + timedelta(days=9), "UTC", 60)
    )
    assert ask(app, f"/sessions/{session.id}/beside", phone).status_code == 200
    for elsewhere in (f"/sessions/{other.id}", "/", "/people", "/settings", f"/mentorships/{mentorship.id}"):
        assert ask(app, elsewhere, phone).headers["Location"].startswith("/sign-in"), elsewhere
    refused = ask(
        app, "/settings/sign-out-everywhere", phone, method="POST", headers={"Origin": BASE_URL, "X-CSRF": phone.csrf}
    )
    assert refused.status_code == 401
    assert "one session only" in refused.json["sentence"]


def test_the_phone_sits_and_writes_like_any_device_but_only_with_its_own_token(app, session, phone):
    seat = f"/sessions/{session.id}/seat"
    mine = {"Origin": BASE_URL, "X-CSRF": phone.csrf}
    assert ask(app, seat, phone, method="POST", headers=mine).status_code == 200
    assert ask(app, seat, phone, method="POST", headers={"Origin": BASE_URL}).status_code == 403
    assert ask(app, seat, phone, method="POST", headers=mine | {"Origin": "https://evil.example"}).status_code == 403


def test_the_phone_is_out_when_its_time_is_over(app, session, phone, clock):
    clock.set(hand_over.until(session) - timedelta(minutes=1))
    assert ask(app, f"/sessions/{session.id}/beside", phone).status_code == 200
    clock.move(timedelta(hours=1, minutes=1))
    assert ask(app, f"/sessions/{session.id}/beside", phone).status_code == 302
