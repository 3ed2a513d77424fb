"""From a click on "Create Zoom link" to the link on both partners' screens. `python -m tests.bench.click` measures it.

Two real browsers at a real server with a simulated Zoom. What the simulated Zoom takes to answer is taken off: that
time is the real Zoom's, not ours.
"""

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.bench.figures import Figures, Spread, table
from tests.browser import launch
from tests.server import serving
from tests.simulators.zoom import Zoom

ROUNDS, WARM_UP = 20, 3
ZOOMS_OWN = 0.25  # seconds; meanwhile both pages say that the link is being made
CREATE = "POST /v2/users/me/meetings"
SHOWN = "Your Zoom room is ready"
# Kept over the page's own reload: when the button was pressed, and when the words were first there to be read.
WATCH = """
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const look = () => {
    if (!localStorage.shown && document.getElementById("call-h")?.textContent.includes("SHOWN")) {
      requestAnimationFrame(() => { localStorage.shown ||= now(); });
    }
  };
  addEventListener("click", (event) => {
    if (event.target.closest("button")?.textContent.includes("Create Zoom link")) localStorage.clicked = now();
  }, true);
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
})()
""".replace("SHOWN", SHOWN)


# How long the last question to an address with this end took, as the browser saw it from sending to the last byte.
ASKED = """
(end) => performance.getEntriesByType("resource").findLast(({ name }) => name.endsWith(end))?.duration
"""


class Round(NamedTuple):
    """Milliseconds until each of the two could read it; and of these, what our server took over the two questions."""

    hers: float
    his: float
    press: float
    part: float


class TimedZoom(Zoom):
    """Knows how long it took itself over each meeting, in milliseconds."""

    def __init__(self) -> None:
        self.took: list[float] = []
        super().__init__()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = time.perf_counter()
        is_create = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}" == CREATE
        if is_create:
            time.sleep(ZOOMS_OWN)
        answer = super()._serve(environ, start_response)
        if is_create:
            self.took.append((time.perf_counter() - began) * 1000)
        return answer


def measure() -> Figures:
    """Milliseconds, minimum, median and maximum over the rounds."""
    with (
        tempfile.TemporaryDirectory(prefix="click-") as data_dir,
        TimedZoom() as zoom,
        sync_playwright() as playwright,
        serving(Path(data_dir), **zoom.settings()) as server,
    ):
        server.flask("demo")
        browsers = [launch(playwright) for _ in range(2)]
        ruth, mateo = (
            _opened(browser, server.url, who) for browser, who in zip(browsers, ("Ruth", "Mateo"), strict=True)
        )
        _connect(ruth)
        mateo.goto(ruth.url)
        rounds = [_round(ruth, mateo, zoom) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
        for browser in browsers:
            browser.close()
    return {
        "to_whom_clicked_ms": Spread.of([each.hers for each in rounds]),
        "to_the_partner_ms": Spread.of([each.his for each in rounds]),
        "to_both_p95_ms": sorted(max(each.hers, each.his) for each in rounds)[round(0.95 * (len(rounds) - 1))],
        "server_press_answered_ms": Spread.of([each.press for each in rounds]),
        "server_part_answered_ms": Spread.of([each.part for each in rounds]),
    }


def _opened(browser: Browser, url: str, who: str) -> Page:
    page = browser.new_context(base_url=url, locale="en-GB").new_page()
    page.add_init_script(WATCH)
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Look around as {who}").click()
    page.wait_for_url("**/")
    return page


def _connect(ruth: Page) -> None:
    """The first click leads to Zoom's consent; every later one makes the link at once."""
    ruth.goto("/mentorships/1")
    ruth.locator("a[href^='/sessions/']").first.click()
    ruth.get_by_role("button", name="Create Zoom link").click()
    ruth.get_by_role("button", name="Allow").click()
    expect(ruth.get_by_text(SHOWN)).to_be_visible()


def _round(ruth: Page, mateo: Page, zoom: TimedZoom) -> Round:
    """One click, from a session without a link."""
    ruth.get_by_role("button", name="Use something else").click()
    ruth.get_by_role("button", name="Go without a link").click()
    for page in (ruth, mateo):
        expect(page.get_by_role("button", name="Create Zoom link")).to_be_visible()
        expect(page.locator("save-status")).to_have_text("Saved", use_inner_text=True)
        page.evaluate("localStorage.removeItem('shown'); performance.clearResourceTimings()")
    ruth.get_by_role("button", name="Create Zoom link").click()
    for page in (ruth, mateo):
        expect(page.get_by_text(SHOWN)).to_be_visible()
        page.wait_for_function("localStorage.shown")
    clicked = float(ruth.evaluate("localStorage.clicked"))
    hers, his = (float(page.evaluate("localStorage.shown")) - clicked - zoom.took[-1] for page in (ruth, mateo))
    ruth.wait_for_function(ASKED, arg="/meeting")
    return Round(hers, his, ruth.evaluate(ASKED, "/meeting") - zoom.took[-1], mateo.evaluate(ASKED, "/parts/call"))


if __name__ == "__main__":
    print(*table(measure()), sep="\n")
