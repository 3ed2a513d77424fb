"""Done in a letter, seen by the partner who has the next session open."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.agenda import add_item, end, says, sit_down
from tests.journeys.pair import Both, plan
from tests.journeys.post import links_in, wait_for
from tests.simulators.smtp import Sink


def test_done_in_a_letter_is_seen_live_on_the_partners_next_agenda(
    both: Both, window: Callable[..., Page], post: Sink
) -> None:
    ruth = both.ruth
    add_item(ruth, "Send the CV @mateo")
    says(ruth, "Saved")
    end(ruth)
    ruth.get_by_role("button", name="Send both lists").click()
    letter = wait_for(post, "mateo@example.org", "from your talk")
    ruth.goto("/mentorships/1/plan")
    sit_down(ruth, plan(ruth))
    ruth.locator("carried-list summary").click()  # the demo pair has a lot open: the newest are folded away
    still_open = ruth.locator("carried-list").get_by_text("Send the CV", exact=True)
    expect(still_open).to_be_visible()
    nobody = window()
    nobody.goto(links_in(letter, "/d/")[0])
    nobody.get_by_role("button", name="Done").click()
    expect(nobody.get_by_text("Ruth will see it.")).to_be_visible()
    expect(still_open).to_have_count(0)
