"""In by Google and by Zoom, and back to a connection that was lost, in real browsers with the content policy on."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Page, StorageState, expect

from tests.journeys.pair import plan
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET

BACK = "http://localhost/back"


def allow(page: Page, account: str, word: str = "Allow") -> None:
    """On the provider's page."""
    page.get_by_label("Signed in as").fill(account)
    page.get_by_role("button", name=word).click()


@pytest.fixture
def cookies() -> dict[str, StorageState]:
    """Everybody signs in anew: signing in is what this is about."""
    return {}


def sign_out(page: Page) -> None:
    page.goto("/settings")
    page.locator("form[data-signs-out] button").first.click()
    page.wait_for_url("**/sign-in*")


def granted_elsewhere(zoom: str, account: str) -> None:
    """The same person lets the same app in once more, somewhere else: the tokens we hold are dead."""
    asked = {"client_id": CLIENT_ID, "redirect_uri": BACK, "response_type": "code"}
    form = {"decision": "allow", "account": account}
    answer = requests.post(f"{zoom}/oauth/authorize", params=asked, data=form, timeout=5, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    said = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert requests.post(f"{zoom}/oauth/token", data=said, auth=(CLIENT_ID, CLIENT_SECRET), timeout=5).ok


def test_an_account_linked_from_inside_opens_the_door_afterwards(window: Callable[..., Page]) -> None:
    ruth, stranger = window("ruth"), window(width=360, height=740)
    ruth.goto("/settings")
    ruth.get_by_role("link", name="Change the ways to sign in").click()
    ruth.get_by_role("button", name="Link Google").click()
    allow(ruth, "ruth@google.example")
    expect(ruth.get_by_text("From now on this account signs you in")).to_be_visible()
    sign_out(ruth)
    ruth.goto("/people")
    ruth.get_by_role("button", name="Continue with Google").click()
    allow(ruth, "ruth@google.example")
    ruth.wait_for_url("**/people")
    expect(ruth.get_by_text("Mateo").first).to_be_visible()

    stranger.goto("/sign-in")
    stranger.get_by_role("button", name="Continue with Google").click()
    allow(stranger, "ruth@example.org")  # her address, and yet not her account
    expect(stranger.get_by_text("Nobody here is linked to this Google account")).to_be_visible()
    expect(stranger.get_by_label("Your e-mail")).to_be_visible()


def test_signing_in_with_zoom_costs_no_connection_and_a_lost_one_is_one_click_away(
    window: Callable[..., Page], providers: dict[str, str]
) -> None:
    ruth, account = window("ruth"), "ruth@zoom.example"
    ruth.goto("/connections")
    ruth.get_by_role("button", name="Connect Zoom").click()
    allow(ruth, account)
    ruth.get_by_role("button", name="Link Zoom").click()
    allow(ruth, account)
    sign_out(ruth)
    ruth.get_by_role("button", name="Continue with Zoom").click()
    allow(ruth, account)
    ruth.wait_for_url("**/")
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    ruth.goto(session)
    ruth.get_by_role("button", name=re.compile("Zoom")).first.click()
    expect(ruth.get_by_text("Your Zoom room is ready")).to_be_visible()  # no consent was asked for again

    granted_elsewhere(providers["ZOOM_OAUTH_URL"], account)
    ruth.goto("/mentorships/1/plan")
    ruth.goto(plan(ruth))
    ruth.get_by_role("button", name=re.compile("Zoom")).first.click()
    allow(ruth, account, "Deny")
    ruth.goto("/")
    ruth.get_by_role("button", name="Connect Zoom again").click()
    allow(ruth, account)
    ruth.wait_for_url("**/")
    expect(ruth.get_by_role("button", name="Connect Zoom again")).to_have_count(0)
