"""On a slow line: an agenda that this device opened today is there at once, and what changed meanwhile follows."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.bench.line import Line, slow_line
from tests.journeys.agenda import add_topic, line, says
from tests.journeys.installed import install
from tests.journeys.pair import Both
from tests.server import Server

MEGABIT, THERE_AND_BACK = 1e6, 0.6


@pytest.fixture(scope="module")
def workers() -> Literal["allow", "block"]:
    return "allow"


@pytest.fixture(scope="module")
def line_to_server() -> Iterator[Line]:
    """A good one, until a test says otherwise."""
    with slow_line(20 * MEGABIT, 0) as line:
        yield line


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, line_to_server: Line) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("data"), BASE_URL=line_to_server.url)
    line_to_server.target = started.port
    started.start(prepare="demo")
    started.url = line_to_server.url
    yield started
    started.kill()


@pytest.fixture
def on_a_slow_line(line_to_server: Line) -> Iterator[Callable[[], None]]:
    """Call it when all that should be on the device is there."""

    def slow_down() -> None:
        line_to_server.there_and_back = THERE_AND_BACK

    yield slow_down
    line_to_server.there_and_back = 0


def test_a_copy_stands_in_at_once_and_shows_what_the_partner_and_ones_own_other_device_did(
    both: Both, window: Callable[..., Page], on_a_slow_line: Callable[[], None]
) -> None:
    install(both.ruth)
    on_a_slow_line()
    both.ruth.goto("/people")
    add_topic(both.mateo, "While she was away")
    both.mateo.get_by_text("Paste a link instead").click()
    both.mateo.get_by_label("Link to the call").fill("https://meet.example.org/ruth-and-mateo")
    both.mateo.get_by_role("button", name="Use it").click()
    expect(both.mateo.get_by_role("link", name="Start session")).to_be_visible()
    phone = window("ruth", width=390)
    phone.goto(both.session)
    phone.locator("private-notes textarea").fill("Ask about the offer")
    expect(phone.locator("private-notes [role=status]")).to_have_text("Saved")
    both.ruth.goto(both.session)
    assert both.ruth.evaluate("'kept' in document.documentElement.dataset")
    expect(line(both.ruth)).to_have_value("While she was away")
    expect(both.ruth.get_by_role("link", name="Start session")).to_be_visible()
    expect(both.ruth.locator("private-notes textarea")).to_have_value("Ask about the offer")
    says(both.ruth, "Saved")


def test_after_a_deed_of_ones_own_the_page_is_never_a_copy(both: Both, on_a_slow_line: Callable[[], None]) -> None:
    install(both.ruth)
    on_a_slow_line()
    both.ruth.locator("private-notes textarea").fill("Mine, and kept")
    expect(both.ruth.locator("private-notes [role=status]")).to_have_text("Saved")
    both.ruth.goto("/people")
    both.ruth.goto(both.session)
    assert not both.ruth.evaluate("'kept' in document.documentElement.dataset")
    expect(both.ruth.locator("private-notes textarea")).to_have_value("Mine, and kept")
