"""How two people come together: one invites, the other accepts, one of them finds a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.post import links_in


@dataclass(frozen=True)
class Both:
    """A mentor and a mentee, each in a window of their own, and the address of the session they both have open."""

    ruth: Page
    mateo: Page
    session: str


def invite(ruth: Page, address: str) -> None:
    ruth.goto("/invitations/new")
    ruth.get_by_label("My mentee").check()
    ruth.get_by_label("E-mail address").fill(address)
    ruth.get_by_label("What for").fill("Your first year as a lead")
    ruth.get_by_role("button", name="Send the invitation").click()


def accept(ana: Page, name: str, letter: EmailMessage) -> None:
    ana.goto(links_in(letter, "/invitations/")[0])
    expect(ana.get_by_text("“Your first year as a lead”")).to_be_visible()
    ana.get_by_role("button", name="Accept").click()
    ana.get_by_label("Your name").fill(f"{name} Sanhueza")
    ana.get_by_role("button", name="That’s right").click()
    ana.wait_for_url(lambda url: "/welcome" not in url)


def plan(page: Page) -> str:
    """On the page that asks for a time: in a few minutes, in Nairobi. Gives the session's address."""
    at = (datetime.now(UTC) + timedelta(minutes=8)).astimezone(ZoneInfo("Africa/Nairobi"))  # noqa: TID251 - a real clock
    page.get_by_label("Day").fill(f"{at:%Y-%m-%d}")
    page.get_by_label("Time").fill(f"{at:%H:%M}")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url("**/sessions/*")
    return page.url
