"""The main job, whole, by two people in two windows: invite, plan, prepare, link, call, capture, end, letters, done."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.pair import accept, invite, plan
from tests.journeys.post import letters, links_in, text_of, wait_for
from tests.simulators.smtp import Sink

pytestmark = pytest.mark.windows

WAYS = {
    "Zoom": "Your Zoom room is ready",
    "Google Meet": "Your Google Meet room is ready",
    "Jitsi": "Your Jitsi room is ready",
    "pasted": "Your call link is ready",
}


NAMES = dict(zip(WAYS, ("Ana", "Bea", "Cleo", "Dana"), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_from_the_invitation_to_the_letters(window: Callable[..., Page], post: Sink, way: str) -> None:
    name = NAMES[way]
    address = f"{name.lower()}@example.org"
    ruth, ana = window("ruth"), window("ana", width=390, height=844)
    invite(ruth, address)
    accept(ana, name, wait_for(post, address, "Ruth"))

    session = find_a_time(ruth, name)
    planned = text_of(wait_for(post, address, "talk"))
    assert "/sessions/" in planned
    ana.goto(session)
    prepare(ruth, ana, name)
    make_link(ruth, way)
    expect(ana.get_by_text(WAYS[way])).to_be_visible()  # there for both, live

    talk(ruth, ana, name)
    wrap_up(ruth, ana)
    mine, hers = wait_for(post, address, "from your talk"), wait_for(post, "ruth@example.org", "from your talk")
    assert text_of(mine).index("Send CV to Paula") < text_of(mine).index("Intro e-mail to Paula")
    assert "You said the number out loud." in text_of(hers)
    tick_in_the_letter(ana, links_in(mine, "/d/")[0])
    ruth.reload()
    expect(ruth.get_by_text("Done", exact=True)).to_be_visible()
    assert len(letters(post, address, "from your talk")) == 1


def find_a_time(ruth: Page, partner: str) -> str:
    """A session in a few minutes; gives its address."""
    ruth.goto("/people")
    ruth.get_by_role("link", name=re.compile(partner)).last.click()
    ruth.get_by_role("link", name="Find a time").first.click()
    return plan(ruth)


def prepare(ruth: Page, ana: Page, name: str) -> None:
    """Both write; each sees what the other wrote."""
    expect(ruth.get_by_text(f"{name} is here")).to_be_visible()
    for who, other, words in ((ruth, ana, "The portfolio"), (ana, ruth, "How to ask for more")):
        who.get_by_placeholder("What would you like to talk about?").fill(words)
        who.keyboard.press("Enter")
        expect(other.get_by_role("button", name=f"Move or change: {words}")).to_be_visible()


def make_link(page: Page, way: str) -> None:
    if way == "pasted":
        page.get_by_text("Paste a link instead").click()
        page.get_by_label("Link to the call").fill("https://meet.example.org/ruth-and-ana")
        page.get_by_role("button", name="Use it").click()
    else:
        page.get_by_role("button", name=f"Create {way} link").click()
    if way in {"Zoom", "Google Meet"}:  # not connected yet: the click leads to the provider's consent and back
        expect(page.get_by_text("SIMULATED", exact=True)).to_be_visible()
        page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text(WAYS[way])).to_be_visible()


def talk(ruth: Page, ana: Page, name: str) -> None:
    """The companion beside the call: a small window for Ruth, a page on Ana's phone."""
    ruth.route(re.compile(r"^https://|/j/"), lambda route: route.fulfill(body="The call"))
    with ruth.context.expect_page() as opened:
        ruth.get_by_role("link", name="In a small window instead").click()
    beside = opened.value
    capture(beside, f"send CV to Paula @{name.lower()} friday", "Send CV to Paula")
    expect(ana.get_by_role("button", name="Done: Send CV to Paula")).to_be_visible()
    ana.goto(beside.url)
    capture(ana, "intro e-mail to Paula @ruth", "Intro e-mail to Paula")
    expect(beside.get_by_role("button", name="Done: Intro e-mail to Paula")).to_be_visible()
    beside.get_by_role("button", name="More").click()
    beside.get_by_text("End session").first.click()
    beside.get_by_role("button", name="Wrap up").click()
    beside.wait_for_url("**/wrap-up")
    ruth.goto(beside.url)
    beside.close()


def capture(page: Page, typed: str, understood: str) -> None:
    bar = page.get_by_label("Add an action item")
    bar.click()
    bar.press_sequentially(typed, delay=15)
    expect(page.locator(".capture-read")).to_contain_text(understood)
    bar.press("Enter")
    expect(bar).to_be_focused()
    expect(bar).to_have_value("")


def wrap_up(ruth: Page, ana: Page) -> None:
    ana.wait_for_url("**/wrap-up")
    ana.get_by_label("One sentence, in your words").fill("You said the number out loud.")
    expect(ruth.get_by_text("You said the number out loud.")).to_be_visible()
    ruth.get_by_role("button", name="Send both lists").click()
    expect(ruth.get_by_text("This is the record")).to_be_visible()


def tick_in_the_letter(page: Page, link: str) -> None:
    """The page of the link does nothing until its one button is pressed."""
    page.goto(link)
    expect(page.get_by_text("Send CV to Paula")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Ruth will see it.")).to_be_visible()
