"""Whole ways through the product: a real server, real browsers with the pop-up blocker on, real SMTP on loopback."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, expect, sync_playwright

from tests.browser import launch, launch_shell
from tests.journeys.agenda import sit_down
from tests.journeys.pair import Both, plan
from tests.server import ROOT, Server
from tests.simulators.smtp import Sink, smtp_sink

expect.set_options(timeout=40_000)  # a busy machine is slow, not wrong

PLACES = {"ana": "Europe/Lisbon", "ruth": "Africa/Nairobi", "mateo": "America/Santiago", "linh": "Asia/Ho_Chi_Minh"}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for each process: a second would be refused."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser_with_windows(playwright: Playwright) -> Iterator[Browser]:
    """As people have it, pop-up blocker and all."""
    opened = launch(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser_without_windows(playwright: Playwright) -> Iterator[Browser]:
    opened = launch_shell(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Browser:
    """The one that does: windows are for modules that are marked with them."""
    kind = "with" if request.node.get_closest_marker("windows") else "without"
    opened: Browser = request.getfixturevalue(f"browser_{kind}_windows")
    return opened


@pytest.fixture(scope="module")
def post() -> Iterator[Sink]:
    with smtp_sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, str]]:
    """Zoom and Google as their simulators; what they print are the product's settings."""
    command = [sys.executable, "-m", "tests.simulators"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "\n")
        yield dict(line.strip().split("=", 1) for line in lines)
        process.terminate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, post: Sink, providers: dict[str, str]) -> Iterator[Server]:
    """The product with a demo pair, letters by SMTP and both providers."""
    data_dir: Path = tmp_path_factory.mktemp("data")
    letters = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_SECURITY": "none"}
    started = Server(data_dir, **letters, **providers)
    started.start(prepare="demo")
    yield started
    started.kill()


@pytest.fixture(scope="module")
def cookies(server: Server) -> dict[str, StorageState]:
    """Each person's cookies once they have signed in: a test whose subject is another needs no door. Fill it by use."""
    return {}


@pytest.fixture(scope="module")
def workers() -> Literal["allow", "block"]:
    """Whether pages get their service worker. Where it isn't the subject, none answers in the server's place."""
    return "block"


@pytest.fixture
def window(
    browser: Browser, server: Server, cookies: dict[str, StorageState], workers: Literal["allow", "block"]
) -> Iterator[Callable[..., Page]]:
    """Somebody's browser, in their place and at the size asked for. Fails when a page reported an error."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(who: str = "", width: int = 1200, height: int = 900, **more: Any) -> Page:
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": height}, locale="en-GB",
            timezone_id=PLACES.get(who, "UTC"), storage_state=cookies.get(who), service_workers=workers, **more,
        )  # fmt: skip
        opened.append(context)
        page = context.new_page()
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if is_fault(said.text, said.type) else None)
        if who in {"ruth", "mateo"} and who not in cookies:
            look_around(page, who)
            cookies[who] = context.storage_state()
        return page

    yield open_window
    for context in opened:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def both(window: Callable[..., Page]) -> Both:
    """Ruth and Mateo at the agenda of a session of their own, in a few minutes, with nothing on it yet."""
    ruth, mateo = window("ruth"), window("mateo")
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    for page in (ruth, mateo):
        sit_down(page, session)
    return Both(ruth, mateo, session)


def is_fault(text: str, kind: str) -> bool:
    """A broken policy or script. What a page says about a network that a test took away is no fault."""
    return kind == "error" and ("Content Security Policy" in text or "TrustedHTML" in text or "Uncaught" in text)


def look_around(page: Page, who: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Look around as {who.capitalize()}").click()
    page.wait_for_url("**/")
