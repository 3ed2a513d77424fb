"""Inside Google Meet: a frame of another site, without a cookie, is let in to one session and works as the page does.

Meet's page is imitated (tests/simulators/meet_host.py), under its real origin, with third-party cookies blocked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect, sync_playwright

from tests.browser import launch
from tests.journeys.agenda import add_item, add_topic, grip, line, says, sit_down
from tests.journeys.conftest import _is_fault, look_around
from tests.journeys.pair import plan
from tests.journeys.places import submit
from tests.server import Server, free_port
from tests.simulators import meet_host
from tests.tls import in_front_of, site

PROJECT, CODE = "123456789012", "abc-mnop-xyz"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product as its people reach it: over TLS."""
    port = free_port()
    settings = {"BASE_URL": f"https://localhost:{port}", "GOOGLE_MEET_PROJECT_NUMBER": PROJECT}
    started = Server(tmp_path_factory.mktemp("data"), **settings)
    started.start(prepare="demo")
    with in_front_of(started.port, port, "localhost"):
        yield started
    started.kill()


@pytest.fixture(scope="module")
def call(server: Server) -> Iterator[int]:
    """The port of the page that imitates Meet's."""
    with site("meet.google.com", meet_host.page(f"{server.base_url}/meet", PROJECT, CODE)) as port:
        yield port


@pytest.fixture(scope="module")
def browser(call: int) -> Iterator[Browser]:
    """One for which meet.google.com is that page."""
    with sync_playwright() as playwright:
        opened = launch(playwright, elsewhere={"meet.google.com": f"127.0.0.1:{call}"})
        yield opened
        opened.close()


@pytest.fixture
def device(browser: Browser, server: Server) -> Iterator[Callable[[], BrowserContext]]:
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def made() -> BrowserContext:
        context = browser.new_context(base_url=server.base_url, ignore_https_errors=True, locale="en-GB")
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if _is_fault(said.text, said.type) else None)
        opened.append(context)
        return context

    yield made
    for context in opened:
        context.close()
    assert not complaints, complaints


@dataclass(frozen=True)
class InCall:
    """Ruth has the call open, with the panel in it; Mateo has the session's page in a window of his own."""

    ruth: Page
    panel: FrameLocator
    mateo: Page
    session: str


@pytest.fixture
def in_call(device: Callable[[], BrowserContext]) -> InCall:
    """A session that has the call's link. Nobody is let in to the panel yet."""
    ruth, mateo = device().new_page(), device().new_page()
    look_around(ruth, "ruth")
    look_around(mateo, "mateo")
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    submit(ruth, f"{session}/link", link=f"https://meet.google.com/{CODE}?authuser=0")
    sit_down(mateo, session)
    ruth.goto(f"https://meet.google.com/{CODE}")
    return InCall(ruth, ruth.frame_locator("iframe"), mateo, session)


def let_in(here: InCall) -> None:
    """The way that people take: one window, one button."""
    with here.ruth.expect_popup() as opened:
        here.panel.get_by_role("link", name="Open Alongside").click()
    window = opened.value
    expect(window.get_by_text("This is the session whose link you are in.")).to_be_visible()
    window.get_by_role("button", name="with Mateo").first.click()
    expect(here.panel.locator("save-status[data-state=saved]")).to_be_attached()


def test_what_is_written_in_the_panel_and_beside_it_is_one_agenda(in_call: InCall) -> None:
    let_in(in_call)
    add_item(in_call.panel, "read the write-up @ruth friday")
    expect(in_call.mateo.get_by_role("button", name="Done: Read the write-up")).to_be_visible()
    add_topic(in_call.mateo, "The offsite")
    in_call.panel.get_by_role("button", name="More").click()
    in_call.panel.get_by_role("button", name="Agenda a").click()
    expect(in_call.panel.get_by_text("The offsite").first).to_be_visible()
