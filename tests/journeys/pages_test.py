"""Every page: axe finds nothing, nothing overflows a small phone or large text, the keyboard alone suffices."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import PLACES
from tests.journeys.places import PAGES, Prepared, prepare, submit
from tests.server import Server

VIEWS: dict[str, tuple[int, Literal["light", "dark"]]] = {
    "wide": (1200, "light"),
    "phone, dark": (390, "dark"),
    "small phone": (320, "light"),
}
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > room + 0.5)
    .map((each) => `${each.localName}.${each.getAttribute("class")}: ${each.getBoundingClientRect().right}`);
}"""

Look = Callable[[str], Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product as `make run` serves it: letters are kept and shown."""
    started = Server(tmp_path_factory.mktemp("data"), CLOSE_AFTER_MINUTES="1440", GOOGLE_MEET_PROJECT_NUMBER="1")
    started.start(prepare="demo")
    yield started
    started.kill()


@pytest.fixture(scope="module")
def prepared(browser: Browser, server: Server) -> Prepared:
    return prepare(browser, server, server.data_dir / "letters")


@pytest.fixture(scope="module")
def look(browser: Browser, server: Server, prepared: Prepared) -> Iterator[Look]:
    """A page as its reader sees it in the first of the VIEWS; `turn_to` shows it in another."""
    opened: list[BrowserContext] = []

    @cache
    def reader(who: str) -> Page:
        context = browser.new_context(
            base_url=server.url, locale="en-GB", storage_state=prepared.cookies[who], reduced_motion="reduce",
            timezone_id=PLACES.get(who, "UTC"), bypass_csp=True,  # axe comes in as a script of its own
        )  # fmt: skip
        opened.append(context)
        return context.new_page()

    def shown(page_name: str) -> Page:
        page = reader(PAGES[page_name])
        turn_to(page, "wide")
        page.goto(prepared.addresses[page_name])
        if page.locator("agenda-board").count():
            expect(page.locator("save-status[data-state=saved]")).to_be_attached()
        return page

    yield shown
    for context in opened:
        context.close()


def turn_to(page: Page, view: str) -> None:
    width, scheme = VIEWS[view]
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)


@pytest.mark.parametrize("page_name", PAGES)
def test_axe_finds_nothing_in_any_view(look: Look, page_name: str) -> None:
    page = look(page_name)
    for view in VIEWS:
        turn_to(page, view)
        found = Axe().run(page)
        assert not found.violations_count, f"{view}: {found.generate_report()}"


@pytest.mark.parametrize("page_name", PAGES)
def test_nothing_overflows_in_any_view_nor_at_twice_the_text_size(look: Look, page_name: str) -> None:
    page = look(page_name)
    for view in VIEWS:
        turn_to(page, view)
        assert not page.evaluate(TOO_WIDE), view
    page.evaluate(LARGE_TEXT)
    for view in ("phone, dark", "small phone"):
        turn_to(page, view)
        assert not page.evaluate(TOO_WIDE), f"{view}, twice the text size"


@pytest.mark.parametrize("page_name", PAGES)
def test_twice_the_text_size_as_chosen_in_the_browser_fits_a_small_phone(look: Look, page_name: str) -> None:
    """What the style sheets ask of the width is then asked in larger letters, too."""
    page = look(page_name)
    turn_to(page, "small phone")
    browser = page.context.new_cdp_session(page)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    expect(page.locator("html")).to_have_css("font-size", "32px")
    too_wide = page.evaluate(TOO_WIDE)
    browser.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    assert not too_wide


def test_an_open_dialog_has_no_faults_either(look: Look) -> None:
    page = look("panel")
    turn_to(page, "phone, dark")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found = Axe().run(page)
    assert not found.violations_count, found.generate_report()


def press_tab_until(page: Page, name: str, most: int = 60) -> None:
    """Walk on with Tab until something with this name (its words or label) has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement?.ariaLabel || document.activeElement?.innerText || ''"):
            return
    pytest.fail(f"Tab never reached {name!r}")


def test_the_first_tab_offers_to_skip_to_the_content(look: Look) -> None:
    page = look("session")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    press_tab_until(page, "Mateo", most=1)  # the first link of the content: back to the mentorship


def test_the_keyboard_alone_prepares_an_agenda(look: Look) -> None:
    page = look("session")
    press_tab_until(page, "Add a talking point")
    page.keyboard.type("The offsite")
    page.keyboard.press("Enter")
    press_tab_until(page, "Add an action item")
    page.keyboard.type("book the room @ruth tomorrow")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move or change: The offsite")).to_be_visible()
    expect(page.get_by_role("button", name="Done: Book the room")).to_be_visible()


def choose(page: Page, deed: str) -> None:
    """One deed of the panel's menu, by keys."""
    press_tab_until(page, "More")
    page.keyboard.press("Enter")
    press_tab_until(page, deed)
    page.keyboard.press("Enter")


def test_the_keyboard_alone_begins_and_ends_a_session(look: Look) -> None:
    page = look("panel")
    # On another day: on a slow machine the hour of the demo's session has come by now, and it is live already.
    page.goto(f"{submit(page, '/mentorships/1/plan', day='2027-01-04', time='17:00', minutes='60')}/beside")
    expect(page.locator("save-status[data-state=saved]")).to_be_attached()
    choose(page, "We are talking now")
    expect(page.locator("agenda-board[data-state=live]")).to_be_attached()
    expect(page.locator("save-status[data-state=saved]")).to_be_attached()
    choose(page, "End session")
    expect(page.get_by_role("button", name="Wrap up")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    choose(page, "End session")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Good talk, you two")).to_be_visible()
