"""A talking point in the hand, mouse or finger, while the partner goes on working on the same list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import CDPSession, FloatRect, Locator, Page, expect

from tests.journeys.agenda import add_topic, expect_order, grip, sit_down, titles, topic
from tests.journeys.pair import Both
from tests.waiting import until

FIVE = ["First", "Second", "Third", "Fourth", "Fifth"]


@pytest.fixture
def five(both: Both) -> Both:
    for words in FIVE:
        add_topic(both.ruth, words)
    expect_order(both, FIVE)
    return both


@contextmanager
def held(page: Page, words: str, above: str) -> Iterator[float]:
    """In Ruth's hand over the upper edge of another row; gives the height at which the hand is."""
    grip(page, words).hover()
    page.mouse.down()
    box = box_of(topic(page, above))
    page.mouse.move(box["x"] + 20, box["y"] + 40, steps=5)
    page.mouse.move(box["x"] + 20, box["y"] + 6, steps=5)
    expect(page.locator(".is-dragged")).to_be_visible()
    yield box["y"] + 6
    page.mouse.up()


def test_what_is_held_stays_in_the_hand_and_lands_where_it_was_seen(five: Both) -> None:
    let_hear(five, 10)
    with held(five.ruth, "Fifth", above="Third") as hand:
        seen = titles(five.ruth)
        remove(five.mateo, "First")
        add_topic(five.mateo, "Mateo’s own")
        grip(five.mateo, "Third").focus()
        five.mateo.keyboard.press("Alt+ArrowUp")
        let_hear(five, 25)
        assert titles(five.ruth) == seen
        assert is_under(five.ruth, hand)
    expect_order(five, ["Fifth", "Third", "Second", "Fourth", "Mateo’s own"])


def test_dropped_last_it_stands_behind_the_last_that_was_seen(five: Both) -> None:
    let_hear(five, 10)
    with held(five.ruth, "First", above="Fifth"):
        box = box_of(topic(five.ruth, "Fifth"))
        five.ruth.mouse.move(box["x"] + 20, box["y"] + box["height"] - 4)
        add_topic(five.mateo, "Mateo’s own")
        let_hear(five, 25)
    expect_order(five, ["Second", "Third", "Fourth", "Fifth", "First", "Mateo’s own"])


def test_what_the_partner_removes_is_let_go(five: Both) -> None:
    with held(five.ruth, "Fifth", above="Second"):
        remove(five.mateo, "Fifth")
        expect(five.ruth.locator("topic-list li")).to_have_count(4)
        expect(five.ruth.locator(".drop-before, .drop-last, .is-dragged")).to_have_count(0)
    expect_order(five, FIVE[:4])
    with held(five.ruth, "Fourth", above="First"):
        pass
    expect_order(five, ["Fourth", "First", "Second", "Third"])


def test_escape_puts_it_back_and_opens_nothing(five: Both) -> None:
    with held(five.ruth, "Fifth", above="Second"):
        five.ruth.keyboard.press("Escape")
        expect(five.ruth.locator(".drop-before, .drop-last, .is-dragged")).to_have_count(0)
        grip(five.ruth, "Fifth").hover()
    expect(five.ruth.locator("topic-menu")).to_be_hidden()
    expect_order(five, FIVE)
    grip(five.ruth, "Fifth").click()
    expect(five.ruth.locator("topic-menu")).to_be_visible()


def test_a_hand_that_rests_at_the_edge_scrolls_no_further_than_the_list(five: Both) -> None:
    five.ruth.set_viewport_size({"width": 390, "height": 420})
    grip(five.ruth, "First").scroll_into_view_if_needed()
    box = box_of(grip(five.ruth, "First"))
    five.ruth.mouse.move(box["x"] + 10, box["y"] + 10)
    five.ruth.mouse.down()
    five.ruth.mouse.move(box["x"] + 10, 410, steps=5)
    until(lambda: box_of(topic(five.ruth, "Fifth"))["y"] < 330, 20)
    until(lambda: is_at_rest(five.ruth), 20)
    expect(five.ruth.locator(".topics.drop-last")).to_be_visible()
    five.ruth.mouse.up()
    expect_order(five, [*FIVE[1:], "First"])


def test_a_finger_drags_by_the_grip_and_scrolls_elsewhere(five: Both, window: Callable[..., Page]) -> None:
    phone = window("ruth", 390, 700, has_touch=True, is_mobile=True)
    sit_down(phone, five.session)
    finger = Finger(phone)
    grip(phone, "Fourth").tap()
    expect(phone.locator("topic-menu")).to_be_visible()
    phone.keyboard.press("Escape")
    topic(phone, "Fourth").scroll_into_view_if_needed()
    before = phone.evaluate("scrollY")
    box = box_of(topic(phone, "Fourth").locator(".topic-meta"))
    finger.slide(box["x"] + 60, box["y"] + 8, to=box["y"] - 150)
    until(lambda: phone.evaluate("scrollY") > before + 60, 20)
    expect_order(five, FIVE)

    until(lambda: is_at_rest(phone), 20)
    topic(phone, "Third").evaluate(
        "row => row.scrollIntoView({ block: 'center', behavior: 'instant' })"
    )  # off the edges
    before = phone.evaluate("scrollY")
    handle, above = box_of(grip(phone, "Fourth")), box_of(topic(phone, "Second"))
    finger.slide(handle["x"] + 20, handle["y"] + 20, to=above["y"] + 6, rest=700)
    expect_order(five, ["First", "Fourth", "Second", "Third", "Fifth"])
    assert phone.evaluate("scrollY") == before
    expect(phone.locator("topic-menu")).to_be_hidden()


def test_a_finger_that_the_browser_takes_away_moves_nothing(five: Both, window: Callable[..., Page]) -> None:
    phone = window("ruth", 390, 700, has_touch=True, is_mobile=True)
    sit_down(phone, five.session)
    finger = Finger(phone)
    topic(phone, "Second").scroll_into_view_if_needed()
    handle, above = box_of(grip(phone, "Fourth")), box_of(topic(phone, "Second"))
    finger.slide(handle["x"] + 20, handle["y"] + 20, to=above["y"] + 6, end="touchCancel")
    expect(phone.locator(".drop-before, .drop-last, .is-dragged")).to_have_count(0)
    expect_order(five, FIVE)


class Finger:
    """One finger on a phone's screen; the browser makes pointers, scrolling and presses of it as from glass."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.glass: CDPSession = page.context.new_cdp_session(page)

    def slide(self, x: float, y: float, to: float, rest: float = 0, end: str = "touchEnd") -> None:
        """Down at this place, stay for `rest` ms, then up or down the screen and away."""
        self._tell("touchStart", x, y)
        self.page.wait_for_timeout(rest)
        for step in range(1, 11):
            self._tell("touchMove", x, y + (to - y) * step / 10)
            self.page.wait_for_timeout(16)
        self._tell(end)

    def _tell(self, kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def remove(page: Page, words: str) -> None:
    grip(page, words).click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(grip(page, words)).to_have_count(0)


def let_hear(both: Both, minutes: int) -> None:
    """Ruth's page knows all that Mateo did; what she holds keeps the list from showing it, so the budget tells."""
    field = both.mateo.get_by_label("Minutes for Second")
    field.fill(str(minutes))
    field.press("Tab")
    expect(both.ruth.locator("minutes-budget")).to_contain_text(f"{minutes} of 60 minutes planned")


def is_under(page: Page, hand: float) -> bool:
    """Whether the row that is held is where the hand is."""
    box = box_of(page.locator(".is-dragged"))
    return bool(box["y"] <= hand <= box["y"] + box["height"])


def is_at_rest(page: Page) -> bool:
    script = "async () => { const y = scrollY; await new Promise((go) => setTimeout(go, 250)); return y === scrollY; }"
    return bool(page.evaluate(script))


def box_of(place: Locator) -> FloatRect:
    box = place.bounding_box()
    assert box
    return box
