"""What an administrator is told of each provider, and who is one."""

from dataclasses import replace

import pytest

from companion import config, db
from companion.errors import NotYours
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.services import providers, set_up
from integrations.hooks import Kind, hooks
from tests.conftest import NOON

CREDENTIALS = {"ZOOM_CLIENT_ID": "c", "ZOOM_CLIENT_SECRET": "s"}


@pytest.fixture
def with_settings(app):
    def use(**env):
        config.use(replace(config.current(), provider_env=env))

    yield use
    use()


def test_only_whom_the_settings_name_runs_it(ruth, mateo):
    assert set_up.is_admin(ruth) and not set_up.is_admin(mateo)


def test_every_provider_with_accounts_has_its_place_and_no_other(app):
    wanted = {name for name, each in providers.all_offers().items() if each.provider.oauth}
    assert {each.name for each in set_up.places()} == wanted
    for name in ("jitsi", "pasted", "nobody"):
        with pytest.raises(NotYours):
            set_up.place(name)


def test_without_credentials_nobody_is_offered_it(with_settings):
    assert not any(each.is_offered or each.is_begun or each.hears for each in set_up.places())
    with_settings(ZOOM_CLIENT_ID="c")
    zoom = set_up.place("zoom")
    assert zoom.is_begun and not zoom.is_offered
    assert set_up.unset(zoom.credentials) == "ZOOM_CLIENT_SECRET"


def test_settings_are_known_to_be_there_and_never_read_out(with_settings):
    with_settings(**CREDENTIALS, ZOOM_WEBHOOK_SECRET="hush")
    zoom = set_up.place("zoom")
    assert zoom.is_offered and zoom.hears and not set_up.unset(zoom.settings)
    assert "hush" not in repr(zoom)


def test_it_hears_only_with_all_that_its_hook_needs(with_settings):
    with_settings(**CREDENTIALS)
    assert not set_up.place("zoom").hears
    for place in set_up.places():
        assert bool(place.webhook_url) == (place.name in hooks())


def test_scopes_that_it_works_without_are_optional(app):
    optional = {each.name for each in set_up.place("zoom").scopes if each.is_optional}
    assert "meeting:read:past_meeting" in optional
    assert "meeting:write:meeting" not in optional
    assert not any(each.is_optional for each in set_up.place("google_meet").scopes)


def test_it_says_how_many_are_connected_and_what_was_last_heard(ruth):
    with db.transaction() as tx:
        tx.add(Connection(person_id=ruth.id, provider="zoom", account="z", sealed="-", created_at=NOON))
        for key in "ab":
            tx.add(ReceivedEvent(provider="zoom", key=key, kind=Kind.STARTED, at=NOON, received_at=NOON))
    assert (set_up.place("zoom").connected, set_up.place("zoom").heard_at) == (1, NOON)
    assert (set_up.place("google_meet").connected, set_up.place("google_meet").heard_at) == (0, None)
