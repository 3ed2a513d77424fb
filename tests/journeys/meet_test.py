"""Inside Google Meet: a frame of another site, without a cookie, is let in to one session and works as the page does.

Meet's page is imitated (tests/simulators/meet_host.py), under its real origin, with third-party cookies blocked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Playwright, expect

from tests.browser import launch
from tests.journeys.agenda import add_topic, sit_down
from tests.journeys.conftest import is_fault, look_around
from tests.journeys.pages_test import TOO_WIDE
from tests.journeys.pair import plan
from tests.journeys.places import submit
from tests.server import Server, free_port
from tests.simulators import meet_host
from tests.tls import in_front_of, site

PROJECT = "123456789012"


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
    with site("meet.google.com", meet_host.page(f"{server.base_url}/meet", PROJECT)) as port:
        yield port


@pytest.fixture(scope="module")
def browser(playwright: Playwright, call: int) -> Iterator[Browser]:
    """One for which meet.google.com is that page."""
    opened = launch(playwright, elsewhere={"meet.google.com": f"127.0.0.1:{call}"})
    yield opened
    opened.close()


@pytest.fixture
def device(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def made(**more: Any) -> BrowserContext:
        context = browser.new_context(base_url=server.base_url, ignore_https_errors=True, locale="en-GB", **more)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if is_fault(said.text, said.type) else None)
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
def in_call(device: Callable[..., BrowserContext]) -> InCall:
    """A session that has the call's link. Nobody is let in to the panel yet."""
    ruth, mateo = device().new_page(), device().new_page()
    look_around(ruth, "ruth")
    look_around(mateo, "mateo")
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    call = f"{meet_host.ORIGIN}/abc-mnop-{session.rpartition('/')[2]}"
    submit(ruth, f"{session}/link", link=f"{call}?authuser=0")
    sit_down(mateo, session)
    ruth.goto(call)
    return InCall(ruth, ruth.frame_locator("iframe"), mateo, session)


def let_in(here: InCall) -> Page:
    """The way that people take: one window, one button. Gives the window."""
    window = ask(here)
    expect(window.get_by_text("This is the session whose link you are in.")).to_be_visible()
    window.get_by_role("button", name="with Mateo").first.click()
    expect(here.panel.locator("save-status[data-state=saved]")).to_be_attached()
    return window


def ask(here: InCall) -> Page:
    with here.ruth.expect_popup() as opened:
        here.panel.get_by_role("link", name="Open Alongside").click()
    return opened.value


def capture(here: InCall, words: str) -> None:
    """Write an action item in the panel."""
    bar = here.panel.get_by_label("Add an action item")
    bar.fill(words)
    expect(here.panel.locator(".capture-read")).to_be_visible()
    bar.press("Enter")
    expect(bar).to_have_value("")


def choose(here: InCall, deed: str) -> None:
    """One deed of the panel's menu."""
    here.panel.get_by_role("button", name="More").click()
    here.panel.locator("#more-menu").get_by_text(deed).click()


def test_cookies_of_others_are_blocked_here_and_storage_with_them(in_call: InCall) -> None:
    frame = in_call.ruth.frames[1]
    assert frame.evaluate("document.cookie = 'probe=1; SameSite=None; Secure'; document.cookie") == ""
    asked = "new Promise((say) => Object.assign(indexedDB.open('x'), {onerror: () => say(0), onsuccess: () => say(1)}))"
    assert frame.evaluate(asked) == 0


def test_what_is_written_in_the_panel_and_beside_it_is_one_agenda(in_call: InCall) -> None:
    window = let_in(in_call)
    window.wait_for_event("close")
    capture(in_call, "read the write-up @ruth friday")
    expect(in_call.mateo.get_by_role("button", name="Done: Read the write-up")).to_be_visible()
    add_topic(in_call.mateo, "The offsite")
    expect(in_call.panel.get_by_text("Mateo is here")).to_be_visible()
    choose(in_call, "Agenda")
    expect(in_call.panel.locator("agenda-outline").get_by_text("The offsite").first).to_be_visible()


def test_they_end_their_session_from_the_panel_and_send_the_lists(in_call: InCall) -> None:
    let_in(in_call)
    capture(in_call, "read the write-up @ruth friday")
    choose(in_call, "End session")
    in_call.panel.get_by_role("button", name="Wrap up").click()
    expect(in_call.panel.get_by_role("heading", name="Good talk, you two")).to_be_visible()
    in_call.mateo.wait_for_url("**/wrap-up")
    in_call.panel.get_by_role("button", name="Send both lists").click()
    expect(in_call.panel.locator("save-status")).to_have_count(0)
    expect(in_call.panel.get_by_text("Read the write-up").first).to_be_visible()
    in_call.mateo.wait_for_url(in_call.session)
    assert in_call.ruth.evaluate("window.loaded") == 1  # the frame itself never went anywhere


def test_when_the_partner_ends_it_the_panel_goes_along(in_call: InCall) -> None:
    let_in(in_call)
    submit(in_call.mateo, f"{in_call.session}/start")
    expect(in_call.panel.locator("agenda-board[data-state=live]")).to_be_attached()
    submit(in_call.mateo, f"{in_call.session}/end")
    expect(in_call.panel.get_by_role("heading", name="Good talk, you two")).to_be_visible()


def test_whoever_is_not_signed_in_yet_signs_in_in_that_window(in_call: InCall) -> None:
    in_call.ruth.context.clear_cookies()
    window = ask(in_call)
    window.get_by_role("button", name="Look around as Ruth").click()
    window.get_by_role("button", name="with Mateo").first.click()
    expect(in_call.panel.locator("save-status[data-state=saved]")).to_be_attached()


def test_axe_finds_nothing_in_the_panel_or_the_window(in_call: InCall, device: Callable[..., BrowserContext]) -> None:
    page = device(bypass_csp=True).new_page()  # axe comes in as a script of its own
    look_around(page, "ruth")
    page.goto(in_call.ruth.url)
    here = InCall(page, page.frame_locator("iframe"), in_call.mateo, in_call.session)
    with page.expect_popup() as opened:
        here.panel.get_by_role("link", name="Open Alongside").click()
    for each in (page.frames[1], opened.value):
        found = Axe().run(each)
        assert not found.violations_count, found.generate_report()
    assert not page.frames[1].evaluate(TOO_WIDE)
    opened.value.close()
    window = page.context.new_page()
    window.goto("/meet/sign-in")
    window.get_by_role("button", name="with Mateo").first.click()
    expect(window.get_by_role("heading", name="Almost there")).to_be_visible()
    found = Axe().run(window)
    assert not found.violations_count, found.generate_report()


def test_a_window_that_lost_the_call_shows_a_code_to_type_there_once(in_call: InCall) -> None:
    window = in_call.ruth.context.new_page()
    window.goto(f"/meet/sign-in?code={in_call.ruth.url.rpartition('/')[2]}")
    window.get_by_role("button", name="with Mateo").first.click()
    code = window.locator("[data-token] .display").inner_text()
    field = in_call.panel.get_by_label("Or the code that the window shows")
    field.fill("ABCD-EFGH")
    field.press("Enter")
    expect(in_call.panel.get_by_role("alert")).to_contain_text("was used already, or is older")
    field.fill(code.lower())
    field.press("Enter")
    expect(in_call.panel.locator("save-status[data-state=saved]")).to_be_attached()


def test_the_panel_hears_no_token_from_another_page(in_call: InCall) -> None:
    window = in_call.ruth.context.new_page()
    window.goto(f"/meet/sign-in?code={in_call.ruth.url.rpartition('/')[2]}")
    window.get_by_role("button", name="with Mateo").first.click()
    token = window.locator("[data-token]").get_attribute("data-token")
    with in_call.ruth.expect_event("console", lambda said: said.text == "sent"):
        in_call.ruth.evaluate(
            """(token) => {
              const frame = document.querySelector("iframe").contentWindow;
              frame.postMessage({ token }, "*");
              frame.postMessage("alongside: let in", "*");
              console.log("sent");
            }""",
            token,
        )
    in_call.panel.get_by_label("Or the code that the window shows").fill(str(token)[:8])
    expect(in_call.panel.locator("agenda-board")).to_have_count(0)
    # It is still good: nobody has used it.
    assert in_call.ruth.request.post(
        "/hand-over", form={"token": str(token)}, headers={"Origin": in_call.session.rsplit("/sessions", 1)[0]}
    ).ok


def test_a_link_that_leads_out_of_the_session_opens_a_window(in_call: InCall) -> None:
    let_in(in_call)
    with in_call.ruth.context.expect_page() as opened:
        choose(in_call, "Leave")
    opened.value.wait_for_url("**/")
    expect(opened.value.get_by_role("link", name="Today")).to_be_visible()
    expect(in_call.panel.locator("save-status[data-state=saved]")).to_be_attached()


def test_the_history_opens_in_the_panel_and_leads_back(in_call: InCall) -> None:
    let_in(in_call)
    capture(in_call, "read the write-up @ruth friday")
    choose(in_call, "History")
    expect(in_call.panel.get_by_role("heading", name="What was written when")).to_be_visible()
    expect(in_call.panel.locator("past-list li").first).to_be_visible()
    in_call.panel.locator("a.back").click()
    expect(in_call.panel.get_by_role("button", name="Done: Read the write-up")).to_be_visible()


def test_a_panel_that_was_signed_out_says_so_and_begins_anew(in_call: InCall) -> None:
    let_in(in_call)
    elsewhere = in_call.ruth.context.new_page()
    elsewhere.goto("/settings")
    submit(elsewhere, "/settings/sign-out-everywhere")
    expect(in_call.panel.get_by_role("alert")).to_contain_text("not let in any more")
    in_call.panel.get_by_role("button", name="Start again").click()
    expect(in_call.panel.get_by_role("link", name="Open Alongside")).to_be_visible()


def test_what_could_not_be_sent_stays_in_the_panel_and_on_the_page(in_call: InCall) -> None:
    let_in(in_call)
    in_call.ruth.context.set_offline(True)
    notes = in_call.panel.get_by_role("textbox", name="Your private notes")
    in_call.panel.get_by_text("Your private notes").first.click()
    notes.fill("Only for me")
    choose(in_call, "The whole page")
    expect(in_call.panel.get_by_role("alert")).to_contain_text("not saved yet")
    expect(notes).to_have_value("Only for me")
    in_call.ruth.context.set_offline(False)
    in_call.panel.get_by_role("button", name="Try again").click()
    expect(in_call.panel.get_by_role("heading", name="What you will talk about")).to_be_visible()
    expect(in_call.panel.get_by_role("textbox", name="Your private notes")).to_have_value("Only for me")


def test_opened_outside_of_a_call_the_page_leads_to_the_session(in_call: InCall) -> None:
    in_call.ruth.goto(f"{in_call.session.rsplit('/sessions', 1)[0]}/meet")
    expect(in_call.ruth.get_by_role("heading", name="This page lives in Google Meet")).to_be_visible()
    in_call.ruth.get_by_role("link", name="with Mateo").first.click()
    in_call.ruth.wait_for_url("**/beside")


def test_no_other_page_can_frame_it_not_even_ours(browser: Browser, server: Server) -> None:
    page = browser.new_page(base_url=server.base_url, ignore_https_errors=True)
    page.goto("/healthz")
    with page.expect_event("console", lambda said: "frame-ancestors https://meet.google.com" in said.text):
        page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), {src: '/meet'}))")
    page.close()
