"""This installation's app at Zoom and add-on at Google, as the files that describe them there."""

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from companion import config
from companion.errors import Invalid, NotYours
from companion.services import in_zoom, set_up

Manifest = dict[str, Any]

NAME = "Alongside"
IN_SHORT = "The agenda of your mentoring session, beside the call. Makes its Zoom link, and knows when it ended."
# https://developers.zoom.us/docs/api/meetings/events/
ZOOM_EVENTS = (
    "meeting.started",
    "meeting.ended",
    "meeting.participant_joined",
    "meeting.participant_left",
    "meeting.updated",
    "meeting.deleted",
)


def names() -> list[str]:
    """The providers that know such a file."""
    return sorted(MAKERS)


def of(provider: str) -> Manifest:
    """The file's content. Raises NotYours, and Invalid where the provider would not take it."""
    if provider not in MAKERS:
        raise NotYours
    return MAKERS[provider]()


def zoom() -> Manifest:
    """A General app, managed by each user. https://developers.zoom.us/docs/build-flow/manifests/schema/

    The outer fields are those of Zoom's own examples (github.com/zoom/skills, July 2026); its page uploads `manifest`.
    """
    place, panel, host = set_up.place("zoom"), set_up.panel_url("zoom"), _host()
    return {
        "app_type": "general",
        "app_name": NAME,
        "contact_name": NAME,
        "contact_email": parseaddr(config.current().mail_from)[1],
        "company_name": host,
        "manifest": {
            "display_information": {"display_name": NAME, "description": IN_SHORT},
            "oauth_information": {
                "usage": "USER_OPERATION",
                "development_redirect_uri": place.redirect_uri,
                "production_redirect_uri": place.redirect_uri,
                # Consent inside the client is answered to the panel's own address.
                "oauth_allow_list": [place.redirect_uri, panel],
                "strict_mode": True,
                "subdomain_strict_mode": True,
                "scopes": [{"scope": each.name, "optional": each.is_optional} for each in place.scopes],
                "scope_description": _reasons(place),
                "enable_private_pkce_client": False,
                "enable_public_pkce_client": False,
            },
            "features": {
                "products": ["ZOOM_MEETING"],
                "development_home_uri": panel,
                "production_home_uri": panel,
                "domain_allow_list": [{"domain": host, "explanation": "Alongside itself. Nothing else is loaded."}],
                "in_client_feature": _in_client(),
                "event_subscription": {"enable": True, "events": [_subscription(place.webhook_url)]},
            },
        },
    }


def google_meet() -> Manifest:
    """An HTTP deployment for the side panel. https://developers.google.com/workspace/meet/add-ons/guides/deploy-add-on"""
    base_url = config.current().base_url
    if not config.current().https:
        raise Invalid("base_url", f"Google takes add-ons at https addresses only, and BASE_URL is {base_url}.")
    logo = f"{base_url}/static/icons/alongside.svg"
    return {
        "addOns": {
            "common": {"name": NAME, "logoUrl": logo},
            "meet": {
                "web": {
                    "sidePanelUrl": f"{base_url}/meet",
                    "supportsScreenSharing": False,
                    "addOnOrigins": [base_url],
                    "logoUrl": logo,
                    "darkModeLogoUrl": logo,
                }
            },
        }
    }


MAKERS: dict[str, Callable[[], Manifest]] = {"zoom": zoom, "google_meet": google_meet}


def _in_client() -> Manifest:
    """Guests may open the panel: it tells them how to come in."""
    return {
        "zoom_app_api": {"enable": True, "zoom_app_apis": list(in_zoom.CAPABILITIES)},
        "guest_mode": {"enable": True, "enable_test_guest_mode": False},
        "in_client_oauth": {"enable": True},
        "collaborate_mode": {"enable": False, "enable_screen_sharing": False, "enable_play_together": False},
    }


def _subscription(url: str) -> Manifest:
    return {
        "subscription_id": "alongside-calls",
        "subscription_name": "Calls of sessions",
        "event_usage": "EVENT_FOR_USER",
        "event_types": list(ZOOM_EVENTS),
        "development_webhook_url": url,
        "production_webhook_url": url,
        "development_event_custom_header": None,
        "production_event_custom_header": None,
    }


def _reasons(place: set_up.Place) -> str:
    return " ".join(f"{each.name}: {each.why}." for each in place.scopes)


def _host() -> str:
    return urlsplit(config.current().base_url).netloc
