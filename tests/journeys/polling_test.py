"""Where the network lets no WebSocket through, everything works by polling."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.agenda import add_topic, line, put_caret, says, sit_down
from tests.journeys.pair import Both, plan

REFUSED = "window.WebSocket = class extends WebSocket { constructor() { super(`ws://${location.host}/no-such-page`) } }"


@pytest.fixture
def polled() -> list[str]:
    """The addresses that Ruth's page polled."""
    return []


@pytest.fixture
def both(window: Callable[..., Page], polled: list[str]) -> Both:
    """Ruth sits behind a proxy that refuses every WebSocket; Mateo doesn't."""
    ruth, mateo = window("ruth"), window("mateo")
    ruth.add_init_script(REFUSED)
    ruth.on("request", lambda request: polled.append(request.url) if "transport=polling" in request.url else None)
    ruth.goto("/mentorships/1/plan")
    session = plan(ruth)
    for page in (ruth, mateo):
        sit_down(page, session)
    return Both(ruth, mateo, session)


def test_both_see_each_keystroke_by_polling(both: Both, polled: list[str]) -> None:
    add_topic(both.ruth, "The portfolio")
    expect(line(both.mateo)).to_have_value("The portfolio")
    put_caret(line(both.mateo), 13)
    both.mateo.keyboard.type(", what to cut")
    expect(line(both.ruth)).to_have_value("The portfolio, what to cut")
    expect(both.ruth.get_by_text("Mateo is writing")).to_be_visible()
    assert polled
    # So that a proxy before several servers can lead both partners to one.
    assert all(f"session={both.session.rsplit('/', 1)[-1]}&" in url for url in polled)


def test_an_end_of_the_talk_is_heard_by_polling(both: Both) -> None:
    both.mateo.get_by_role("button", name="End session").click()
    both.mateo.get_by_role("button", name="Wrap up").click()
    expect(both.ruth).to_have_url(re.compile("/wrap-up$"))


def test_words_written_offline_are_saved_by_polling(both: Both) -> None:
    both.ruth.context.set_offline(True)
    add_topic(both.ruth, "In a tunnel")
    says(both.ruth, "Kept on this device")
    both.ruth.context.set_offline(False)
    says(both.ruth, "Saved")
    expect(line(both.mateo)).to_have_value("In a tunnel")
