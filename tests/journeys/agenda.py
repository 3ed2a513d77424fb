"""What journeys do on a session's page: write lines, read them, wait for what it says of itself."""

import re
from functools import partial

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.journeys.pair import Both
from tests.waiting import until

WIRE = re.compile(r"/socket\.io/|/seat$")
STATES = {"Saved": "saved", "Saving": "saving", "Kept on this device": "offline", "Keep this page open": "unkept"}


def sit_down(page: Page, session: str) -> None:
    """Open the agenda; there once it is live."""
    page.goto(session)
    says(page, "Saved")


def says(page: Page, words: str) -> None:
    """Where the page says that what was written is: one of STATES."""
    status = page.locator("save-status")
    expect(status).to_have_text(words, use_inner_text=True)
    # While something is unsaved for too short a time for a word, "Saved" is only made invisible.
    expect(status).to_have_attribute("data-state", STATES[words])


def add_topic(page: Page, words: str) -> None:
    """Write a talking point and press Enter."""
    page.get_by_label("Add a talking point").fill(words)
    page.keyboard.press("Enter")
    expect(grip(page, words)).to_be_visible()


def grip(page: Page, words: str) -> Locator:
    """The handle of the talking point with these words."""
    return page.get_by_role("button", name=f"Move or change: {words}", exact=True)


def topic(page: Page, words: str) -> Locator:
    """The row of the talking point with these words."""
    return page.locator("topic-list li").filter(has=grip(page, words))


def line(page: Page, place: int = 0) -> Locator:
    """The field of the talking point at this place."""
    return page.locator("topic-list li textarea").nth(place)


def titles(page: Page) -> list[str]:
    """All talking points, in the order in which they stand."""
    return [field.input_value() for field in page.locator("topic-list li textarea").all()]


def expect_order(both: Both, order: list[str]) -> None:
    """Both see these talking points, in this order."""
    for page in (both.ruth, both.mateo):
        expect(page.locator("topic-list li")).to_have_count(len(order))
        until(partial(_stands, page, order), 20)


def _stands(page: Page, order: list[str]) -> bool:
    return titles(page) == order


def put_caret(field: Locator, at: int) -> None:
    """Where the next letter goes."""
    field.focus()
    field.evaluate("(area, at) => area.setSelectionRange(at, at)", at)


def add_item(page: Page, words: str) -> None:
    page.get_by_label("Add an action item").fill(words)
    page.keyboard.press("Enter")


def end(page: Page) -> None:
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Wrap up").click()


def cut(device: BrowserContext) -> None:
    """Pages open, but the live wire stays dead."""
    device.route(WIRE, lambda route: route.abort())
    device.set_offline(True)
    device.set_offline(False)


def mend(device: BrowserContext) -> None:
    device.unroute(WIRE)


def paste(field: Locator, words: str) -> None:
    """As the browser tells it: headless ones have no clipboard that a test may fill without asking."""
    field.focus()
    field.evaluate(
        """(field, words) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", words);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        words,
    )
