"""The end of a talk: what said Saved is in the record and in the letter, and each gets one letter whatever happens."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.journeys.agenda import add_item, end, says
from tests.journeys.pair import Both
from tests.journeys.post import letters, text_of
from tests.simulators.smtp import Sink
from tests.waiting import until

SAVED = '() => document.querySelector("save-status").dataset.state === "saved"'


@pytest.fixture
def wrapping_up(both: Both, post: Sink) -> Both:
    """Both are at the wrap-up, with one action item of Mateo's."""
    post.taken.clear()
    add_item(both.ruth, "Send the CV @mateo")
    expect(both.mateo.get_by_role("button", name="Done: Send the CV")).to_be_visible()
    end(both.ruth)
    for page in (both.ruth, both.mateo):
        expect(page).to_have_url(re.compile("/wrap-up$"))
        says(page, "Saved")
    return both


def test_a_keystroke_saved_just_before_the_lists_are_sent_is_in_record_and_letter(
    wrapping_up: Both, post: Sink
) -> None:
    ruth, mateo = wrapping_up.ruth, wrapping_up.mateo
    item = mateo.get_by_label("Action item", exact=True)
    send = ruth.get_by_role("button", name="Send both lists")
    item.press("End")
    mateo.keyboard.type(" to Paula!")
    mateo.wait_for_function(SAVED, polling="raf")
    send.dispatch_event("click")
    for page in (ruth, mateo):
        expect(page.get_by_text("This is the record")).to_be_visible()
        expect(page.get_by_text("Send the CV to Paula!", exact=True)).to_be_visible()
    for who in ("ruth", "mateo"):
        assert "Send the CV to Paula!" in text_of(list_of(post, who))


def test_both_send_in_the_same_second_and_each_gets_one_letter(wrapping_up: Both, post: Sink) -> None:
    ruth, mateo = wrapping_up.ruth, wrapping_up.mateo
    press_at_once(wrapping_up, "form[data-after-saving] button")
    for page in (ruth, mateo):
        expect(page.get_by_text("This is the record")).to_be_visible()
        expect(page.locator(".record-item")).to_have_count(1)
    assert_one_letter_each(post)


def test_both_end_the_talk_in_the_same_second_and_meet_at_the_wrap_up(both: Both) -> None:
    for page in (both.ruth, both.mateo):
        page.get_by_role("button", name="End session").click()
    press_at_once(both, "#end-dialog form button")
    for page in (both.ruth, both.mateo):
        expect(page).to_have_url(re.compile("/wrap-up$"))
        says(page, "Saved")


def test_letters_that_the_mail_server_refuses_for_now_arrive_once_it_takes_them(wrapping_up: Both, post: Sink) -> None:
    tried = len(post.greetings)
    post.data_answer = "451 later, please"
    try:
        wrapping_up.ruth.get_by_role("button", name="Send both lists").click()
        expect(wrapping_up.ruth.get_by_text("This is the record")).to_be_visible()
        until(lambda: len(post.greetings) > tried, 20)
        assert not post.taken
    finally:
        post.data_answer = "250 OK"
    assert_one_letter_each(post)


def press_at_once(both: Both, button: str) -> None:
    """Both, a moment from now: a second press that waits for the first one's answer would come too late."""
    for page in (both.ruth, both.mateo):
        page.evaluate("(button) => { setTimeout(() => document.querySelector(button).click(), 100) }", button)


def list_of(post: Sink, who: str) -> EmailMessage:
    """The letter with this person's action items."""
    return until(lambda: letters(post, f"{who}@example.org", "our talk with"), 30)[0]


def assert_one_letter_each(post: Sink) -> None:
    ids = {list_of(post, who)["Message-ID"] for who in ("ruth", "mateo")}
    assert len(ids) == 2
    assert len([letter for letter in post.taken if "our talk with" in letter["Subject"]]) == 2
