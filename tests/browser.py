"""The Chromium that journeys are driven in, found on this machine. `python -m tests.browser` fetches one if need be.

Beside the whole browser there is its headless shell: the same engine without windows, tabs and pop-up blocker. It opens
a page for a third of the work, so whatever is not about windows is driven in it, where there is one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

ON_THE_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
INSTALL = ("install", "-y", "-qq", "--no-install-recommends")
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


def shell() -> str | None:
    """The headless shell here, or None."""
    return next(filter(None, map(shutil.which, SHELLS)), None)


def launch_shell(playwright: Playwright) -> Browser:
    """A browser without windows; the whole one where this machine has no other."""
    found = shell()
    return playwright.chromium.launch(executable_path=found, args=_arguments({})) if found else launch(playwright)


def launch(playwright: Playwright, elsewhere: Mapping[str, str] | None = None) -> Browser:
    """A headless browser with the pop-up blocker on. `elsewhere`: names of other hosts, and where they are here."""
    return playwright.chromium.launch(
        executable_path=_executable(playwright),
        args=_arguments(elsewhere or {}),
        ignore_default_args=NOT_PLAYWRIGHTS_ARGUMENTS,
    )


def _arguments(elsewhere: Mapping[str, str]) -> list[str]:
    rules = [f"MAP {name} {address}" for name, address in elsewhere.items()]
    return ["--disable-gpu", f"--host-resolver-rules={', '.join([*rules, NOWHERE_ELSE])}"]


def _runs(path: str) -> bool:
    """Ubuntu's chromium-browser, for one, is only a script that says where to get the real one."""
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def _fetch() -> None:
    """Try Debian's package, then Playwright's own download; what they say is shown."""
    if _has_apt():
        print("No Chromium here: installing Debian's package with apt-get …", flush=True)
        _apt_get("update", "-qq")
        _apt_get(*INSTALL, "chromium")
    if not executable():
        print("No Chromium here: fetching Playwright's …", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def _has_apt() -> bool:
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def _apt_get(*words: str) -> None:
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *words], env=quietly, stdin=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if not executable():
        _fetch()
    if _has_apt() and not shell():
        _apt_get(*INSTALL, "chromium-headless-shell")  # where there is none, the whole browser does
    if not executable():
        sys.exit("The tests need Chromium or Chrome and none could be fetched: install one, then run this again.")
