"""The product served for real, one server a module, and people who open its agenda in tabs.

Everybody is new in each test, because the database stays.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
from flask import Flask

from companion import db
from companion.app import create_app
from companion.config import Settings
from companion.model.mentorships import Mentorship
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import keep_agenda, schedule
from companion.services.schedule import Slot
from tests.conftest import BASE_URL, NOON, SECRET, TOKEN_KEY, Browser, Clock, person
from tests.server import Address, Server, serving
from tests.waiting import until
from tests.writing import Pen

EVENTS = ("edit", "saved", "presence", "refused", "fact", "connect_error")
numbers = count(1)


class Tab:
    """One browser tab of one person at one session, by its wire: `heard[event]` is all that came, oldest first."""

    def __init__(self, server: Address, browser: Browser, session_id: int) -> None:
        self.server, self.session_id = server, session_id
        cookie = browser.get_cookie("alongside")
        assert cookie is not None
        self.cookie, self.csrf = cookie.value, browser.csrf
        self.pen = Pen()
        self.line = socketio.Client(serializer="msgpack", reconnection=False)
        self.heard: dict[str, list[Any]] = defaultdict(list)
        for event in EVENTS:
            self.line.on(event, self.heard[event].append, namespace="/agenda")
        self.welcome: dict[str, Any] = {}

    def ask_for_ticket(self) -> requests.Response:
        address = f"{self.server.url}/sessions/{self.session_id}/seat"
        head = {"X-CSRF": self.csrf, "Origin": self.server.base_url, "Accept": "application/json"}
        return requests.post(address, headers=head, cookies={"alongside": self.cookie}, timeout=5)

    def ticket(self) -> str:
        answer = self.ask_for_ticket()
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ticket"])

    def connect(self, auth: object, transport: str = "websocket", **head: str) -> None:
        """Raises socketio's ConnectionError; the server's reason is then the last `connect_error` heard."""
        address = f"{self.server.url}?session={self.session_id}"
        self.line.connect(address, head, auth, transports=[transport], namespaces=["/agenda"])

    def open(self, transport: str = "websocket") -> "Tab":
        self.connect({"ticket": self.ticket()}, transport)
        return self.sync()

    def sync(self) -> "Tab":
        self.welcome = self.line.call("sync", self.pen.doc.get_state(), namespace="/agenda", timeout=5)
        self.read(self.welcome["update"])
        return self

    def read(self, *edits: bytes) -> "Tab":
        mine = list(self.pen.unsent)
        for edit in edits:
            self.pen.doc.apply_update(edit)
        self.pen.unsent = mine
        return self

    def say(self, event: str, *said: object) -> None:
        self.line.emit(event, said, namespace="/agenda")

    def send(self) -> int:
        """Send what the pen wrote; how many edits that were."""
        edits, self.pen.unsent = self.pen.unsent, []
        for edit in edits:
            self.say("edit", edit)
        return len(edits)

    def save(self) -> None:
        """Send it, and wait until the server says that it is kept."""
        wanted = self.saved + self.send()
        until(lambda: self.saved >= wanted)

    @property
    def saved(self) -> int:
        return sum(said["n"] for said in self.heard["saved"])

    @property
    def refusals(self) -> list[str]:
        return [said["why"] for said in self.heard["refused"]]

    @property
    def facts(self) -> list[str]:
        return [said["kind"] for said in self.heard["fact"]]

    @property
    def is_open(self) -> bool:
        return bool(self.line.connected)

    def close(self) -> None:
        self.line.disconnect()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    made = tmp_path_factory.mktemp("live")
    shutil.copy(sqlite_template, made / "alongside.db")
    return made


@pytest.fixture(scope="module")
def module_clock(data_dir: Path) -> Iterator[Clock]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TEST_CLOCK", str(data_dir / "clock"))
        yield Clock(data_dir / "clock")


@pytest.fixture
def clock(module_clock: Clock) -> Clock:
    module_clock.set(NOON)
    return module_clock


@pytest.fixture(scope="module")
def app(data_dir: Path, module_clock: Clock) -> Iterator[Flask]:
    """The same installation in this process, to make people and look at what is stored."""
    url = f"sqlite:///{data_dir / 'alongside.db'}"
    made = create_app(Settings(data_dir, url, BASE_URL, (SECRET,), (TOKEN_KEY,), testing=True))
    made.test_client_class = Browser
    yield made
    keep_agenda.stop_keeper()
    db.current().engine.dispose()


@pytest.fixture(scope="module")
def module_server(data_dir: Path, module_clock: Clock) -> Iterator[Server]:
    told = {"SECRET_KEY": SECRET, "TOKEN_KEYS": TOKEN_KEY, "TEST_CLOCK": str(module_clock.file)}
    with serving(data_dir, **told) as running:
        yield running


@pytest.fixture
def server(module_server: Server, app: Flask, clock: Clock) -> Server:
    return module_server


@pytest.fixture
def ruth(app: Flask) -> Person:
    return person(f"ruth{next(numbers)}@example.org", "Ruth Wanjiru", "Africa/Nairobi")


@pytest.fixture
def mateo(app: Flask) -> Person:
    return person(f"mateo{next(numbers)}@example.org", "Mateo Fuentes", "America/Santiago")


@pytest.fixture
def linh(app: Flask) -> Person:
    return person(f"linh{next(numbers)}@example.org", "Linh Phạm", "Asia/Ho_Chi_Minh")


@pytest.fixture
def session(mentorship: Mentorship, ruth: Person, clock: Clock) -> Session:
    return schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", 60))


@pytest.fixture
def tab(server: Server, session: Session) -> Iterator[Callable[[Browser], Tab]]:
    """A tab of this browser at the session of Ruth and Mateo, not yet opened."""
    tabs: list[Tab] = []

    def made(browser: Browser) -> Tab:
        tabs.append(Tab(server, browser, session.id))
        return tabs[-1]

    yield made
    for each in tabs:
        each.close()


@pytest.fixture
def ruths(tab: Callable[[Browser], Tab], as_ruth: Browser) -> Tab:
    return tab(as_ruth).open()


@pytest.fixture
def mateos(tab: Callable[[Browser], Tab], as_mateo: Browser) -> Tab:
    return tab(as_mateo).open()
