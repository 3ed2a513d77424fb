"""The call itself, as Zoom tells of it by webhooks: both see who is in it, and its end brings both to the wrap-up."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Clock
from tests.journeys.pair import Both
from tests.server import Server
from tests.simulators.zoom import Zoom

RUTH = "ruth@zoom.example"
PANEL, WRAP_UP = re.compile("/beside$"), re.compile("/wrap-up$")


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clock]:
    """The clock of the product and of Zoom: now, and then as far on as a test says."""
    hands = Clock(tmp_path_factory.mktemp("clock") / "clock")
    hands.set(datetime.now(UTC))  # noqa: TID251 - browsers live by the real one
    os.environ["TEST_CLOCK"] = str(hands.file)
    yield hands
    del os.environ["TEST_CLOCK"]


@pytest.fixture(scope="module")
def zoom(hands: Clock) -> Iterator[Zoom]:
    """In this process, so that a test can do what people do at Zoom itself."""
    with Zoom() as running:
        yield running


@pytest.fixture(scope="module")
def providers(zoom: Zoom, hands: Clock) -> dict[str, str]:
    return {**zoom.settings(), "TEST_CLOCK": str(hands.file)}


@pytest.fixture
def number(both: Both, zoom: Zoom, server: Server) -> str:
    """The meeting that Ruth made for both. They sit at the agenda; Zoom tells us what happens to it."""
    zoom.deliver_at_once(f"{server.url}/hooks/zoom")
    both.ruth.get_by_role("button", name="Create Zoom link").click()
    allow = both.ruth.get_by_role("button", name="Allow")
    allow.click()
    for page in (both.ruth, both.mateo):
        expect(page.get_by_text("Your Zoom room is ready")).to_be_visible()
    link = both.mateo.get_by_role("link", name="Join on Zoom").get_attribute("href") or ""
    found = re.search(r"/j/(\d+)", link)
    assert found is not None
    return found[1]


def says(page: Page, words: str) -> None:
    """In the call card, or in the companion."""
    expect(page.locator(".in-call")).to_have_text(words)


def test_both_see_who_is_in_the_call_and_its_end_brings_both_to_the_wrap_up(
    both: Both, number: str, zoom: Zoom, hands: Clock
) -> None:
    ruth, mateo = both.ruth, both.mateo
    hands.move(timedelta(minutes=9))
    zoom.join(number, "Mateo Fuentes")
    says(ruth, "Mateo is in the call")
    says(mateo, "You are in the call, Ruth isn’t yet")
    [host] = zoom.users.values()
    zoom.join(number, "Whatever she calls herself", host.id)
    for page in (ruth, mateo):
        says(page, "You are both in the call")
    ruth.goto(f"{both.session}/beside")
    says(ruth, "You are both in the call")
    zoom.leave(number, "Mateo Fuentes")
    says(ruth, "Only you are in the call now")
    hands.move(timedelta(minutes=6))
    zoom.end(number)
    for page in (ruth, mateo):
        expect(page).to_have_url(WRAP_UP)
    zoom.join(number, "Mateo Fuentes")
    for page in (ruth, mateo):
        expect(page).to_have_url(PANEL)
