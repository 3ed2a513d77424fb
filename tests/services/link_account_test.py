"""An account opens the door of one person: whoever linked it from inside."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.errors import Invalid, NotYours, TooLate
from companion.model.people import LinkedAccount
from companion.services import connect, link_account
from companion.services.link_account import NotLinked
from companion.services.proof import ProviderFailed
from tests.conftest import NOON

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


def by_google(google, sub="123", email="ruth@google.example"):
    answer = google.granted(email, ("openid", "email"))
    return {**answer, "userinfo": {"sub": sub, "email": email}}


def linked_rows():
    with db.reading() as tx:
        return [(row.person_id, row.provider, row.account, row.label) for row in tx.query(LinkedAccount)]


def test_a_linked_account_lets_its_person_in(ruth, zoom, google):
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    link_account.link(ruth.id, "google_meet", by_google(google))
    assert link_account.arrived("zoom", zoom.granted(RUTH)).id == ruth.id
    assert link_account.arrived("google_meet", by_google(google)).id == ruth.id
    assert [row.used_at for row in link_account.of(ruth.id)] == [NOON, NOON]


def test_the_lasting_id_counts_and_not_the_address(ruth, mateo, google):
    link_account.link(ruth.id, "google_meet", by_google(google, "123", "office@work.example"))
    link_account.link(mateo.id, "google_meet", by_google(google, "456", "mateo@google.example"))
    now_his = by_google(google, "456", "office@work.example")
    assert link_account.arrived("google_meet", now_his).id == mateo.id
    assert link_account.arrived("google_meet", by_google(google, "123", "new@work.example")).id == ruth.id


@pytest.mark.parametrize("email", ["ruth@example.org", "RUTH@example.org"])
def test_an_address_that_somebody_here_has_opens_nothing(ruth, google, email):
    with pytest.raises(NotLinked, match="Nobody here is linked to this Google account"):
        link_account.arrived("google_meet", by_google(google, "777", email))
    assert linked_rows() == []


def test_linking_again_keeps_one_row_with_the_newest_label(ruth, google):
    for email in ("ruth@google.example", "ruth.w@google.example"):
        link_account.link(ruth.id, "google_meet", by_google(google, "123", email))
    assert linked_rows() == [(ruth.id, "google_meet", "123", "ruth.w@google.example")]


def test_whoever_gets_a_new_way_in_is_told_by_letter_once_for_each_link(ruth, mateo, zoom, google, clock, outbox):
    for _ in range(2):
        link_account.link(ruth.id, "google_meet", by_google(google))
    made = link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    with pytest.raises(TooLate):
        link_account.link(mateo.id, "zoom", zoom.granted(RUTH))
    assert [(letter.kind, letter.to_email) for letter in outbox()] == [("account_linked", ruth.email)] * 2
    assert outbox()[-1].facts == {"linked_id": made.id}
    link_account.unlink(made.id, by=ruth.id)
    clock.move(timedelta(minutes=1))
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    assert len(outbox()) == 3


def test_an_account_that_opens_somebody_elses_door_can_not_be_taken(ruth, mateo, google):
    link_account.link(ruth.id, "google_meet", by_google(google))
    with pytest.raises(TooLate, match="belongs to somebody else"):
        link_account.link(mateo.id, "google_meet", by_google(google))
    assert link_account.arrived("google_meet", by_google(google)).id == ruth.id


def test_an_account_that_somebody_else_has_connected_can_not_be_linked(ruth, mateo, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    with pytest.raises(TooLate):
        link_account.link(mateo.id, "zoom", zoom.granted(RUTH))
    assert linked_rows() == []


def test_unlinked_it_opens_nothing_and_only_its_person_can_unlink_it(ruth, mateo, google):
    made = link_account.link(ruth.id, "google_meet", by_google(google))
    for who, which in ((mateo, made.id), (ruth, made.id + 1)):
        with pytest.raises(NotYours):
            link_account.unlink(which, by=who.id)
    link_account.unlink(made.id, by=ruth.id)
    with pytest.raises(NotLinked):
        link_account.arrived("google_meet", by_google(google))


def test_an_answer_that_does_not_say_who_links_nobody(ruth, google, zoom):
    for said in ({}, google.granted("ruth@google.example"), {**by_google(google), "userinfo": {"sub": 123}}):
        with pytest.raises(ProviderFailed):
            link_account.link(ruth.id, "google_meet", said)
        with pytest.raises(ProviderFailed):
            link_account.arrived("google_meet", said)
    assert linked_rows() == []


def test_only_providers_with_credentials_that_know_people_are_ways_in(app):
    assert [(way.provider, way.label) for way in link_account.ways()] == [("zoom", "Zoom"), ("google_meet", "Google")]
    for other in ("jitsi", "teams", "nothing"):
        with pytest.raises(Invalid):
            link_account.way(other)
