"""The Chromium that journeys are driven in, found on this machine. `python -m tests.browser` fetches one if need be."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ON_THE_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# Tests stay on this machine: a page that names another host finds none.
NOWHERE_ELSE = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
# Playwright lets every pop-up through unless told not to; people's browsers don't.
NOT_PLAYWRIGHTS_ARGUMENTS = ["--disable-popup-blocking"]


def executable() -> str | None:
    """The first Chromium here that runs, or None."""
    with sync_playwright() as playwright:
        return _executable(playwright)


def _executable(playwright: Playwright) -> str | None:
    downloaded = playwright.chromium.executable_path
    found = [path for path in map(shutil.which, ON_THE_PATH) if path]
    others = [path for path in (*ELSEWHERE, downloaded) if Path(path).exists()]
    return next((path for path in (*found, *others) if _runs(path)), None)


def launch(playwright: Playwright, elsewhere: Mapping[str, str] | None = None) -> Browser:
    """A headless browser with the pop-up blocker on. `elsewhere`: names of other hosts, and where they are here."""
    rules = [f"MAP {name} {address}" for name, address in (elsewhere or {}).items()]
    return playwright.chromium.launch(
        executable_path=_executable(playwright),
        args=["--disable-gpu", f"--host-resolver-rules={', '.join([*rules, NOWHERE_ELSE])}"],
        ignore_default_args=NOT_PLAYWRIGHTS_ARGUMENTS,
    )


def _runs(path: str) -> bool:
    """Ubuntu's chromium-browser, for one, is only a script that says where to get the real one."""
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def _fetch() -> None:
    """Try Debian's package, then Playwright's own download; what they say is shown."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("No Chromium here: installing Debian's package with apt-get …", flush=True)
        quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], env=quietly, stdin=subprocess.DEVNULL, check=False)
    if not executable():
        print("No Chromium here: fetching Playwright's …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if not executable():
        _fetch()
    if not executable():
        sys.exit("The tests need Chromium or Chrome and none could be fetched: install one, then run this again.")
