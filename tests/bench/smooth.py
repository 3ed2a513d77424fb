"""A long agenda in a slow browser: 300 note lines, the processor at a quarter of its speed."""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import CDPSession, Page, expect, sync_playwright

from tests.bench import people
from tests.bench.figures import Figures, Spread, table
from tests.bench.stacks import Ours
from tests.browser import launch
from tests.writing import Pen

TOPICS, NOTES = 10, 30  # a topic
SLOWED = 4
LETTERS = 40
SCREENS = 12
QUIET = 0.15  # seconds after a letter in which everything that follows from it is done
# Scrolls by a finger's width each frame, and gives the milliseconds from one frame to the next.
SCROLL = """
(screens) => new Promise((resolve) => {
  const times = [];
  const until = screens * innerHeight;
  const step = (now) => {
    times.push(now);
    scrollBy(0, 40);
    if (times.length * 40 < until) requestAnimationFrame(step);
    else resolve(times.slice(1).map((time, at) => time - times[at]));
  };
  scrollTo(0, 0);
  requestAnimationFrame(step);
})
"""


def measure() -> Figures:
    """`letter_ms`: all work of the page's main thread for one letter. `frame_ms`: from frame to frame in a scroll."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        sync_playwright() as playwright,
    ):
        ours = Ours("ours", Path(folder))
        ours.prepare(1, _long())
        with ours.serving():
            browser = launch(playwright)
            page = _opened(browser.new_page(viewport={"width": 1200, "height": 900}), ours.server.url, ours.pairs[0])
            cdp = page.context.new_cdp_session(page)
            cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
            cdp.send("Performance.enable")
            letters = _type(page, cdp)
            frames = sorted(page.evaluate(SCROLL, SCREENS))
            browser.close()
    return {
        "letter_ms": Spread.of(letters),
        "letter_p95_ms": sorted(letters)[round(0.95 * (len(letters) - 1))],
        "frame_ms": Spread.of(frames),
        "frame_p95_ms": frames[round(0.95 * (len(frames) - 1))],
    }


def _long() -> bytes:
    pen = Pen()
    for number in range(TOPICS):
        topic = pen.add_topic(f"Talking point {number}", minutes=10)
        for note in range(NOTES):
            pen.add_note(topic, f"Note {note}: what we said of it, and what we want to look at again next time.")
    return pen.doc.get_update()


def _opened(page: Page, url: str, pair: people.Pair) -> Page:
    name, value = pair.places[0].cookie.split("=", 1)
    page.context.add_cookies([{"name": name, "value": value, "url": url}])
    page.goto(f"{url}/sessions/{pair.session_id}")
    expect(page.locator("save-status[data-state=saved]")).to_be_attached()
    return page


def _type(page: Page, cdp: CDPSession) -> list[float]:
    """Milliseconds of work for each letter, in a note in the middle."""
    fields = page.locator("note-list textarea, topic-notes textarea")
    fields.nth(fields.count() // 2).focus()
    taken = []
    for letter in "what we want to remember of all this here "[:LETTERS]:
        before = _worked(cdp)
        page.keyboard.type(letter)
        time.sleep(QUIET)
        taken.append(_worked(cdp) - before)
    return taken[3:]  # the first compile what the others use


def _worked(cdp: CDPSession) -> float:
    metrics = {each["name"]: each["value"] for each in cdp.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


if __name__ == "__main__":
    print(*table(measure()), sep="\n")
