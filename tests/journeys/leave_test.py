"""Who may no longer be here: a partner who was removed, and whoever signed out on this device."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, StorageState, expect

from tests.journeys.agenda import add_topic, cut, line, says, sit_down
from tests.journeys.conftest import look_around
from tests.journeys.pair import Both, accept, invite, plan
from tests.journeys.post import wait_for
from tests.simulators.smtp import Sink

DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"
WORDS = "Only Ruth may read this here"


@pytest.fixture
def cookies() -> dict[str, StorageState]:
    """Everybody signs in anew: whoever signs out here must not show out the next test's people."""
    return {}


@pytest.fixture
def parting(window: Callable[..., Page], post: Sink, request: pytest.FixtureRequest) -> Both:
    """Ruth and somebody new, at an agenda of theirs: this pair may part without any other test missing it."""
    address = f"ana{len(post.taken)}@example.org"
    ruth, ana = window("ruth"), window("ana")
    invite(ruth, address)
    accept(ana, "Ana", wait_for(post, address, "Ruth"))
    ruth.goto("/people")
    ruth.get_by_role("link", name=re.compile("Ana")).first.click()
    ruth.goto(f"{ruth.url}/plan")
    session = plan(ruth)
    sit_down(ana, session)
    ruth.goto("/people")
    ruth.get_by_role("link", name=re.compile("Ana")).first.click()
    return Both(ruth, ana, session)


def test_a_partner_who_was_removed_is_out_and_told_why(parting: Both) -> None:
    """How soon, tests/live says: there no browser has to draw a page first."""
    part(parting.ruth)
    expect(parting.mateo.get_by_text("This mentorship ended")).to_be_visible()
    expect(parting.mateo.locator("agenda-board")).to_have_count(0)


def test_unsaved_words_of_a_partner_who_was_removed_can_be_copied(parting: Both) -> None:
    ana = parting.mateo
    ana.context.set_offline(True)
    add_topic(ana, "Written in a tunnel")
    says(ana, "Kept on this device")
    part(parting.ruth)
    ana.context.set_offline(False)
    dialog = ana.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_have_value("Written in a tunnel")
    dialog.get_by_role("button", name="I have them").click()
    expect(ana.locator("agenda-board")).to_have_count(0)


def test_the_next_person_on_a_device_sees_nothing_of_the_one_before(both: Both) -> None:
    page = both.ruth
    add_topic(page, WORDS)
    says(page, "Saved")
    assert page.evaluate(DATABASES)
    sign_out(page)
    assert page.evaluate(DATABASES) == []
    assert page.evaluate("() => caches.keys()") == []
    assert page.evaluate("() => Object.values({ ...localStorage }).join()") == ""
    look_around(page, "mateo")
    page.context.set_offline(True)
    for _ in range(3):
        with suppress(Error):  # offline there is nothing to go back to
            page.go_back(wait_until="commit")
        expect(page.locator("agenda-board")).to_have_count(0)
        expect(page.get_by_text(WORDS)).to_have_count(0)


def test_signing_out_with_unsaved_words_asks_first(both: Both) -> None:
    page = both.ruth
    cut(page.context)
    add_topic(page, WORDS)
    says(page, "Kept on this device")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.goto("/settings")
    with page.expect_event("dialog") as asked:
        page.locator("form[data-signs-out] button").first.click()
    assert asked.value.message == "Some of what you wrote is only on this device. Sign out and lose it?"
    page.goto(both.session)
    expect(line(page)).to_have_value(WORDS)  # still signed in, still kept
    page.on("dialog", lambda dialog: dialog.accept())
    sign_out(page)
    assert page.evaluate(DATABASES) == []


def test_signing_out_on_every_device_closes_the_agendas_open_there(both: Both, window: Callable[..., Page]) -> None:
    elsewhere = window("ruth")
    sit_down(elsewhere, both.session)
    both.ruth.goto("/settings")
    both.ruth.get_by_role("button", name="Sign out everywhere").click()
    expect(elsewhere.locator("agenda-board")).to_have_count(0)
    elsewhere.goto(both.session)
    expect(elsewhere.get_by_role("button", name="Look around as Ruth")).to_be_visible()


def part(page: Page) -> None:
    """Open at the page of a mentorship: it ends for both."""
    page.goto(f"{page.url}/end")
    page.get_by_role("button", name="End this mentorship").click()
    expect(page.get_by_text("This mentorship ended")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/settings")
    page.locator("form[data-signs-out] button").first.click()
    page.wait_for_url("**/sign-in*")
