"""The companion beside the call, on every surface a browser has: floating above it, in a small window, on the phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.agenda import add_topic, says
from tests.journeys.pair import Both

pytestmark = pytest.mark.windows

CALL = "https://meet.example.org/ruth-and-mateo"


@pytest.fixture
def linked(both: Both) -> Both:
    """They have a link to their call, somewhere else."""
    both.ruth.get_by_text("Paste a link instead").click()
    both.ruth.get_by_label("Link to the call").fill(CALL)
    both.ruth.get_by_role("button", name="Use it").click()
    for page in (both.ruth, both.mateo):
        expect(page.get_by_role("link", name="Start session")).to_be_visible()
        says(page, "Saved")
    return both


def answer_calls(page: Page) -> None:
    """Somewhere else there is a page. (Whatever a browser with such a route asks for, a floating window can't.)"""
    page.context.route(re.compile("^https://meet.example.org"), lambda route: route.fulfill(body="The call"))


def start(page: Page) -> Page:
    """The window that opens at a press of Start session."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Start session").click()
    says(opened.value, "Saved")
    return opened.value


def test_the_companion_floats_with_all_that_was_begun_in_it_and_comes_back(linked: Both) -> None:
    ruth, mateo = linked.ruth, linked.mateo
    add_topic(ruth, "The offer")
    floating = start(ruth)
    expect(ruth.get_by_text("The companion floats above your windows")).to_be_visible()
    expect(ruth).to_have_url(re.compile("/beside$"))
    says(floating, "Saved")
    expect(floating.locator(".panel")).to_have_css("display", "grid")
    floating.get_by_role("button", name=re.compile("Begin with: The offer")).click()
    floating.get_by_label("Add a shared note").press_sequentially("Bands are public")
    expect(mateo.locator("topic-notes line-text[data-typing=mentor]")).to_have_count(1)
    floating.get_by_label("Add a shared note").press("Enter")
    note = mateo.locator("topic-notes summary")
    expect(note).to_have_text("1 note")
    floating.get_by_text("Your private notes").first.click()
    floating.locator("private-notes textarea").fill("Ask about the baby")
    expect(floating.locator("private-notes [data-ref=status]")).to_have_text("Saved")
    floating.locator("h2").first.click()
    floating.keyboard.press("/")
    floating.keyboard.type("send the CV @ma")
    expect(floating.locator(".capture-read")).to_be_visible()
    ruth.get_by_role("button", name="Bring it back here").click()
    expect(ruth.get_by_label("Add an action item")).to_have_value("send the CV @ma")
    expect(ruth.get_by_label("Your note")).to_have_value("Bands are public")
    expect(ruth.locator("private-notes textarea")).to_have_value("Ask about the baby")
    ruth.get_by_label("Add an action item").press("Enter")
    expect(mateo.get_by_role("button", name="Done: send the CV")).to_be_visible()


def test_the_way_into_the_call_stands_first_where_the_browser_opened_one_window(linked: Both) -> None:
    answer_calls(linked.ruth)
    floating = start(linked.ruth)
    with linked.ruth.context.expect_page() as opened:
        floating.get_by_text("Now the call").locator("..").get_by_role("link", name="Join the call").click()
    expect(opened.value).to_have_url(CALL)
    expect(floating.get_by_text("Now the call")).to_be_hidden()
    expect(floating.get_by_label("Add an action item")).to_be_visible()


def test_the_session_is_ended_in_the_floating_window_and_closing_it_loses_nothing(linked: Both) -> None:
    floating = start(linked.ruth)
    bar = floating.get_by_label("Add an action item")
    bar.fill("send the CV @mateo")
    bar.press("Enter")
    expect(linked.mateo.get_by_role("button", name="Done: Send the CV")).to_be_visible()
    floating.get_by_role("button", name="More").click()
    floating.get_by_role("button", name="End session").click()
    floating.get_by_role("button", name="Wrap up").click()
    expect(floating.get_by_text("Good talk, you two")).to_be_visible()
    expect(linked.mateo).to_have_url(re.compile("/wrap-up$"))
    linked.ruth.get_by_role("button", name="Bring it back here").click()
    expect(linked.ruth.get_by_text("Good talk, you two")).to_be_visible()
    expect(linked.ruth.get_by_label("Action item", exact=True)).to_have_value("Send the CV")


def test_what_worked_is_remembered_for_this_person_on_this_device(linked: Both) -> None:
    page = linked.ruth
    answer_calls(page)
    expect(page.get_by_text("The companion floats above the call")).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="In a small window instead").click()
    says(opened.value, "Saved")
    expect(page).to_have_url(CALL)
    page.goto(linked.session)
    expect(page.get_by_text("The companion opens in a small window, the call in this one")).to_be_visible()
    start(page)
    page.goto(linked.session)
    page.get_by_role("link", name="Floating above it instead").click()
    expect(page.get_by_text("The companion floats above your windows")).to_be_visible()


def test_a_code_puts_the_companion_on_the_phone_for_this_session_only(
    linked: Both, window: Callable[..., Page]
) -> None:
    linked.ruth.get_by_role("link", name="On your phone").click()
    linked.ruth.get_by_role("button", name="Show the code").click()
    expect(linked.ruth.get_by_alt_text("Code for your phone’s camera")).to_be_visible()
    phone = window("", 390, 700, has_touch=True, is_mobile=True)
    phone.goto(linked.ruth.locator(".phone-address").inner_text())
    expect(phone.get_by_text("Open Ruth’s companion on this device")).to_be_visible()
    phone.get_by_role("button", name="Open the companion").click()
    says(phone, "Saved")
    bar = phone.get_by_label("Add an action item")
    bar.fill("send the CV @mateo")
    bar.press("Enter")
    expect(linked.mateo.get_by_role("button", name="Done: send the CV")).to_be_visible()
    phone.goto("/")
    expect(phone).to_have_url(re.compile("/sign-in"))
