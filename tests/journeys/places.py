"""Every page of the product, with the person who may see it and the address it has in one prepared installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, expect

from integrations.mail.local import KeptLetter, LocalMailer
from tests.journeys.conftest import PLACES, look_around
from tests.server import Server
from tests.waiting import until


@dataclass(frozen=True)
class Prepared:
    """Addresses by the name of their page, and each person's cookies, so that any browser can be theirs."""

    addresses: Mapping[str, str]
    cookies: Mapping[str, StorageState]


PAGES = {
    "sign-in": "nobody",
    "sign-in, the letter is on its way": "nobody",
    "sign-in, the letter's link": "nobody",
    "invitation": "nobody",
    "invitation, by code": "nobody",
    "welcome": "ana",
    "today, full": "ruth",
    "today, empty": "linh",
    "people": "ruth",
    "people, nobody yet": "linh",
    "invite": "ruth",
    "mentorship": "ruth",
    "mentorship, end it": "ruth",
    "plan": "ruth",
    "move": "ruth",
    "session": "ruth",
    "panel": "ruth",
    "panel, winding up": "ruth",
    "wrap-up": "ruth",
    "record": "ruth",
    "history": "ruth",
    "item": "mateo",
    "finished": "mateo",
    "settings": "ruth",
    "settings, delete the account": "ruth",
    "privacy": "nobody",
    "connected accounts": "ruth",
    "set-up": "ruth",
    "set-up, Zoom": "ruth",
    "set-up, Google Meet": "ruth",
    "set-up, Microsoft Teams": "ruth",
    "panel inside Zoom, in a browser": "ruth",
    "letter's Done": "nobody",
    "in Google Meet, opened outside of a call": "ruth",
    "in Google Meet, the window that lets in": "ruth",
    "offline": "nobody",
    "error": "ruth",
    "letters of the demo": "ruth",
    "letter of the demo": "ruth",
}
"""Each page's name and who looks at it."""


def prepare(browser: Browser, server: Server, letters: Path) -> Prepared:
    """Bring a demo to where each of its pages has something to show."""
    addresses = {
        "sign-in": "/sign-in", "sign-in, the letter is on its way": "/sign-in/sent",
        "invitation, by code": "/invitations/code", "welcome": "/welcome", "today, full": "/", "today, empty": "/",
        "people": "/people", "people, nobody yet": "/people", "invite": "/invitations/new",
        "mentorship": "/mentorships/1", "mentorship, end it": "/mentorships/1/end", "plan": "/mentorships/1/plan",
        "move": "/sessions/4/move", "session": "/sessions/4", "panel": "/sessions/4/beside",
        "history": "/sessions/4/history", "record": "/sessions/3",
        "finished": "/finished", "settings": "/settings",
        "settings, delete the account": "/settings/leave", "privacy": "/privacy", "offline": "/offline",
        "connected accounts": "/connections", "set-up": "/setup",
        "set-up, Zoom": "/setup/zoom", "set-up, Google Meet": "/setup/google_meet",
        "set-up, Microsoft Teams": "/setup/teams",
        "in Google Meet, opened outside of a call": "/meet", "in Google Meet, the window that lets in": "/meet/sign-in",
        "error": "/no-such-page", "letters of the demo": "/dev/mail",
        "panel inside Zoom, in a browser": "/zoom",
    }  # fmt: skip
    post = Post(LocalMailer(letters))
    people = {who: _page(browser, server, who) for who in ("nobody", "ruth", "mateo", "ana", "linh")}
    ruth, mateo, nobody = people["ruth"], people["mateo"], people["nobody"]
    look_around(ruth, "ruth")
    look_around(mateo, "mateo")

    submit(nobody, "/sign-in", email="ruth@example.org")
    addresses["sign-in, the letter's link"] = post.link_to("ruth@example.org", "/sign-in/")
    for address in ("bea@example.org", "ana@example.org"):
        submit(ruth, "/invitations/new", role="mentee", email=address, purpose="Your first year as a lead")
    addresses["invitation"] = post.link_to("bea@example.org", "/invitations/")
    submit(people["ana"], f"{post.link_to('ana@example.org', '/invitations/')}/accept")
    _come_in(people["linh"], post, server)

    addresses["item"] = str(mateo.get_by_role("link", name=re.compile("Pick three")).first.get_attribute("href"))
    addresses["panel, winding up"] = f"{_winding_up(ruth)}/beside"
    addresses["wrap-up"] = f"{_talked(ruth, day=1)}/wrap-up"
    submit(ruth, f"{_talked(ruth, day=2)}/close")
    addresses["letter's Done"] = post.link_to("ruth@example.org", "/d/")
    addresses["letter of the demo"] = f"/dev/mail/{post.newest('ruth@example.org').name}"
    cookies = {who: page.context.storage_state() for who, page in people.items()}
    for page in people.values():
        page.context.close()
    return Prepared(addresses, cookies)


def submit(page: Page, address: str, **fields: str) -> str:
    """Send a form of ours from this person's browser; gives the address it led to."""
    if not page.url.startswith("http"):
        page.goto("/sign-in")
    token = page.locator("meta[name=csrf]").get_attribute("content") or ""
    origin = re.sub(r"(https?://[^/]+).*", r"\1", page.url)
    answer = page.request.post(address, form={"csrf": token, **fields}, headers={"Origin": origin})
    assert answer.ok, f"{address}: {answer.status}\n{answer.text()[:2000]}"
    return answer.url


@dataclass(frozen=True)
class Post:
    """The letters that the demo kept."""

    kept: LocalMailer

    def newest(self, to: str, containing: str = "") -> KeptLetter:
        """The newest letter to this address, waited for."""
        return until(lambda: [each for each in self.kept.letters() if to in each.to and containing in each.text], 15)[0]

    def link_to(self, to: str, path: str) -> str:
        """The first address in such a letter whose path begins so."""
        found = re.search(rf"https?://[^/\s]+({re.escape(path)}\S+)", self.newest(to, path).text)
        assert found is not None
        return found[1]


def _page(browser: Browser, server: Server, who: str) -> Page:
    context = browser.new_context(base_url=server.url, timezone_id=PLACES.get(who, "UTC"), locale="en-GB")
    return context.new_page()


def _come_in(linh: Page, post: Post, server: Server) -> None:
    """Somebody whom nobody has invited yet."""
    server.flask("add-person", "linh@example.org", "--name", "Linh Phạm", "--zone", "Asia/Ho_Chi_Minh")
    submit(linh, "/sign-in", email="linh@example.org")
    submit(linh, post.link_to("linh@example.org", "/sign-in/"))
    linh.goto("/")


def _winding_up(ruth: Page) -> str:
    """A session at whose action items they look together, one of them agreed already; gives its address."""
    address = _talking(ruth, day=3)
    ruth.get_by_role("button", name="More").click()
    ruth.get_by_role("button", name="Go to the wrap-up").click()
    ruth.get_by_role("button", name="I agree").click()
    expect(ruth.get_by_role("button", name="You agreed")).to_be_visible()
    expect(ruth.locator("save-status[data-state=saved]")).to_be_attached()
    return address


def _talked(ruth: Page, day: int) -> str:
    """A session that is over, with one action item for each; gives its address."""
    address = _talking(ruth, day)
    submit(ruth, f"{address}/end")
    return address


def _talking(ruth: Page, day: int) -> str:
    """A session that is on, with one action item for each; gives its address."""
    suggested = submit(ruth, "/mentorships/1/plan", day=f"2027-01-{day:02d}", time="17:00", minutes="60")
    address = "/" + suggested.split("/", 3)[3]
    submit(ruth, f"{address}/start")
    ruth.goto(f"{address}/beside")
    bar = ruth.get_by_label("Add an action item")
    for words in ("read the write-up @ruth friday", "send the case study to Paula @mateo"):
        bar.fill(words)
        expect(ruth.locator(".capture-read")).to_be_visible()
        bar.press("Enter")
        expect(bar).to_have_value("")
    expect(ruth.get_by_role("button", name=re.compile("^Done: Send the case study"))).to_be_visible()
    expect(ruth.locator("save-status[data-state=saved]")).to_be_attached()
    return address
