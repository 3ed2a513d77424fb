"""The last five minutes: both agree to the items, to the next date, say what they take away, and the lists go out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.agenda import add_item, says
from tests.journeys.pair import Both, plan
from tests.journeys.post import text_of, wait_for
from tests.simulators.smtp import Sink

STARTS_IN, LENGTH = 8, 60  # minutes, as `plan` plans it


@pytest.fixture
def talking(window: Callable[..., Page]) -> Callable[[float], Both]:
    """Ruth and Mateo in their panels, both with a clock that shows so many minutes before the planned end."""

    def opened(minutes_left: float) -> Both:
        planner = window("ruth")
        planner.goto("/mentorships/1/plan")
        session = plan(planner)
        planner.context.close()
        now = datetime.now(UTC) + timedelta(minutes=STARTS_IN + LENGTH - minutes_left)  # noqa: TID251 - a real clock
        ruth, mateo = window("ruth", width=360, height=740), window("mateo", width=360, height=740)
        for page in (ruth, mateo):
            page.clock.install(time=now)
            page.goto(f"{session}/beside")
        for page in (ruth, mateo):
            expect(page.locator("agenda-board[data-state=live]")).to_be_attached()
            says(page, "Saved")
        return Both(ruth, mateo, session)

    return opened


def put(page: Page, minutes_left: float) -> None:
    """The page's clock is there from now on. No timer comes by it, or the line would be taken for dead."""
    ends = datetime.fromisoformat(page.locator("agenda-board").get_attribute("data-ends") or "")
    page.clock.set_system_time(ends - timedelta(minutes=minutes_left))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def notice(page: Page) -> Locator:
    return page.locator("closing-notice")


def expect_step(both: Both, title: str) -> None:
    for page in (both.ruth, both.mateo):
        rest(page)
        expect(page.get_by_role("heading", name=title)).to_be_visible()


def rest(page: Page) -> None:
    """Hands off the keyboard for a while."""
    page.clock.run_for(6_000)


def test_who_is_on_the_session_s_page_is_told_that_they_are_winding_up_and_goes_along(
    talking: Callable[[float], Both],
) -> None:
    both = talking(20)
    both.mateo.goto(both.session)
    says(both.mateo, "Saved")
    link = both.mateo.get_by_role("status").get_by_role("link", name="Go along in the companion")
    expect(link).to_be_hidden()
    press(both.ruth, "More")
    press(both.ruth, "Go to the wrap-up")
    link.click()
    expect_step(both, "Agree the action items")


def test_both_wind_up_together_and_the_lists_go_out(talking: Callable[[float], Both], post: Sink) -> None:
    post.taken.clear()
    both = talking(20)
    ruth, mateo = both.ruth, both.mateo
    add_item(ruth, "Send the CV @mateo friday")
    expect(mateo.get_by_role("button", name="Done: Send the CV")).to_be_visible()
    press(ruth, "More")
    press(ruth, "Go to the wrap-up")
    expect_step(both, "Agree the action items")
    for page in (ruth, mateo):
        press(page, "I agree")
    for page in (ruth, mateo):
        expect(page.get_by_text("Agreed by both")).to_be_visible()
    item = mateo.get_by_role("textbox", name="Action item", exact=True)
    item.press("End")
    mateo.keyboard.type(" to Ana")
    expect(ruth.get_by_role("textbox", name="Action item", exact=True)).to_have_value("Send the CV to Ana")
    expect(ruth.get_by_text("You both agreed · the wording changed")).to_be_visible()
    press(ruth, "I agree")
    expect(mateo.get_by_text("You agreed · the wording changed")).to_be_visible()
    press(mateo, "I agree")
    expect(ruth.get_by_text("You both agree.")).to_be_visible()
    press(ruth, "Next step")
    expect_step(both, "When do you talk next?")
    agree_on_the_next_date(both)
    press(mateo, "Next step")
    expect_step(both, "What do you take away?")
    mateo.get_by_label("One sentence, in your words").fill("Nobody else is waiting.")
    expect(ruth.get_by_text("Nobody else is waiting.")).to_be_visible()
    press(mateo, "I’m done")
    expect(ruth.get_by_text("Mateo is done.")).to_be_visible()
    press(ruth, "I’m done")
    for page in (ruth, mateo):
        expect(page.get_by_text("This is the record")).to_be_visible()
        expect(page.locator(".record-item")).to_contain_text("Agreed by both")
    for who in ("ruth", "mateo"):
        words = text_of(wait_for(post, f"{who}@example.org", "our talk with", seconds=30))
        assert "greed by both" in words
        assert "Nobody else is waiting." in words


def agree_on_the_next_date(both: Both) -> None:
    """The demo has a session ahead already, or one tap each makes one: then it stands there for both."""
    that_works = both.ruth.get_by_role("button", name=re.compile("^That works")).first
    planned = both.ruth.locator(".next-talk .notice")
    expect(that_works.or_(planned)).to_be_visible()
    if that_works.is_visible():
        that_works.click()
        expect(both.mateo.get_by_text("Ruth would like this")).to_be_visible()
        both.mateo.get_by_role("button", name=re.compile("^That works")).first.click()
    for page in (both.ruth, both.mateo):
        expect(page.locator(".next-talk .notice")).to_be_visible()


def test_it_is_announced_and_turns_only_when_nobody_is_writing(talking: Callable[[float], Both]) -> None:
    both = talking(20)
    ruth, mateo = both.ruth, both.mateo
    for page in (ruth, mateo):
        put(page, minutes_left=4.9)
        expect(notice(page)).to_contain_text("Five minutes left: wrap up together.")
    bar = ruth.get_by_label("Add an action item")
    for _ in range(8):
        bar.press_sequentially("go ")
        expect(mateo.locator("partner-presence")).to_contain_text("Ruth is writing")
        for page in (ruth, mateo):
            page.clock.run_for(2_000)
    for page in (ruth, mateo):
        expect(page.locator("closing-steps")).to_be_hidden()
    expect_step(both, "Agree the action items")
    expect(bar).to_have_value("go " * 8)
    expect(bar).to_be_focused()


def test_not_yet_and_five_more_minutes_hold_for_both_and_what_was_begun_stays(talking: Callable[[float], Both]) -> None:
    both = talking(20)
    ruth, mateo = both.ruth, both.mateo
    for page in (ruth, mateo):
        put(page, minutes_left=4.9)
    press(mateo, "Wrap up now")
    expect_step(both, "Agree the action items")
    ruth.get_by_label("Add an action item").press_sequentially("send the")
    press(mateo, "Not yet")
    expect(mateo.locator("closing-steps")).to_be_hidden()
    expect(notice(ruth)).to_contain_text("Mateo put the wrap-up off.")
    rest(ruth)
    expect(ruth.locator("closing-steps")).to_be_hidden()
    expect(ruth.get_by_label("Add an action item")).to_have_value("send the")
    for page in (ruth, mateo):
        expect(notice(page)).to_be_hidden()
        page.clock.fast_forward("05:00")
        expect(notice(page)).to_contain_text("Time is up: wrap up together.")
        expect(page.locator("session-clock")).to_have_attribute("data-state", "over")
    notice(ruth).get_by_role("button", name="+5 min").click()
    for page in (ruth, mateo):
        expect(page.locator("session-clock")).not_to_have_attribute("data-state", "over")
    expect(mateo.get_by_text("Ruth added five minutes")).to_be_visible()
