"""Two servers on one PostgreSQL database, with a Redis that dies, behind a proxy that hashes the session id."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import requests
from flask import Flask
from socketio.exceptions import ConnectionError as Refused

from companion import db
from companion.app import create_app
from companion.config import Settings
from companion.model.agendas import Record
from companion.model.sessions import Session
from companion.services import keep_agenda, pair
from tests.conftest import SECRET, TOKEN_KEY, Browser, Clock
from tests.databases import fresh_postgresql
from tests.live.conftest import Tab
from tests.nodes import Proxy, Redis, Two, needs_redis, two_nodes
from tests.waiting import until
from tests.writing import Pen

Opened = Callable[..., Tab]


@pytest.fixture(scope="module")
def database(module_clock: Clock) -> Iterator[str]:
    needs_redis()
    with fresh_postgresql() as url:
        yield url


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, database: str, module_clock: Clock) -> Iterator[Two]:
    told = {"SECRET_KEY": SECRET, "TOKEN_KEYS": TOKEN_KEY, "TEST_CLOCK": str(module_clock.file)}
    with two_nodes(tmp_path_factory.mktemp("nodes"), DATABASE_URL=database, **told) as running:
        yield running


@pytest.fixture(scope="module")
def app(data_dir: Path, database: str, nodes: Two) -> Iterator[Flask]:
    """The same installation in this process: what it does, a third process does."""
    url = database.replace("postgresql://", "postgresql+psycopg://")
    made = create_app(Settings(data_dir, url, "http://localhost", (SECRET,), (TOKEN_KEY,), testing=True))
    made.test_client_class = Browser
    yield made
    keep_agenda.stop_keeper()
    db.current().engine.dispose()


@pytest.fixture
def proxy(nodes: Two, app: Flask, clock: Clock) -> Proxy:
    return nodes.proxy


@pytest.fixture
def bus(nodes: Two) -> Iterator[Redis]:
    """However a test leaves it, the next one finds Redis well and heard."""
    yield nodes.bus
    if not nodes.bus.answers():
        nodes.bus.start()
    until(lambda: nodes.bus.listeners() == 2)


@pytest.fixture
def straight(nodes: Two, proxy: Proxy) -> list[Proxy]:
    """The way to each node, whatever the session."""
    return nodes.straight


@pytest.fixture
def opened(proxy: Proxy, session: Session) -> Iterator[Opened]:
    """A tab of this browser at the session of Ruth and Mateo, through the proxy or straight at a node."""
    tabs: list[Tab] = []

    def at(browser: Browser, where: Proxy, transport: str = "websocket") -> Tab:
        tabs.append(Tab(where, browser, session.id))
        return tabs[-1].open(transport)

    yield at
    for each in tabs:
        each.close()


@pytest.fixture
def strays(opened: Opened, straight: list[Proxy], as_ruth: Browser, as_mateo: Browser) -> tuple[Tab, Tab]:
    """Ruth at one node, Mateo at the other: the proxy's hashing failed them."""
    return opened(as_ruth, straight[0]), opened(as_mateo, straight[1])


def press(node: Proxy, browser: Browser, address: str) -> None:
    """Press a button of a page that this node served."""
    cookie = browser.get_cookie("alongside")
    assert cookie is not None
    answer = requests.post(
        f"{node.url}{address}", {"csrf": browser.csrf}, headers={"Origin": node.base_url},
        cookies={"alongside": cookie.value}, timeout=15, allow_redirects=False,
    )  # fmt: skip
    assert answer.status_code < 400, answer.text


def items(tab: Tab) -> list[str]:
    """The action items as this tab has them after all that it heard."""
    tab.read(*tab.heard["edit"])
    return sorted(str(item["text"]) for item in tab.pen.roots["action_items"].values())


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_partners_who_come_through_the_proxy_sit_in_one_room(proxy, session, as_ruth, as_mateo, opened, transport):
    ruths = opened(as_ruth, proxy, transport)
    mateos = opened(as_mateo, proxy, transport)
    assert [seat["role"] for seat in mateos.welcome["here"]] == ["mentor"]
    ruths.pen.add_item("Send CV")
    ruths.save()
    until(lambda: items(mateos) == ["Send CV"], seconds=1)


def test_strays_see_and_continue_each_others_words_within_a_second(strays, bus):
    ruths, mateos = strays
    item = ruths.pen.add_item("Send")
    ruths.save()
    until(lambda: items(mateos) == ["Send"], seconds=1)
    mateos.pen.type(item, " CV")  # needs what the other node wrote
    mateos.save()
    until(lambda: items(ruths) == ["Send CV"], seconds=1)
    assert (ruths.refusals, mateos.refusals) == ([], [])


def test_strays_see_each_others_words_without_redis(strays, bus):
    bus.kill()
    ruths, mateos = strays
    ruths.pen.add_item("Send CV")
    ruths.save()
    mateos.pen.add_item("Book room")
    mateos.save()
    until(lambda: items(ruths) == items(mateos) == ["Book room", "Send CV"], seconds=4)


@pytest.mark.parametrize("said", [b"", b"\x80\x04pickle", b"[]", b'{"node": "x", "rows": {"a": []}}', b"[" * 9000])
def test_what_is_no_hint_of_ours_is_passed_over(strays, bus, said):
    bus.say(said)
    ruths, mateos = strays
    ruths.pen.add_item("Send CV")
    ruths.save()
    until(lambda: items(mateos) == ["Send CV"], seconds=1)


def test_words_that_a_third_process_wrote_and_folded_reach_open_rooms(strays, session, mateo):
    pen = Pen()
    for number in range(3):
        pen.add_item(f"Item {number}")
    pen.save(session.id, mateo.id)
    assert keep_agenda.compact(session.id)
    until(lambda: all(items(tab) == ["Item 0", "Item 1", "Item 2"] for tab in strays), seconds=4)


def test_a_ticket_of_one_node_opens_a_seat_at_the_other_once(straight, session, as_ruth):
    ruths = Tab(straight[0], as_ruth, session.id)
    ticket = ruths.ticket()
    elsewhere, again = (Tab(straight[1], as_ruth, session.id) for _ in range(2))
    elsewhere.connect({"ticket": ticket})
    with pytest.raises(Refused):
        again.connect({"ticket": ticket})
    assert again.heard["connect_error"] == [{"message": "ticket"}]
    elsewhere.close()


def test_a_fact_of_one_node_is_told_at_the_other_once(strays, straight, session, as_ruth):
    for button in ("start", "end", "resume"):
        press(straight[0], as_ruth, f"/sessions/{session.id}/{button}")
    until(lambda: all(tab.facts == ["live", "over", "resumed"] for tab in strays), seconds=2)


def test_closing_at_one_node_keeps_what_was_saved_at_the_other_and_ends_its_writing(strays, straight, session, as_ruth):
    for button in ("start", "end"):
        press(straight[0], as_ruth, f"/sessions/{session.id}/{button}")
    mateos = strays[1]
    item = mateos.pen.add_item("Go")
    mateos.save()
    stop = threading.Event()

    def type_until_told() -> None:
        while not stop.wait(0.02):
            mateos.pen.type(item, "o")
            mateos.send()

    typing = threading.Thread(target=type_until_told)
    typing.start()
    press(straight[0], as_ruth, f"/sessions/{session.id}/close")
    until(lambda: "closed" in mateos.facts and mateos.refusals, seconds=2)
    stop.set()
    typing.join()
    with db.reading() as tx:
        page = tx.get_one(Record, session.id).page
    assert [each["text"] for each in page["action_items"]] == ["Go" + "o" * (mateos.saved - 1)]
    assert mateos.refusals[0] == "closed"  # what builds on the refused edit is missing something


def test_who_signs_out_at_one_node_is_out_at_the_other(strays, straight, as_mateo):
    press(straight[0], as_mateo, "/sign-out")
    until(lambda: not strays[1].is_open, seconds=2)
    assert strays[1].facts == ["signed_out"]
    assert strays[0].is_open


def test_where_a_mentorship_ends_at_one_node_both_are_out(strays, mentorship, ruth):
    pair.close(mentorship.id, by=ruth.id)
    until(lambda: not any(tab.is_open for tab in strays), seconds=2)
    assert [tab.facts for tab in strays] == [["removed"], ["removed"]]


def test_the_other_node_serves_what_a_killed_one_said_was_saved(proxy, session, as_ruth, as_mateo, opened):
    ruths = opened(as_ruth, proxy)
    for number in range(10):
        ruths.pen.add_item(f"Item {number}")
    ruths.save()
    node = proxy.node_of(session.id)
    node.kill()

    def back() -> Tab | None:
        with suppress(requests.RequestException, Refused):
            return opened(as_mateo, proxy)
        return None

    mateos = until(back, seconds=5)
    assert mateos
    assert items(mateos) == [f"Item {number}" for number in range(10)]
    node.start()


def test_no_word_is_lost_or_doubled_while_redis_dies_twenty_times(
    strays, opened, straight, session, bus, as_ruth, as_mateo
):
    tabs = [*strays, opened(as_ruth, straight[1]), opened(as_mateo, straight[0])]
    typists = [Typist(f"{name}-", tab) for name, tab in zip("abcd", tabs, strict=True)]
    for each in typists:
        each.start()
    for _ in range(20):
        until(partial(have_saved, typists, saved_by(typists) + 8))
        bus.kill()
        bus.start()
    for each in typists:
        each.ending.set()
        each.join()
    words = sorted(word for each in typists for word in each.words)
    until(lambda: saved_by(typists) == len(words), seconds=20)
    assert not any(each.tab.refusals for each in typists)
    until(lambda: all(items(tab) == words for tab in tabs), seconds=5)
    stored = Pen()
    stored.doc.apply_update(keep_agenda.sealed(session.id).snapshot)
    assert sorted(str(item["text"]) for item in stored.roots["action_items"].values()) == words
    for each in typists:
        assert len(each.tab.heard["edit"]) == len(set(each.tab.heard["edit"]))


def saved_by(typists: list["Typist"]) -> int:
    return sum(each.tab.saved for each in typists)


def have_saved(typists: list["Typist"], wanted: int) -> bool:
    return saved_by(typists) > wanted


class Typist(threading.Thread):
    """Adds words to the agenda, each an action item, until told to end."""

    def __init__(self, name: str, tab: Tab) -> None:
        super().__init__(daemon=True)
        self.title, self.tab = name, tab
        self.words: list[str] = []
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(0.08):  # an agenda has room for 500 items
            self.words.append(f"{self.title}{len(self.words)}")
            self.tab.pen.add_item(self.words[-1])
            self.tab.send()
