"""The session page: what a browser loads before anything is clicked, and how soon it can be written in.

`python -m tests.bench.page` measures it alone. The line and the processor are slow on purpose; the first visit, the
next one, and one without any network.
"""

import gzip
import re
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import requests
from playwright.sync_api import Browser, BrowserContext, StorageState, sync_playwright

from tests.bench.figures import Figures, Spread, table
from tests.bench.line import slow_line
from tests.browser import launch
from tests.journeys.installed import install
from tests.server import Server

BITS_A_SECOND, THERE_AND_BACK, SLOWER = 1.6e6, 0.15, 4
ROUNDS = 7
SESSION = "/sessions/4"  # the demo's next one
NAMED = re.compile(r'<(?:script|link rel="stylesheet")[^>]+(?:src|href)="([^"]+\.(?:js|css))"')
# Static imports only: what is imported later ("import(…)") comes when it is wanted.
IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"(\./[^"]+\.js)"')
# Milliseconds from the navigation's begin until a talking point can be written in and this was drawn.
WATCH = """
new MutationObserver((_, watch) => {
  if (!document.querySelector("topic-list li textarea")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.usable = performance.now())));
}).observe(document, { subtree: true, childList: true });
"""


class Visits(NamedTuple):
    """One device, in milliseconds."""

    first: float
    repeat: float
    offline: float


def measure() -> Figures:
    """Kilobytes (1024) as they travel, and milliseconds."""
    with (
        tempfile.TemporaryDirectory(prefix="page-") as data_dir,
        slow_line(BITS_A_SECOND, THERE_AND_BACK) as line,
        sync_playwright() as playwright,
    ):
        server = Server(Path(data_dir), BASE_URL=line.url)
        line.target = server.port
        server.start(prepare="demo")
        browser = launch(playwright)
        try:
            ruth = signed_in(browser, line.url)
            figures = weighed(line.url, "; ".join(f"{each['name']}={each['value']}" for each in ruth["cookies"]))
            visits = [visited(browser, line.url, ruth) for _ in range(ROUNDS)]
        finally:
            browser.close()
            server.kill()
    return figures | {
        "usable_ms": Spread.of(each.first for each in visits),
        "repeat_ms": Spread.of(each.repeat for each in visits),
        "offline_ms": Spread.of(each.offline for each in visits),
    }


def signed_in(browser: Browser, url: str) -> StorageState:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Look around as Ruth").click()
    page.wait_for_url("**/")
    cookies = context.storage_state()
    context.close()
    return cookies


def weighed(url: str, cookie: str) -> Figures:
    """What the first visit brings, compressed where the server does that."""
    address = f"{url}{SESSION}"
    answer = requests.get(address, headers={"Cookie": cookie}, timeout=10)
    answer.raise_for_status()
    loaded: dict[str, bytes] = {}
    wanted = [urljoin(address, path) for path in NAMED.findall(answer.text)]
    while wanted:
        file = wanted.pop()
        if file not in loaded:
            loaded[file] = requests.get(file, timeout=10).content
            wanted += [urljoin(file, path) for path in IMPORTED.findall(loaded[file].decode()) if file.endswith(".js")]
    return {
        "first_js_kb": kilobytes(loaded, ".js"),
        "css_kb": kilobytes(loaded, ".css"),
        "html_kb": round(len(answer.content) / 1024, 1),
        "html_gzip_kb": round(len(gzip.compress(answer.content, 9)) / 1024, 1),
    }


def kilobytes(loaded: dict[str, bytes], ending: str) -> float:
    """Of all files of this kind, as the build compresses them."""
    sizes = [len(gzip.compress(content, 9)) for file, content in loaded.items() if file.endswith(ending)]
    assert sizes, f"the session page names no {ending} at all"
    return round(sum(sizes) / 1024, 1)


def visited(browser: Browser, url: str, cookies: StorageState) -> Visits:
    """A device that has never been here, comes again, and comes again in a tunnel."""
    context = browser.new_context(base_url=url, storage_state=cookies, locale="en-GB")
    context.add_init_script(WATCH)
    first = until_usable(context)
    repeat = until_usable(context)
    context.set_offline(True)
    offline = until_usable(context, is_last=True)
    context.close()
    return Visits(first, repeat, offline)


def until_usable(context: BrowserContext, *, is_last: bool = False) -> float:
    """In a tab of its own, on a slow processor."""
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(SESSION, wait_until="commit")
    page.wait_for_function("() => window.usable")
    took = float(page.evaluate("window.usable"))
    if not is_last:
        install(page)
    page.close()
    return took


if __name__ == "__main__":
    print(*table(measure()), sep="\n")
