"""On somebody's device: it can be installed, opens without a network, and leaves nothing behind after signing out."""

import json
import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Dialog, Page, StorageState, expect

from tests.journeys.agenda import add_topic, line, says
from tests.journeys.installed import install, is_kept, path_of
from tests.journeys.pair import Both
from tests.waiting import until

pytestmark = pytest.mark.windows

CANARY = "Wiretapped kookaburra"
# All that the browser keeps for us, as one text. Bytes are read as Latin-1: a word in a Yjs update is found, too.
EVERYTHING_KEPT = """
async () => {
  const said = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      said.push(name, request.url);
      if (!request.url.includes("/static/")) said.push(await (await cache.match(request, { ignoreVary: true })).text());
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
    for (const store of db.objectStoreNames) {
      const rows = db.transaction(store).objectStore(store).getAll();
      await new Promise((resolve) => (rows.onsuccess = resolve));
      const plain = (key, value) => value instanceof Uint8Array ? String.fromCharCode(...value) : value;
      said.push(name, store, JSON.stringify(rows.result, plain));
    }
    db.close();
  }
  return said.join("\\n");
}
"""


@pytest.fixture(scope="module")
def workers() -> Literal["allow", "block"]:
    return "allow"


@pytest.fixture
def cookies() -> dict[str, StorageState]:
    """Each signs in anew: one of them signs out in here."""
    return {}


def test_a_device_may_put_it_on_its_home_screen(window: Callable[..., Page]) -> None:
    page = window()
    page.goto("/sign-in")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    chromium = page.context.new_cdp_session(page)
    manifest = chromium.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["name"] == "Alongside"
    found = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [each["errorId"] for each in found if each["errorId"] != "in-incognito"] == []


def test_an_open_agenda_is_reloaded_and_written_in_without_a_network_and_all_arrives(both: Both) -> None:
    add_topic(both.ruth, "Before the train")
    says(both.ruth, "Saved")
    install(both.ruth)
    both.ruth.context.set_offline(True)
    both.ruth.reload()
    expect(line(both.ruth)).to_have_value("Before the train")
    says(both.ruth, "Kept on this device")
    add_topic(both.ruth, "In the tunnel")
    both.ruth.reload()
    expect(line(both.ruth, 1)).to_have_value("In the tunnel")
    both.ruth.goto("/people")  # has no copy
    expect(both.ruth.get_by_role("heading", name="You are offline")).to_be_visible()
    both.ruth.get_by_role("link", name=re.compile("with Mateo")).click()
    expect(line(both.ruth, 1)).to_have_value("In the tunnel")
    both.ruth.context.set_offline(False)
    says(both.ruth, "Saved")
    expect(line(both.mateo, 1)).to_have_value("In the tunnel")


def test_signing_out_leaves_nothing_of_the_person_on_the_device(both: Both) -> None:
    page = both.ruth
    add_topic(page, CANARY)
    page.locator("private-notes textarea").fill(f"{CANARY}, privately")
    says(page, "Saved")
    install(page)
    page.reload()
    until(lambda: page.evaluate(EVERYTHING_KEPT).count(CANARY) >= 2, seconds=10)
    page.goto("/settings")
    page.evaluate("localStorage.setItem('any', 'Ruth')")
    page.context.set_offline(True)
    told: list[str] = []

    def read(dialog: Dialog) -> None:
        told.append(dialog.message)
        dialog.accept()

    page.once("dialog", read)
    page.locator("form[data-signs-out] button").first.click()
    assert "needs the network" in told[0]
    assert is_kept(page, path_of(both.session))  # half signed out would be worse than not
    page.context.set_offline(False)
    page.locator("form[data-signs-out] button").first.click()
    page.wait_for_url("**/sign-in*")
    left = page.evaluate(EVERYTHING_KEPT)
    for word in (CANARY, "Ruth", "Mateo", "alongside-pages", "alongside-person"):
        assert word not in left


def test_what_was_signed_out_elsewhere_is_not_shown_to_whoever_comes_next(both: Both) -> None:
    page = both.ruth
    add_topic(page, CANARY)
    says(page, "Saved")
    install(page)
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_label("Your e-mail")).to_be_visible()
    until(lambda: not is_kept(page, path_of(both.session)), seconds=10)
    page.context.set_offline(True)
    page.goto(both.session)
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.get_by_text(CANARY)).to_have_count(0)
