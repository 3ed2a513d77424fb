"""The companion inside Zoom: a frame of another site, over TLS, without cookies; and the partner in a browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser import launch
from tests.journeys.agenda import sit_down
from tests.journeys.conftest import is_fault, look_around
from tests.journeys.pair import Both, plan
from tests.journeys.post import text_of, wait_for
from tests.journeys.zoom_client import ZoomClient, host_page, is_open
from tests.server import Server, free_port
from tests.simulators.smtp import Sink
from tests.simulators.zoom import Zoom
from tests.tls import in_front_of, site
from tests.waiting import until

RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"


@pytest.fixture(scope="module")
def zoom() -> Iterator[Zoom]:
    with Zoom() as running:
        yield running


@pytest.fixture(scope="module")
def providers(zoom: Zoom) -> dict[str, str]:
    return zoom.settings()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, post: Sink, providers: dict[str, str]) -> Iterator[Server]:
    """The product as its people reach it: over TLS."""
    port, data_dir = free_port(), tmp_path_factory.mktemp("data")
    letters = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_SECURITY": "none"}
    started = Server(data_dir, **letters, **providers, BASE_URL=f"https://localhost:{port}")
    started.start(prepare="demo")
    with in_front_of(started.port, port, "localhost"):
        yield started
    started.kill()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, server: Server) -> Iterator[Browser]:
    """One for which zoom.us, and a site that would like to be, are pages of this machine with our panel in a frame."""
    page = host_page(f"{server.base_url}/zoom")
    with site("app.zoom.us", page) as zooms, site("zoom.us.evil.example", page) as others:
        elsewhere = {"app.zoom.us": f"127.0.0.1:{zooms}", "zoom.us.evil.example": f"127.0.0.1:{others}"}
        opened = launch(playwright, elsewhere)
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Somebody's browser. Fails when a page reported an error."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(who: str = "", width: int = 1200) -> Page:
        context = browser.new_context(
            base_url=server.base_url, ignore_https_errors=True, locale="en-GB", viewport={"width": width, "height": 800}
        )
        opened.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if is_fault(said.text, said.type) else None)
        page = context.new_page()
        if who:
            look_around(page, who)
        return page

    yield open_window
    for context in opened:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def both(window: Callable[..., Page]) -> Iterator[Both]:
    """Ruth and Mateo in their browsers, at a session that begins in a few minutes; no other of theirs does."""
    ruth, mateo = window("ruth"), window("mateo")
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    sit_down(mateo, session)
    yield Both(ruth, mateo, session)
    for page in (ruth, mateo):
        page.goto("/privacy")
    deed(ruth, f"{session}/cancel")
    deed(ruth, f"{session}/end")


@pytest.fixture
def called(both: Both, zoom: Zoom) -> str:
    """The number of its meeting, which Ruth made; both are in its call."""
    both.ruth.get_by_role("button", name="Create Zoom link").click()
    allow, ready = both.ruth.get_by_role("button", name="Allow"), both.ruth.get_by_text("Your Zoom room is ready")
    expect(allow.or_(ready)).to_be_visible()
    if allow.is_visible():
        both.ruth.get_by_label("Signed in as").fill(RUTH)
        allow.click()
    link = both.ruth.get_by_role("link", name="Join on Zoom")
    expect(link).to_be_visible()
    number = re.sub(r".*/j/(\d+).*", r"\1", link.get_attribute("href") or "")
    zoom.join(number, "Ruth", email=RUTH)
    zoom.join(number, "Mateo", email=MATEO)
    return number


@pytest.fixture
def in_zoom(window: Callable[..., Page], server: Server, zoom: Zoom) -> Callable[..., ZoomClient]:
    """Somebody's Zoom, in which they have just opened our app."""

    def opened(email: str, number: str = "") -> ZoomClient:
        page = window(width=1100)
        client = ZoomClient(page, zoom, f"{server.base_url}/zoom", email, number)
        client.open()
        return client

    return opened


def deed(page: Page, address: str) -> None:
    """As one of our forms would; whatever comes of it."""
    token = page.locator("meta[name=csrf]").get_attribute("content") or ""
    origin = re.sub(r"(https?://[^/]+).*", r"\1", page.url)
    page.request.post(address, form={"csrf": token}, headers={"Origin": origin})


def test_the_panel_opens_the_session_of_the_call_and_both_write(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient]
) -> None:
    ruth = in_zoom(RUTH, called)
    is_open(ruth)
    ruth.panel.get_by_label("Add an action item").fill("send the outline @mateo tomorrow")
    ruth.panel.get_by_label("Add an action item").press("Enter")
    expect(both.mateo.get_by_role("button", name="Done: Send the outline")).to_be_visible()
    both.mateo.get_by_label("Add an action item").fill("read it @ruth")
    both.mateo.keyboard.press("Enter")
    expect(ruth.panel.get_by_role("button", name="Done: Read it")).to_be_visible()
    assert [cookie for cookie in ruth.page.context.cookies() if "alongside" in cookie["name"]] == []


def test_the_session_ends_in_the_panel_and_is_wrapped_up_there(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient]
) -> None:
    ruth = in_zoom(RUTH, called)
    is_open(ruth)
    ruth.panel.get_by_role("button", name="More").click()
    begin = ruth.panel.get_by_role("button", name="We are talking now")
    if begin.is_visible():
        begin.click()
        expect(ruth.panel.locator("agenda-board[data-state=live]")).to_be_attached()
        is_open(ruth)
        ruth.panel.get_by_role("button", name="More").click()
    ruth.panel.get_by_role("button", name="End session").click()
    ruth.panel.get_by_role("button", name="Wrap up").click()
    expect(ruth.panel.get_by_role("heading", name="Good talk, you two")).to_be_visible()
    expect(both.mateo.get_by_text("Good talk, you two")).to_be_visible()


def test_when_zoom_says_that_the_call_ended_it_is_asked_whether_that_is_so(
    called: str, in_zoom: Callable[..., ZoomClient], zoom: Zoom
) -> None:
    ruth = in_zoom(RUTH, called)
    is_open(ruth)
    before = zoom.calls[f"GET /v2/meetings/{called}"]
    ruth.tell("onMeeting", action="ended", timestamp=0)
    until(lambda: zoom.calls[f"GET /v2/meetings/{called}"] > before, 15)


def test_the_partner_who_is_not_here_is_invited_through_zoom(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient]
) -> None:
    both.mateo.goto("about:blank")
    ruth = in_zoom(RUTH, called)
    is_open(ruth)
    ruth.panel.get_by_role("button", name="Invite Mateo").click()
    expect(ruth.panel.get_by_text("Zoom has asked them")).to_be_visible()
    assert ruth.was_asked("sendAppInvitationToAllParticipants")()
    both.mateo.goto(both.session)
    expect(ruth.panel.get_by_role("button", name="Invite Mateo")).to_be_hidden()


def test_somebody_new_to_the_panel_comes_in_once_and_is_known_from_then_on(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient], post: Sink
) -> None:
    mateo = in_zoom(MATEO, called)
    mateo.panel.get_by_label("Your e-mail").fill("mateo@example.org")
    mateo.panel.get_by_role("button", name="Send me the digits").click()
    expect(mateo.panel.get_by_label("The six digits")).to_be_visible()
    digits = re.search(r"\b\d{3} ?\d{3}\b", text_of(wait_for(post, "mateo@example.org", "Sign in")))
    assert digits
    mateo.panel.get_by_label("The six digits").fill(digits[0])
    mateo.panel.get_by_role("button", name="That’s me").click()
    mateo.panel.get_by_role("button", name="Connect Zoom").click()
    is_open(mateo)
    again = in_zoom(MATEO, called)
    is_open(again)


def test_a_guest_is_led_into_zoom_and_comes_in_when_zoom_knows_them(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient]
) -> None:
    ruth = in_zoom("", called)
    ruth.panel.get_by_role("button", name="Go on in Zoom").click()
    until(ruth.was_asked("promptAuthorize"), 10)
    ruth.becomes(RUTH)
    is_open(ruth)


def test_in_the_main_window_sessions_around_now_are_listed(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient]
) -> None:
    ruth = in_zoom(RUTH)
    expect(ruth.panel.get_by_role("heading", name="Which session?")).to_be_visible()
    ruth.panel.get_by_role("button", name="with Mateo").last.click()
    is_open(ruth)


def test_links_lead_out_of_the_panel_into_the_browser(
    both: Both, called: str, in_zoom: Callable[..., ZoomClient], server: Server
) -> None:
    ruth = in_zoom(RUTH)
    ruth.panel.get_by_role("link", name="Open Alongside in your browser").click()
    until(ruth.was_asked("openUrl"), 10)
    assert ("openUrl", {"url": f"{server.base_url}/"}) in ruth.asked


def test_nobody_but_zoom_shows_the_panel_in_a_frame(browser: Browser, server: Server) -> None:
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.expose_function("asked", lambda name, said: [None, None])
    for host, times in (("zoom.us.evil.example", 0), ("app.zoom.us", 1)):
        page.goto(f"https://{host}/")
        heading = page.frame_locator("#app").get_by_role("heading", name="Made for inside Zoom")
        expect(heading).to_have_count(times)
    context.close()
