from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from companion import config, db
from companion.errors import NotYours, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.services import connect, link_account, meet, providers, sealed, set_up
from companion.services.authorised import NotConnected, authorised, expect, find
from companion.services.connect import Connectable, ProviderFailed
from integrations.errors import Unavailable
from tests.simulators.server import Fault

pytestmark = pytest.mark.both_databases

RUTH, OTHER = "ruth@zoom.example", "ruth.w@work.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


def google_answer(google, *, sub="123", **more):
    return {**google.granted("ruth@google.example"), "userinfo": {"sub": sub, "email": "ruth@google.example"}, **more}


def row(connection):
    with db.reading() as tx:
        return tx.get(Connection, connection.id)


def ask_zoom(person, zoom, path="/v2/users/me"):
    with authorised(person.id, providers.offer("zoom")) as http:
        return http.get(f"{zoom.url}{path}", timeout=5).json()


def test_a_connection_knows_the_account_and_speaks_in_its_name(at_zoom, ruth, zoom):
    assert (at_zoom.account, at_zoom.label) == (zoom.users[RUTH].id, RUTH)
    assert ask_zoom(ruth, zoom)["email"] == RUTH


def test_google_is_known_by_its_lasting_id_not_by_an_address(ruth, google):
    made = connect.remember(ruth.id, "google_meet", google_answer(google))
    assert (made.account, made.label) == ("123", "ruth@google.example")


def test_without_a_connection_consent_comes_first(ruth, mateo, at_zoom):
    expect(ruth.id, providers.offer("zoom"))
    for person, name in ((mateo, "zoom"), (ruth, "google_meet")):
        with pytest.raises(NotConnected):
            expect(person.id, providers.offer(name))


def test_connecting_again_keeps_one_row_with_the_new_tokens(at_zoom, ruth, zoom):
    again = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert (again.id, again.version) == (at_zoom.id, at_zoom.version + 1)
    assert ask_zoom(ruth, zoom)["email"] == RUTH


def test_another_account_takes_the_place_of_the_first(at_zoom, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(OTHER))
    assert [each.connection.label for each in connect.connectable(ruth.id) if each.connection] == [OTHER]
    assert ask_zoom(ruth, zoom)["email"] == OTHER


def test_the_account_that_was_replaced_is_given_up_there_after_the_commit(at_zoom, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(OTHER))
    assert [grant.user.email for grant in zoom.grants.values()] == [OTHER]


def test_where_it_can_not_be_given_up_the_new_one_counts_all_the_same(at_zoom, ruth, zoom):
    zoom.wrong(Fault("POST /oauth/revoke", "instead", times=3, status=503))
    connect.remember(ruth.id, "zoom", zoom.granted(OTHER))
    assert ask_zoom(ruth, zoom)["email"] == OTHER


def test_nothing_is_given_up_where_the_same_account_comes_again(at_zoom, ruth, mateo, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    connect.remember(mateo.id, "zoom", zoom.granted(RUTH))
    assert not zoom.calls["POST /oauth/revoke"]


def test_providers_come_in_one_order_everywhere(linh, google, zoom, microsoft):
    config.use(replace(config.current(), provider_env={**microsoft.settings(), **google.settings(), **zoom.settings()}))
    order = ["zoom", "google_meet", "teams"]
    assert [each.name for each in connect.connectable(linh.id)] == order
    assert [each.name for each in meet.choices(linh.id)] == [*order, "jitsi", "pasted"]
    assert [each.name for each in set_up.places()] == order
    assert [each.provider for each in link_account.ways()] == ["zoom", "google_meet"]


def test_an_account_belongs_to_whoever_proved_it_last(at_zoom, ruth, mateo, zoom):
    connect.remember(mateo.id, "zoom", zoom.granted(RUTH))
    assert find(ruth.id, "zoom") is None
    assert ask_zoom(mateo, zoom)["email"] == RUTH


def test_a_grant_without_its_scopes_is_not_kept(ruth, zoom, google):
    zoom.scopes = frozenset({"user:read:user"})
    with pytest.raises(ProviderFailed, match=r"Zoom didn’t let Alongside make Zoom links\. .*every box"):
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    partial = google_answer(google, scope="openid")
    with pytest.raises(ProviderFailed, match=r"Google didn’t let Alongside make Google Meet links\. .*every box"):
        connect.remember(ruth.id, "google_meet", partial)
    assert [each.connection for each in connect.connectable(ruth.id)] == [None, None]


def test_a_refresh_token_is_never_overwritten_with_nothing(ruth, google):
    first = connect.remember(ruth.id, "google_meet", google_answer(google))
    again = connect.remember(ruth.id, "google_meet", google_answer(google, refresh_token=None))
    before, kept = sealed.unseal(first), sealed.unseal(again)
    assert before is not None
    assert kept is not None
    assert kept.access != before.access
    assert kept.refresh == before.refresh


def test_a_grant_for_an_hour_only_is_not_kept(ruth, google):
    with pytest.raises(ProviderFailed, match="for an hour only"):
        connect.remember(ruth.id, "google_meet", google_answer(google, refresh_token=None))


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"code": 429, "message": "slow down"}])
def test_an_answer_without_a_token_is_not_kept(ruth, answer):
    with pytest.raises(ProviderFailed):
        connect.remember(ruth.id, "zoom", answer)


def test_a_provider_that_will_not_say_whose_it_is_changes_nothing(ruth, zoom):
    zoom.wrong(Fault("GET /v2/users/me", "instead", times=2, status=503))
    with pytest.raises(ProviderFailed):
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert find(ruth.id, "zoom") is None


def test_disconnecting_forgets_here_and_there(at_zoom, ruth, zoom):
    assert connect.forget(at_zoom.id, by=ruth.id) == ""
    assert row(at_zoom) is None
    assert not zoom.grants


def test_disconnecting_forgets_here_even_when_nobody_answers(at_zoom, ruth, zoom):
    zoom.wrong(Fault("POST /oauth/revoke", "reset"))
    assert "marketplace.zoom.us" in connect.forget(at_zoom.id, by=ruth.id)
    assert row(at_zoom) is None


def test_nobody_disconnects_another_person(at_zoom, mateo):
    with pytest.raises(NotYours):
        connect.forget(at_zoom.id, by=mateo.id)
    with pytest.raises(NotYours):
        connect.forget(at_zoom.id + 1, by=mateo.id)


def test_tokens_rest_encrypted(at_zoom, zoom):
    stored = row(at_zoom).sealed
    [grant] = zoom.grants.values()
    assert grant.access not in stored
    assert grant.refresh not in stored
    assert grant.access not in repr(sealed.unseal(row(at_zoom)))


def test_cipher_text_opens_in_its_own_row_only(at_zoom, mateo, zoom):
    theirs = connect.remember(mateo.id, "zoom", zoom.granted(OTHER))
    with db.transaction() as tx:
        tx.get_one(Connection, theirs.id).sealed = at_zoom.sealed
    with pytest.raises(Unavailable):
        ask_zoom(mateo, zoom)


def test_old_keys_still_open_and_the_newest_seals(at_zoom, ruth, zoom, settings):
    newest = Fernet.generate_key().decode()
    config.use(replace(settings, token_keys=(newest, *settings.token_keys)))
    assert ask_zoom(ruth, zoom)["email"] == RUTH
    again = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert Fernet(newest).decrypt(again.sealed)


def test_where_a_key_is_lost_for_good_people_connect_again(at_zoom, ruth, zoom, settings):
    config.use(replace(settings, token_keys=(Fernet.generate_key().decode(),)))
    assert [each.is_locked for each in connect.connectable(ruth.id)] == [True, False]
    again = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert again.id == at_zoom.id
    assert not any(each.is_locked for each in connect.connectable(ruth.id))
    assert ask_zoom(ruth, zoom)["email"] == RUTH


def test_a_connection_whose_key_is_lost_can_be_taken_away_too(at_zoom, ruth, settings):
    config.use(replace(settings, token_keys=(Fernet.generate_key().decode(),)))
    assert "marketplace.zoom.us" in connect.forget(at_zoom.id, by=ruth.id)
    assert row(at_zoom) is None


def test_a_connection_knows_when_its_person_last_consented(at_zoom, ruth, zoom, clock):
    began = clock.now
    clock.move(timedelta(minutes=50))
    assert row(at_zoom).granted_at == began
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    consented = clock.now
    clock.move(timedelta(hours=1))
    ask_zoom(ruth, zoom)  # renewed, which asks nobody
    assert (row(at_zoom).created_at, row(at_zoom).granted_at) == (began, consented)


def test_no_network_inside_a_transaction(at_zoom, ruth, zoom):
    with pytest.raises(AssertionError, match="nothing may wait"), db.transaction():
        ask_zoom(ruth, zoom)


def test_settings_show_what_can_be_connected(at_zoom, ruth):
    with db.transaction() as tx:
        tx.get_one(Connection, at_zoom.id).state = ConnectionState.RECONNECT
    shown = [(each.label, each.is_connected) for each in connect.connectable(ruth.id)]
    assert shown == [("Zoom", False), ("Google Meet", False)]


def test_an_account_that_somebody_else_signs_in_with_can_not_be_connected(ruth, mateo, zoom):
    link_account.link(mateo.id, "zoom", zoom.granted(RUTH))
    with pytest.raises(TooLate, match="Somebody else signs in here"):
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert find(ruth.id, "zoom") is None


def test_each_scope_is_said_once_with_its_reason_whatever_its_spelling(at_zoom, ruth, google):
    connect.remember(ruth.id, "google_meet", google_answer(google))
    said = {each.name: each for each in connect.connectable(ruth.id)}
    assert list(said["google_meet"].reasons)[:2] == ["to know whose account this is", "to show you which account it is"]
    assert said["google_meet"].unused == said["zoom"].unused == []
    assert list(said["zoom"].reasons) == list(dict.fromkeys(said["zoom"].oauth.scopes.values()))
    spelt = Connection(scopes="https://graph.microsoft.com/user.read openid", state=ConnectionState.OK)
    teams = Connectable("teams", "Teams", providers.grant("teams"), spelt)
    assert teams.reasons == {"to know whose account this is": ["https://graph.microsoft.com/user.read"]}
    assert teams.unused == ["openid"]


def test_an_answer_without_scopes_means_what_was_asked_for(ruth, google):
    connect.remember(ruth.id, "google_meet", google_answer(google, scope=""))
    [held] = [each for each in connect.connectable(ruth.id) if each.connection]
    assert len(held.reasons) == 3
