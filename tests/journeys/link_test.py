"""The link's whole life in two browsers: made, looked at, moved and deleted at Zoom, and started as its host."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.agenda import sit_down
from tests.journeys.pair import Both
from tests.server import Server
from tests.simulators.zoom import Zoom

pytestmark = pytest.mark.windows


@pytest.fixture(scope="module")
def zoom() -> Iterator[Zoom]:
    """In this process, so that a test can do what people do at Zoom itself."""
    with Zoom() as running:
        yield running


@pytest.fixture(scope="module")
def providers(zoom: Zoom) -> dict[str, str]:
    return zoom.settings()


@pytest.fixture
def both(window: Callable[..., Page]) -> Both:
    """Ruth and Mateo at a session that is two weeks off."""
    ruth, mateo = window("ruth"), window("mateo", width=390, height=844)
    ruth.goto("/mentorships/1/plan")
    ruth.get_by_role("button", name="Plan it").click()
    ruth.wait_for_url("**/sessions/*")
    for page in (ruth, mateo):
        sit_down(page, ruth.url)
    return Both(ruth, mateo, ruth.url)


@pytest.fixture
def linked(both: Both, zoom: Zoom, server: Server) -> Both:
    """The same two, with a Zoom link that Ruth made, and Zoom telling us what happens to it."""
    both.ruth.get_by_role("button", name="Create Zoom link").click()
    allow = both.ruth.get_by_role("button", name="Allow")
    ready = both.ruth.get_by_text("Your Zoom room is ready")
    expect(allow.or_(ready)).to_be_visible()
    if allow.is_visible():
        allow.click()
    for page in (both.ruth, both.mateo):
        expect(page.get_by_text("Your Zoom room is ready")).to_be_visible()
        expect(page.get_by_text("it works, at the right time")).to_be_visible()
    zoom.deliver_at_once(f"{server.url}/hooks/zoom")
    return both


def number_of(page: Page) -> str:
    link = page.get_by_role("link", name="Join on Zoom").get_attribute("href") or ""
    found = re.search(r"/j/(\d+)", link)
    assert found
    return found.group(1)


def test_a_meeting_moved_at_zoom_is_shown_to_both_within_seconds_and_put_back(linked: Both, zoom: Zoom) -> None:
    zoom.edit(number_of(linked.ruth), start_time="2031-11-25T17:00:00", timezone="Africa/Nairobi")
    for page in (linked.ruth, linked.mateo):
        expect(page.get_by_text("At Zoom this meeting has another time")).to_be_visible()
    linked.mateo.get_by_role("button", name="Put Zoom back to").click()
    for page in (linked.ruth, linked.mateo):
        expect(page.get_by_text("At Zoom this meeting has another time")).to_be_hidden()
        expect(page.get_by_text("it works, at the right time")).to_be_visible()


def test_nobody_s_question_is_taken_away_while_they_read_it(linked: Both, zoom: Zoom) -> None:
    linked.ruth.get_by_role("button", name="Use something else").click()
    question = linked.ruth.get_by_role("dialog", name="Use something else?")
    expect(question).to_be_visible()
    with linked.ruth.expect_response(re.compile(r"/parts/call")):
        zoom.edit(number_of(linked.mateo), start_time="2031-11-25T17:00:00", timezone="Africa/Nairobi")
    expect(linked.mateo.get_by_text("At Zoom this meeting has another time")).to_be_visible()
    expect(question).to_be_visible()
    linked.ruth.keyboard.press("Escape")
    expect(linked.ruth.get_by_text("At Zoom this meeting has another time")).to_be_visible()


def test_a_meeting_deleted_at_zoom_is_made_anew_with_one_tap(linked: Both, zoom: Zoom) -> None:
    first = number_of(linked.mateo)
    zoom.remove(first)
    for page in (linked.ruth, linked.mateo):
        expect(page.get_by_text("so its link leads nowhere")).to_be_visible()
    linked.mateo.get_by_role("button", name="Make a new Zoom link").click()
    for page in (linked.ruth, linked.mateo):
        expect(page.get_by_text("Your Zoom room is ready")).to_be_visible()
    assert number_of(linked.ruth) == number_of(linked.mateo) != first


def test_another_way_is_chosen_while_the_link_there_is_stays(linked: Both) -> None:
    linked.ruth.get_by_role("button", name="Use something else").click()
    question = linked.ruth.get_by_role("dialog", name="Use something else?")
    question.get_by_role("button", name="Create Jitsi link").click()
    for page in (linked.ruth, linked.mateo):
        expect(page.get_by_text("Your Jitsi room is ready")).to_be_visible()
    linked.mateo.get_by_role("button", name="Use something else").click()
    linked.mateo.get_by_role("button", name="Keep this link").click()
    expect(linked.mateo.get_by_text("Your Jitsi room is ready")).to_be_visible()


def test_its_maker_alone_starts_the_call_as_its_host(linked: Both) -> None:
    expect(linked.mateo.get_by_role("button", name="Start as host")).to_be_hidden()
    with linked.ruth.expect_popup() as opened:
        linked.ruth.get_by_role("button", name="Start as host").dblclick()
    opened.value.wait_for_url(re.compile(r"/s/\d+"))
    assert len(linked.ruth.context.pages) == 2  # the second press of an impatient host opens no second call
    assert "zak=" not in linked.ruth.content()
