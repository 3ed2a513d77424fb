"""Who is in the call now: by account, by address, by name where it fits only one of the two; else somebody."""

from datetime import timedelta

import pytest

from companion import db
from companion.model.connections import Connection
from companion.model.people import LinkedAccount
from companion.model.sessions import Meeting, MeetingState
from companion.services import follow_call, schedule
from companion.services.in_call import InCall, in_call
from integrations.meetings import CallRun, Guest
from tests.conftest import person

pytestmark = pytest.mark.both_databases

NUMBER = "86543210987"


@pytest.fixture
def seen(session, ruth, clock):
    """Who is seen in the call, once these guests are in it; at ten past five."""
    with db.transaction() as tx:
        row = Meeting(
            session_id=session.id, provider="zoom", reference=NUMBER, state=MeetingState.MADE, made_by=ruth.id,
            marker="m", created_at=clock.now,
        )  # fmt: skip
        tx.add(row)
        tx.add(Connection(person_id=ruth.id, provider="zoom", account="r1", sealed="-", created_at=clock.now))
    clock.set(session.starts_at + timedelta(minutes=10))

    def look(*guests, ended=False):
        end = clock.now if ended else None
        follow_call.keep("zoom", NUMBER, [CallRun("a", session.starts_at, end, guests)])
        found = in_call(schedule.find(session.id, ruth.id))
        return [each.first_name for each in found.people], found.others

    return look


def guest(name="", account="", email="", key="", left=None, joined=None):
    return Guest(key or name or account or email, account, name, email, joined, left)


def test_nobody_is_in_a_call_that_nobody_told_of(session):
    assert in_call(session) == InCall()
    assert not in_call(session)


def test_an_account_tells_who_it_is_whatever_they_call_themselves(seen):
    assert seen(guest("The boss", account="r1")) == (["Ruth"], 0)


@pytest.mark.parametrize("name", ["Mateo", "mateo fuentes", "mateo f.", "Mateo F"])
def test_a_name_as_people_shorten_it_tells_too(seen, name):
    assert seen(guest(name)) == (["Mateo"], 0)


@pytest.mark.parametrize("name", ["Mateo G.", "Mateo Fu", "F. Mateo", "Mat"])
def test_another_name_is_somebody(seen, name):
    assert seen(guest(name)) == ([], 1)


def test_an_account_linked_for_signing_in_tells_too(seen, mateo, clock):
    with db.transaction() as tx:
        tx.add(LinkedAccount(person_id=mateo.id, provider="zoom", account="m1", created_at=clock.now))
    assert seen(guest("Somebody", account="m1")) == (["Mateo"], 0)


def test_an_address_tells_who_it_is(seen):
    assert seen(guest("MF", email="Mateo@Example.org")) == (["Mateo"], 0)


@pytest.mark.parametrize("name", ["Mateo", "mateo fuentes", "MATEO"])
def test_a_name_that_fits_one_of_them_tells(seen, name):
    assert seen(guest(name)) == (["Mateo"], 0)


def test_anybody_else_is_somebody(seen):
    assert seen(guest("Mateo's iPad")) == ([], 1)


def test_a_name_that_both_have_tells_nothing(seen, mateo):
    with db.transaction() as tx:
        tx.merge(mateo).name = "Ruth Fuentes"
    assert seen(guest("Ruth")) == ([], 1)


def test_two_devices_are_one_person(seen):
    assert seen(guest("Ruth", key="1"), guest("Ruth", account="r1", key="2")) == (["Ruth"], 0)
    assert seen(guest("A phone", key="3"), guest("A phone", key="4"))[1] == 1


def test_both_are_seen_in_the_order_of_their_roles(seen):
    assert seen(guest("Mateo"), guest("Ruth")) == (["Ruth", "Mateo"], 0)


def test_whoever_left_is_not_in_it(seen, clock):
    early = clock.now - timedelta(minutes=3)
    assert seen(guest("Ruth"), guest("Mateo", left=early, joined=early - timedelta(minutes=1))) == (["Ruth"], 0)


def test_nobody_is_in_a_call_that_ended(seen):
    assert seen(guest("Ruth"), guest("Mateo"), ended=True) == ([], 0)


def test_strangers_accounts_are_strangers(seen, clock):
    other = person("bea@example.org", "Bea", "UTC")
    with db.transaction() as tx:
        tx.add(Connection(person_id=other.id, provider="zoom", account="b1", sealed="-", created_at=clock.now))
    assert seen(guest("Bea", account="b1")) == ([], 1)
