"""The administrator's pages: what they say to copy, what the buttons ask, and what they never show."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from companion import db
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.services import set_up
from integrations.hooks import Kind
from tests.conftest import NOON

WITH_ACCOUNTS = ("google_meet", "teams", "zoom")
SECRET = "hush-hush-hush"


@pytest.fixture
def settings(settings, zoom, google):
    env = {**zoom.settings(), **google.settings(), "ZOOM_WEBHOOK_SECRET": SECRET}
    return replace(settings, provider_env=env)


@pytest.mark.parametrize("name", WITH_ACCOUNTS)
def test_each_provider_s_page_has_all_that_is_to_be_copied(as_ruth, name):
    page, place = unescape(as_ruth.get(f"/setup/{name}").text), set_up.place(name)
    assert f'data-copy="{place.redirect_uri}"' in page
    for scope in place.scopes:
        assert f'data-copy="{scope.name}"' in page
        assert scope.why[1:] in page
    for setting in place.settings:
        assert f"{setting.name}=…" in page
    if place.webhook_url:
        assert f'data-copy="{place.webhook_url}"' in page


@pytest.mark.parametrize("name", ["google_meet", "zoom"])
def test_the_address_to_register_is_the_one_that_consent_names(as_ruth, name):
    consent = as_ruth.submit(f"/connections/{name}").location
    assert parse_qs(urlsplit(consent).query)["redirect_uri"] == [set_up.redirect_uri(name)]


def test_a_provider_is_offered_or_not_as_its_settings_say(as_ruth):
    index = as_ruth.get("/setup").text
    assert "Look after Zoom" in index and "Set up Microsoft Teams" in index
    assert "Nobody is offered it without TEAMS_CLIENT_ID and TEAMS_CLIENT_SECRET." in " ".join(
        as_ruth.get("/setup/teams").text.split()
    )


def test_what_has_no_credentials_is_offered_to_nobody(as_ruth, session):
    page = as_ruth.get(f"/sessions/{session.id}").text
    assert "Zoom" in page and "Microsoft Teams" not in page
    assert as_ruth.submit("/connections/teams").status_code == 422


def test_the_test_says_what_the_provider_said(as_ruth, zoom):
    page = as_ruth.submit("/setup/zoom/test").text
    assert "Zoom seems to know them" in page
    assert zoom.calls["POST /oauth/token"] == 1


def test_everything_is_looked_at_on_one_page(as_ruth):
    page = as_ruth.submit("/setup/check").text
    for about in ("Database:", "Letters:", "Zoom credentials:", "Google Meet credentials:", "Microsoft Teams:"):
        assert about in page


def test_looking_asks_nobody(as_ruth, zoom, google):
    for address in ("/setup", *(f"/setup/{name}" for name in WITH_ACCOUNTS)):
        assert as_ruth.get(address).status_code == 200
    assert not zoom.calls and not google.calls


def test_no_secret_is_on_any_of_these_pages(as_ruth, zoom, google):
    secrets = {SECRET, zoom.settings()["ZOOM_CLIENT_SECRET"], google.settings()["GOOGLE_MEET_CLIENT_SECRET"]}
    pages = [as_ruth.get(f"/setup/{name}").text for name in WITH_ACCOUNTS]
    pages += [as_ruth.submit("/setup/check").text, as_ruth.get("/setup/zoom/manifest.json").text]
    assert not [each for each in secrets for page in pages if each in page]


def test_the_manifest_is_a_file(as_ruth):
    answer = as_ruth.get("/setup/zoom/manifest.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="alongside-zoom.json"'
    assert answer.get_json()["manifest"]["oauth_information"]["oauth_allow_list"][0] == set_up.redirect_uri("zoom")
    assert "manifest.json" not in as_ruth.get("/setup/teams").text


@pytest.mark.parametrize("address", ["/setup/jitsi", "/setup/nobody", "/setup/teams/manifest.json"])
def test_what_has_no_page_has_none(as_ruth, address):
    assert as_ruth.get(address).status_code == 404


def test_only_administrators_are_led_there(as_ruth, as_mateo):
    assert 'href="/setup"' in as_ruth.get("/settings").text
    assert "setup" not in as_mateo.get("/settings").text


def test_how_many_are_connected_is_said_but_not_who(as_ruth, mateo):
    with db.transaction() as tx:
        tx.add(
            Connection(
                person_id=mateo.id, provider="zoom", account="z", label="m@zoom.example", sealed="-", created_at=NOON
            )
        )
    page = as_ruth.get("/setup").text + as_ruth.get("/setup/zoom").text
    assert "One account connected." in page and "m@zoom.example" not in page


def test_an_address_kept_from_after_a_test_leads_to_its_page(as_ruth):
    assert as_ruth.get("/setup/check").location == "/setup"
    assert as_ruth.get("/setup/zoom/test").location == "/setup/zoom"
    assert as_ruth.get("/setup/nobody/test").status_code == 404


def test_what_is_well_is_folded_behind_what_matters(as_ruth):
    page = as_ruth.submit("/setup/check").text
    matters, well = page.split("<summary>", 1)
    assert " are well</summary>" in well
    assert 'data-tone="honey"' in matters and 'data-tone="leaf"' not in matters.split('class="findings"')[1]
    assert 'data-tone="honey"' not in well.split("</details>")[0]


def test_the_add_on_s_file_is_offered_at_https_only(as_ruth):
    page = as_ruth.get("/setup/google_meet").text
    assert "at https addresses only" in page and "google_meet/manifest.json" not in page
    assert as_ruth.get("/setup/google_meet/manifest.json").status_code == 422


def test_the_last_event_is_told_inside_a_sentence(as_ruth, clock):
    with db.transaction() as tx:
        tx.add(ReceivedEvent(provider="zoom", key="a", kind=Kind.STARTED, at=NOON, received_at=NOON))
    clock.move(timedelta(minutes=3))
    assert "Last event three minutes ago." in as_ruth.get("/setup").text
