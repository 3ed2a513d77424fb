"""`make pictures`: the README's pictures, taken from the running demo with simulated providers, two people at work."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from integrations.mail.local import LocalMailer
from tests.browser import launch
from tests.server import ROOT, Server, serving
from tests.waiting import until

TO = ROOT / "docs" / "pictures"
PLACES = {"ruth": "Africa/Nairobi", "mateo": "America/Santiago"}
SESSION = "/sessions/4"  # the demo's next one


def main() -> None:
    """Remake them all and say how large they are."""
    TO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, simulated() as providers, sync_playwright() as playwright:
        data_dir = Path(data)
        server = Server(data_dir, **providers)
        server.flask("migrate")
        server.flask("demo")
        with serving(data_dir, **providers) as server, launch(playwright) as browser:
            take(browser, server.url, LocalMailer(data_dir / "letters"))
    sizes = {picture.name: picture.stat().st_size for picture in sorted(TO.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size // 1024:5} KB  {name}")
    print(f"{sum(sizes.values()) // 1024:5} KB  together")


@contextmanager
def simulated() -> Iterator[dict[str, str]]:
    """Zoom and Google as their simulators; gives the settings that lead the product to them."""
    command = [sys.executable, "-m", "tests.simulators"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield dict(line.strip().split("=", 1) for line in iter(process.stdout.readline, "\n"))
        process.terminate()


def take(browser: Browser, address: str, letters: LocalMailer) -> None:
    """A session from its preparation to the letters, with a picture at each step."""
    ruth = window(browser, address, "ruth", 1200, 1000)
    mateo = window(browser, address, "mateo", 1200, 860)
    snap(ruth, "today")
    for page in (ruth, mateo):
        page.goto(SESSION)
    prepare(ruth, mateo)
    snap(ruth, "session")
    ruth_beside = window(browser, address, "ruth", 400, 760)
    mateo_phone = window(browser, address, "mateo", 390, 760, scheme="dark")
    talk(ruth, mateo, ruth_beside, mateo_phone)
    wrap_up(ruth_beside, mateo_phone)
    letter = until(
        lambda: [each for each in letters.letters() if "from your talk" in each.subject and "mateo" in each.to]
    )
    page = browser.new_page(
        base_url=address, viewport={"width": 600, "height": 900}, storage_state=mateo.context.storage_state()
    )
    page.goto(f"/dev/mail/{letter[0].name}/page")
    snap(page, "letter")


def window(
    browser: Browser, address: str, who: str, width: int, height: int, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """The browser of one of the two, in their city."""
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB",
        timezone_id=PLACES[who], reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Look around as {who.capitalize()}").click()
    page.wait_for_url("**/")
    return page


def snap(page: Page, name: str) -> None:
    """What the window shows."""
    page.evaluate("document.fonts.ready")
    page.screenshot(path=TO / f"{name}.png", caret="initial")


def prepare(ruth: Page, mateo: Page) -> None:
    """Both are there; the link is made; Mateo is just writing another talking point."""
    ruth.get_by_role("button", name="Create Zoom link").click()
    ruth.get_by_role("button", name="Allow").click()
    expect(ruth.get_by_text("Your Zoom room is ready")).to_be_visible()
    expect(ruth.get_by_text("Mateo is here")).to_be_visible()
    mateo.get_by_label("Add a talking point").press_sequentially("Who decides on the off", delay=10)
    expect(ruth.locator("[data-typing]")).to_be_visible()
    expect(ruth.locator(".caret--inside")).to_be_hidden()
    ruth.get_by_role("textbox", name="Your private notes").fill("He undersells the migration. Go slowly on salary.")


def talk(ruth: Page, mateo: Page, beside: Page, phone: Page) -> None:
    """The companion beside the call: Mateo writes a note while Ruth captures an action item."""
    mateo.get_by_label("Add a talking point").press_sequentially("site?", delay=10)
    mateo.keyboard.press("Enter")
    for page in (beside, phone):
        page.goto(f"{SESSION}/beside")
    for page in (ruth, mateo):
        page.goto("/")
    begin(beside)
    capture(beside, "practise the salary talk, once, with Linh @mateo wednesday")
    capture(phone, "send the case study to Paula @me friday")
    expect(beside.get_by_role("button", name="Undo", exact=True)).to_be_hidden(timeout=15_000)
    note = phone.get_by_label("Add a shared note")
    note.press_sequentially("Paula asked for numbers, so", delay=10)
    expect(beside.locator("[data-typing]")).to_be_visible()
    bar = beside.get_by_label("Add an action item")
    bar.press_sequentially("introduce Mateo to Amina @me friday", delay=10)
    expect(beside.locator(".capture-read")).to_be_visible()
    for scheme, name in (("light", "panel"), ("dark", "panel-dark")):
        beside.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        snap(beside, name)
    beside.emulate_media(color_scheme="light")
    bar.press("Enter")
    expect(bar).to_have_value("")
    note.press_sequentially(" bring two", delay=10)
    note.press("Enter")
    snap(phone, "phone")


def begin(page: Page) -> None:
    """We are talking, about the second talking point by now."""
    page.get_by_role("button", name=re.compile("^More")).click()
    start = page.get_by_role("button", name="We are talking now")
    if start.is_visible():
        start.click()
    else:
        page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Begin with")).click()
    page.get_by_role("button", name=re.compile("^Next up")).click()


def capture(page: Page, words: str) -> None:
    bar = page.get_by_label("Add an action item")
    bar.press_sequentially(words, delay=10)
    expect(page.locator(".capture-read")).to_be_visible()
    bar.press("Enter")
    expect(bar).to_have_value("")


def wrap_up(ruth: Page, mateo: Page) -> None:
    """One press ends it for both; a sentence each; the lists go out."""
    ruth.get_by_role("button", name=re.compile("^More")).click()
    ruth.get_by_role("button", name="End session").click()
    ruth.get_by_role("button", name="Wrap up").click()
    for page in (ruth, mateo):
        page.wait_for_url("**/wrap-up")
    mateo.get_by_label("One sentence, in your words").fill("A number said out loud stops being scary.")
    ruth.set_viewport_size({"width": 900, "height": 1000})
    ruth.get_by_label("One sentence, in your words").fill("He asked before I offered.")
    expect(ruth.get_by_text("stops being scary")).to_be_visible()
    snap(ruth, "wrap-up")
    ruth.get_by_role("button", name="Send both lists").click()
    expect(ruth.get_by_text("This is the record")).to_be_visible()


if __name__ == "__main__":
    main()
