"""The server dies in the middle of a word: what said Saved is there, the rest arrives later, nothing doubles."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.agenda import add_topic, line, put_caret, says, sit_down
from tests.journeys.pair import Both
from tests.server import Server

WORDS = "the portfolio, what to cut and why, and then the salary talk"


@pytest.fixture
def up_again(server: Server) -> Iterator[None]:
    """However a test ends, the next one finds the server running."""
    yield
    if not server.processes():
        server.start()


@pytest.mark.usefixtures("up_again")
def test_what_said_saved_is_there_after_a_crash_without_its_writer(
    both: Both, server: Server, window: Callable[..., Page]
) -> None:
    add_topic(both.ruth, "Said to be saved")
    says(both.ruth, "Saved")
    server.kill()
    both.ruth.context.close()
    both.mateo.context.close()
    server.start()
    later = window("mateo")
    sit_down(later, both.session)
    expect(line(later)).to_have_value("Said to be saved")
    expect(later.locator("topic-list li")).to_have_count(1)


@pytest.mark.usefixtures("up_again")
def test_words_typed_through_a_crash_arrive_once_when_the_server_is_back(both: Both, server: Server) -> None:
    begin(both)
    for at, letter in zip(count(), WORDS):
        if at == len(WORDS) // 2:
            server.kill()
        both.ruth.keyboard.press(letter)
        both.mateo.keyboard.press(letter.upper())
    for page in (both.ruth, both.mateo):
        says(page, "Kept on this device")
    server.start()
    for page in (both.ruth, both.mateo):
        says(page, "Saved")
        expect(line(page)).to_have_value(f"{WORDS}|{WORDS.upper()}")


@pytest.mark.usefixtures("up_again")
def test_a_tab_that_was_closed_while_the_server_was_down_brings_its_words_later(both: Both, server: Server) -> None:
    begin(both)
    server.kill()
    both.ruth.keyboard.type("not lost")
    says(both.ruth, "Kept on this device")
    device = both.ruth.context
    both.ruth.close()
    server.start()
    says(both.mateo, "Saved")
    expect(line(both.mateo)).to_have_value("|")
    again = device.new_page()
    sit_down(again, both.session)
    for page in (again, both.mateo):
        expect(line(page)).to_have_value("not lost|")


def begin(both: Both) -> None:
    """One line in both windows; Ruth's caret is at its beginning, Mateo's at its end."""
    add_topic(both.ruth, "|")
    expect(line(both.mateo)).to_have_value("|")
    put_caret(line(both.ruth), 0)
    put_caret(line(both.mateo), 1)
