"""A grant given for one thing must not cost the connection that the same account has here for another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.errors import TooLate
from companion.model.connections import Connection, ConnectionState
from companion.services import connect, link_account, providers, sealed
from companion.services.authorised import authorised
from companion.services.link_account import NotLinked
from tests.simulators.server import Fault

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


def row(connection):
    with db.reading() as tx:
        return tx.get_one(Connection, connection.id)


def works(person, zoom):
    with authorised(person.id, providers.offer("zoom")) as http:
        return http.get(f"{zoom.url}/v2/users/me", timeout=5).status_code == 200


def test_signing_in_with_zoom_keeps_the_connection_of_that_account_alive(at_zoom, ruth, zoom, clock):
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)
    link_account.arrived("zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)
    assert row(at_zoom).state is ConnectionState.OK
    assert row(at_zoom).version == at_zoom.version + 2


def test_that_is_a_consent_of_its_own(at_zoom, ruth, zoom, clock):
    clock.move(timedelta(days=1))
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    assert row(at_zoom).granted_at == clock.now


def test_so_does_a_sign_in_that_is_refused(at_zoom, ruth, zoom):
    with pytest.raises(NotLinked):
        link_account.arrived("zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)


def test_so_does_somebody_else_who_tries_to_link_or_to_connect_the_account(at_zoom, ruth, mateo, zoom):
    with pytest.raises(TooLate):
        link_account.link(mateo.id, "zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    with pytest.raises(TooLate, match="Somebody else signs in"):
        connect.remember(mateo.id, "zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)
    assert row(at_zoom).person_id == ruth.id


def test_signing_in_heals_a_connection_that_was_lost(at_zoom, ruth, zoom):
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    with db.transaction() as tx:
        tx.get_one(Connection, at_zoom.id).state = ConnectionState.RECONNECT
    link_account.arrived("zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)


def test_one_hiccup_while_zoom_is_asked_whose_it_is_costs_nobody_a_connection(at_zoom, ruth, zoom):
    zoom.wrong(Fault("GET /v2/users/me", "instead", status=503))
    link_account.link(ruth.id, "zoom", zoom.granted(RUTH))
    assert works(ruth, zoom)


def test_google_s_connection_keeps_its_own_better_tokens(ruth, google):
    claims = {"sub": "123", "email": "ruth@google.example"}
    said = {**google.granted("ruth@google.example"), "userinfo": claims}
    held = connect.remember(ruth.id, "google_meet", said)
    for_sign_in = {**google.granted("ruth@google.example", ("openid", "email")), "userinfo": claims}
    link_account.link(ruth.id, "google_meet", for_sign_in)
    link_account.arrived("google_meet", for_sign_in)
    now = row(held)
    assert (now.version, now.scopes) == (held.version, held.scopes)
    assert sealed.unseal(now) == sealed.unseal(held)
