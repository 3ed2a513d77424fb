"""The line is gone and comes back: everything stays writable, nothing is lost, nothing doubles."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.agenda import add_topic, cut, line, mend, put_caret, says, sit_down, titles
from tests.journeys.pair import Both


def test_what_both_write_offline_meets_when_they_are_back(both: Both) -> None:
    add_topic(both.ruth, "and")
    expect(line(both.mateo)).to_have_value("and")
    for page, at, words in ((both.ruth, 0, "The portfolio "), (both.mateo, 3, " the salary talk")):
        page.context.set_offline(True)
        put_caret(line(page), at)
        page.keyboard.type(words)
        add_topic(page, f"Added offline: {words.strip()}")
        says(page, "Kept on this device")
        expect(page.get_by_text("You are offline")).to_be_visible()
    for page in (both.ruth, both.mateo):
        page.context.set_offline(False)
    for page in (both.ruth, both.mateo):
        says(page, "Saved")
        expect(line(page)).to_have_value("The portfolio and the salary talk")
        expect(page.locator("topic-list li")).to_have_count(3)
    assert titles(both.ruth) == titles(both.mateo)
    assert set(titles(both.ruth)[1:]) == {"Added offline: The portfolio", "Added offline: the salary talk"}


def test_one_who_is_offline_hears_nothing_until_the_line_is_back_and_then_all_of_it(both: Both) -> None:
    both.mateo.context.set_offline(True)
    says(both.mateo, "Kept on this device")
    add_topic(both.ruth, "While you were away")
    says(both.ruth, "Saved")
    expect(both.mateo.locator("topic-list li")).to_have_count(0)
    both.mateo.context.set_offline(False)
    expect(line(both.mateo)).to_have_value("While you were away")


def test_unsaved_words_outlive_a_reload(both: Both) -> None:
    cut(both.ruth.context)
    add_topic(both.ruth, "Only on this device so far")
    says(both.ruth, "Kept on this device")
    both.ruth.reload()
    expect(line(both.ruth)).to_have_value("Only on this device so far")
    says(both.ruth, "Kept on this device")
    expect(both.mateo.locator("topic-list li")).to_have_count(0)
    mend(both.ruth.context)
    says(both.ruth, "Saved")
    for page in (both.ruth, both.mateo):
        expect(page.locator("topic-list li")).to_have_count(1)
        expect(line(page)).to_have_value("Only on this device so far")


def test_unsaved_words_outlive_their_tab(both: Both) -> None:
    """Also the very last letter, typed when the tab is closed."""
    device = both.ruth.context
    device.set_offline(True)
    add_topic(both.ruth, "Only on this devic")
    put_caret(line(both.ruth), 18)
    both.ruth.keyboard.type("e")
    with both.ruth.expect_event("close"):
        both.ruth.close(run_before_unload=True)
    device.set_offline(False)
    again = device.new_page()
    sit_down(again, both.session)
    for page in (again, both.mateo):
        expect(line(page)).to_have_value("Only on this device")
        expect(page.locator("topic-list li")).to_have_count(1)


def test_another_tab_of_the_same_person_sends_what_a_closed_one_left(both: Both) -> None:
    other = both.ruth.context.new_page()
    sit_down(other, both.session)
    both.ruth.context.set_offline(True)
    add_topic(both.ruth, "Left behind")
    says(both.ruth, "Kept on this device")
    both.ruth.close()
    other.context.set_offline(False)
    for page in (other, both.mateo):
        expect(line(page)).to_have_value("Left behind")
        expect(page.locator("topic-list li")).to_have_count(1)


def test_a_line_that_comes_and_goes_doubles_nothing(both: Both) -> None:
    add_topic(both.ruth, ".")
    expect(line(both.mateo)).to_have_value(".")
    put_caret(line(both.ruth), 0)
    for number in range(10):
        both.ruth.context.set_offline(number % 2 == 0)
        both.ruth.keyboard.type(f"{number}")
    both.ruth.context.set_offline(False)
    says(both.ruth, "Saved")
    for page in (both.ruth, both.mateo):
        expect(line(page)).to_have_value("0123456789.")


def test_without_indexeddb_the_page_says_to_stay_open(window: Callable[..., Page], both: Both) -> None:
    page = window("ruth")
    page.add_init_script("delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined})")
    sit_down(page, both.session)
    page.context.set_offline(True)
    add_topic(page, "Nowhere but here")
    says(page, "Keep this page open")
    page.context.set_offline(False)
    says(page, "Saved")
    expect(line(both.mateo)).to_have_value("Nowhere but here")
