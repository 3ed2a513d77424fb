"""The files that describe this installation's app to Zoom and its add-on to Google."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from companion import config
from companion.errors import Invalid, NotYours
from companion.services import consent_in_zoom, manifests, providers, set_up
from tests.conftest import BASE_URL

PUBLIC = "https://mentoring.example.org"

# Names of a General app's manifest: https://developers.zoom.us/docs/build-flow/manifests/schema/ and Zoom's own
# examples at github.com/zoom/skills (July 2026).
OUTER = {"app_type", "app_name", "contact_name", "contact_email", "company_name", "manifest"}
INNER = {"display_information", "oauth_information", "features"}
OAUTH = {
    "usage", "development_redirect_uri", "production_redirect_uri", "oauth_allow_list", "strict_mode",
    "subdomain_strict_mode", "scopes", "scope_description", "enable_private_pkce_client", "enable_public_pkce_client",
}  # fmt: skip
SUBSCRIPTION = {
    "subscription_id", "subscription_name", "event_usage", "event_types", "development_webhook_url",
    "production_webhook_url", "development_event_custom_header", "production_event_custom_header",
}  # fmt: skip


@pytest.fixture
def zoom_app(app):
    return manifests.of("zoom")


def test_zoom_s_manifest_has_the_names_that_zoom_knows(zoom_app):
    assert set(zoom_app) == OUTER
    inner = zoom_app["manifest"]
    assert set(inner) == INNER
    assert set(inner["oauth_information"]) == OAUTH
    (subscription,) = inner["features"]["event_subscription"]["events"]
    assert set(subscription) == SUBSCRIPTION
    assert subscription["event_usage"] == "EVENT_FOR_USER"


def test_zoom_s_manifest_asks_for_what_we_use_and_nothing_else(zoom_app):
    asked = zoom_app["manifest"]["oauth_information"]
    oauth = providers.all_offers()["zoom"].provider.oauth
    assert oauth is not None
    assert {each["scope"] for each in asked["scopes"]} == set(oauth.scopes)
    assert oauth.needs <= {each["scope"] for each in asked["scopes"] if not each["optional"]}
    assert not any(each["scope"].endswith(":admin") for each in asked["scopes"])
    assert asked["usage"] == "USER_OPERATION"


def test_zoom_s_manifest_leads_back_to_us(zoom_app):
    asked = zoom_app["manifest"]["oauth_information"]
    assert asked["development_redirect_uri"] == set_up.redirect_uri("zoom")
    assert tuple(asked["oauth_allow_list"]) == tuple(reversed(consent_in_zoom.redirects()))
    assert zoom_app["manifest"]["features"]["domain_allow_list"][0]["domain"] == urlsplit(BASE_URL).netloc


def test_zoom_s_manifest_opens_our_panel_with_all_that_it_asks_of_the_client(zoom_app, as_ruth):
    features = zoom_app["manifest"]["features"]
    assert features["production_home_uri"] == features["development_home_uri"] == f"{BASE_URL}/zoom"
    inside = features["in_client_feature"]
    assert inside["in_client_oauth"]["enable"] and inside["guest_mode"]["enable"]
    named = " ".join(inside["zoom_app_api"]["zoom_app_apis"])
    assert f'data-capabilities="{named}"' in as_ruth.get("/zoom").text


@pytest.fixture
def in_public(app):
    config.use(replace(config.current(), base_url=PUBLIC))


def test_google_s_manifest_stays_within_our_origin(in_public):
    web = manifests.of("google_meet")["addOns"]["meet"]["web"]
    assert set(web) == {"sidePanelUrl", "supportsScreenSharing", "addOnOrigins", "logoUrl", "darkModeLogoUrl"}
    assert web["addOnOrigins"] == [PUBLIC]
    assert web["sidePanelUrl"].startswith(f"{PUBLIC}/")


def test_google_takes_no_add_on_without_https_so_none_is_made(app):
    with pytest.raises(Invalid, match="https addresses only"):
        manifests.of("google_meet")


def test_no_manifest_holds_a_secret_or_is_made_for_anybody_else(in_public):
    for name in manifests.names():
        assert "secret" not in str(manifests.of(name)).lower()
    with pytest.raises(NotYours):
        manifests.of("jitsi")
