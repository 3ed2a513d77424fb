"""“Tell me five minutes before”: asked for by a button, told once on each device, and taken back as easily."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.agenda import says
from tests.journeys.installed import install
from tests.journeys.pair import plan
from tests.waiting import until

pytestmark = pytest.mark.windows

TOLD = """
async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, data }) => [title, body, data]);
}
"""


@pytest.fixture(scope="module")
def workers() -> Literal["allow", "block"]:
    return "allow"


def told(page: Page) -> list[list[str]]:
    return list(page.evaluate(TOLD))


def at_a_session(page: Page) -> str:
    """Planned for a few minutes from now; gives its address."""
    page.goto("/mentorships/1/plan")
    session = plan(page)
    page.clock.install(time=datetime.now(UTC))  # noqa: TID251 - the browser's clock, to be wound on
    page.goto(session)
    says(page, "Saved")
    install(page)
    return session


def test_a_session_is_told_of_once_five_minutes_before_and_not_without_being_asked(window: Callable[..., Page]) -> None:
    page = window("ruth", permissions=["notifications"])
    session = at_a_session(page)
    page.get_by_role("button", name="Tell me five minutes before").click()
    expect(page.get_by_text("You’ll be told five minutes before")).to_be_visible()
    assert told(page) == []
    page.clock.fast_forward(timedelta(minutes=4).seconds * 1000)
    until(lambda: len(told(page)) == 1, seconds=10)
    title, body, leads_to = told(page)[0]
    assert "with Mateo" in title and "Starts in" in body and session.endswith(leads_to.removesuffix("/beside"))
    page.evaluate(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications()).forEach((each) => each.close())"
    )
    page.clock.fast_forward(60_000)
    page.reload()
    page.get_by_role("button", name="Don’t tell me").click()
    expect(page.get_by_role("button", name="Tell me five minutes before")).to_be_visible()
    assert told(page) == [] and page.evaluate("Object.keys(localStorage)") == []


def test_a_browser_that_holds_notifications_back_is_told_of_in_one_sentence(window: Callable[..., Page]) -> None:
    page = window("ruth")
    at_a_session(page)
    page.get_by_role("button", name="Tell me five minutes before").click()
    expect(page.get_by_text("Your browser holds notifications from Alongside back")).to_be_visible()
    page.get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("button", name="Tell me five minutes before")).to_be_visible()
