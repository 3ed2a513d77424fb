"""Two people write in one agenda at the same time."""

from collections.abc import Callable
from itertools import zip_longest

from playwright.sync_api import Locator, Page, expect

from tests.journeys.agenda import add_topic, line, put_caret, says, sit_down
from tests.journeys.pair import Both
from tests.waiting import until

FIRST, SECOND = "the portfolio, what to cut and why", "AND HOW TO ASK FOR MORE THAN THAT"


def test_two_who_type_at_the_two_ends_of_one_line_lose_no_letter(both: Both) -> None:
    here, there = one_line(both, "and")
    put_caret(here, 0)
    put_caret(there, 3)
    type_at_once(both, FIRST, SECOND)
    for field in (here, there):
        expect(field).to_have_value(f"{FIRST}and{SECOND}")


def test_two_who_type_at_the_same_place_both_keep_their_words_whole(both: Both) -> None:
    here, there = one_line(both, "..")
    put_caret(here, 1)
    put_caret(there, 1)
    type_at_once(both, FIRST, SECOND)
    until(lambda: here.input_value() == there.input_value() and len(here.input_value()) == len(FIRST + SECOND) + 2, 20)
    assert here.input_value() in {f".{FIRST}{SECOND}.", f".{SECOND}{FIRST}."}


def test_one_deletes_what_the_other_writes_in_and_only_that_goes(both: Both) -> None:
    here, there = one_line(both, "one two three")
    put_caret(here, 7)
    put_caret(there, 7)
    type_at_once(both, ["Backspace"] * 3, "and a half")
    for field in (here, there):
        expect(field).to_have_value("one and a half three")


def test_the_partner_sees_whose_caret_is_in_a_line_and_where(both: Both) -> None:
    here, there = one_line(both, "The portfolio")
    put_caret(here, 4)
    row = both.mateo.locator("topic-list line-text")
    caret = row.locator(".caret")
    until_writing(both.ruth, caret.count)
    expect(row).to_have_attribute("data-typing", "mentor")
    expect(caret).to_have_attribute("data-name", "Ruth")
    until_writing(both.ruth, lambda: before(caret) == there.input_value().split("portfolio")[0])
    expect(both.mateo.get_by_text("Ruth is writing")).to_be_visible()


def test_ones_own_second_device_is_not_taken_for_the_partner(both: Both, window: Callable[..., Page]) -> None:
    one_line(both, "The portfolio")
    elsewhere = both.ruth.get_by_text("You, on another device")
    expect(elsewhere).to_be_hidden()
    phone = window("ruth", 390, 700)
    sit_down(phone, both.session)
    for page in (both.ruth, phone):
        expect(page.get_by_text("You, on another device")).to_be_visible()
        expect(page.get_by_text("Mateo is here")).to_be_visible()
    expect(both.mateo.get_by_text("You, on another device")).to_be_hidden()
    put_caret(line(phone), 4)
    caret = both.ruth.locator("topic-list .caret")
    until_writing(phone, caret.count)
    expect(caret).to_have_attribute("data-name", "You, on another device")
    expect(both.ruth.locator("topic-list line-text")).to_have_attribute("data-typing", "mentor")
    expect(both.ruth.get_by_text("is writing")).to_have_count(0)
    phone.close()
    expect(elsewhere).to_be_hidden()
    expect(caret).to_have_count(0)


def test_a_caret_is_gone_when_its_owner_leaves_the_line(both: Both) -> None:
    here, _ = one_line(both, "The portfolio")
    put_caret(here, 4)
    row = both.mateo.locator("topic-list line-text")
    until_writing(both.ruth, lambda: row.get_attribute("data-typing"))
    both.ruth.get_by_label("Add a talking point").focus()
    expect(row).not_to_have_attribute("data-typing", "mentor")


def test_every_alphabet_arrives_as_it_was_written(both: Both) -> None:
    words = "São João 🙂👩‍💻 你好，世界"
    here, there = one_line(both, "In short: ")
    put_caret(here, 0)
    for sign in words:
        both.ruth.keyboard.insert_text(sign)
    expect(there).to_have_value(f"{words}In short: ")
    says(both.ruth, "Saved")


def until_writing(page: Page, seen: Callable[[], object]) -> None:
    """Keep writing until this is seen: a caret at rest is taken away after a few seconds."""

    def write_and_look() -> object:
        page.keyboard.type("w")
        return seen()

    until(write_and_look, 20)


def one_line(both: Both, words: str) -> tuple[Locator, Locator]:
    """The same line in both windows."""
    add_topic(both.ruth, words)
    here, there = line(both.ruth), line(both.mateo)
    expect(there).to_have_value(words)
    return here, there


def type_at_once(both: Both, ruths: str | list[str], mateos: str | list[str]) -> None:
    """Keystroke by keystroke, neither waiting for the other's to arrive."""
    for one, other in zip_longest(ruths, mateos):
        press(both.ruth, one)
        press(both.mateo, other)


def press(page: Page, key: str | None) -> None:
    if key is not None:
        page.keyboard.press(key)


def before(caret: Locator) -> str:
    """The words in front of a caret, as they are drawn behind the field."""
    return str(caret.evaluate("(caret) => caret.previousSibling?.textContent ?? ''"))
