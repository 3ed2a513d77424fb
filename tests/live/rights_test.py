"""Rights on every message, at a real server: what each may do, and that nobody else hears of what they may not."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgpack
import pytest
import websocket
from flask import Flask
from socketio.exceptions import ConnectionError as Refused

from companion import db
from companion.live.wire import NAMESPACE
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import Person, SignIn
from companion.model.sessions import Session, SessionState
from companion.services import keep_agenda, wind_up
from tests.conftest import NOON, Browser
from tests.live.conftest import Tab
from tests.live.rights_table import EVENTS, TABLE
from tests.server import Server
from tests.waiting import until
from tests.writing import Pen

AGREEING = {"itemofmateos": "0" * 64}
PRESENCE = {"field": "item:k3jf", "caret": 4, "typing": True}
WITHOUT_A_SEAT = [who for who, may in TABLE.items() if may["connect"] == "-"]
CUT = (OSError, websocket.WebSocketException)
NAMES = (NAMESPACE, NAMESPACE, "/", "/other")
MakeTab = Callable[[Browser], Tab]


@contextmanager
def raw(server: Server, ticket: object = None) -> Iterator[websocket.WebSocket]:
    """A line of somebody who writes their packets by hand; with a ticket it asks for a seat."""
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=5, suppress_origin=True)
    try:
        line.recv()
        if ticket is not None:
            line.send_binary(msgpack.packb({"type": 0, "nsp": NAMESPACE, "data": {"ticket": ticket}}))
        yield line
    finally:
        line.shutdown()


def say_everything(line: websocket.WebSocket) -> None:
    """Each event, plain, with a wish for an answer, and as one with attachments; until the line is cut."""
    pen = Pen()
    pen.add_item("From outside")
    for event, said in (
        ("edit", pen.unsent[0]),
        ("presence", PRESENCE),
        ("sync", b"\0"),
        ("agree", AGREEING),
        ("connect", {}),
        ("disconnect", ""),
    ):
        for more in ({}, {"id": 7}, {"type": 5, "attachments": 1}):
            with suppress(*CUT):
                line.send_binary(msgpack.packb({"type": 2, "nsp": NAMESPACE, "data": [event, said], **more}))


def answers_until_cut(line: websocket.WebSocket) -> list[bytes]:
    """What comes back but for greetings and refusals to connect; the server ends the line."""
    heard = []
    began = time.monotonic()
    try:
        while time.monotonic() - began < 10:
            said = line.recv()
            if isinstance(said, bytes) and msgpack.unpackb(said)["type"] not in {4, 1}:
                heard.append(said)
            if said in {"1", ""}:
                return heard
    except CUT:
        return heard
    pytest.fail("the line is still open")


def test_every_event_of_the_wire_has_its_column(app: Flask) -> None:
    server = app.extensions["socketio"].server
    assert set(server.handlers) == {NAMESPACE}
    assert set(server.handlers[NAMESPACE]) == set(EVENTS)
    assert set(app.extensions["live"].agenda.quick) <= set(EVENTS)
    assert not server.namespace_handlers


@pytest.fixture
def become(
    session: Session, mentorship: Mentorship, mateo: Person, as_mateo: Browser, as_ruth: Browser, tab: MakeTab
) -> Callable[[str], Tab]:
    """A tab of somebody in that state; whoever may no longer sit got their ticket before."""

    def changed(who: str) -> Tab:
        mine = tab(as_ruth if who == "mentor" else as_mateo)
        if who == "reader":
            with db.transaction() as tx:
                tx.get_one(Session, session.id).state = SessionState.CLOSED
        return mine

    return changed


@pytest.mark.parametrize("who", [who for who in TABLE if who not in WITHOUT_A_SEAT])
def test_who_sits_may_do_what_the_table_says(
    who: str, become: Callable[[str], Tab], tab: MakeTab, as_ruth: Browser, as_mateo: Browser, session: Session
) -> None:
    may, mine = TABLE[who], become(who).open()
    partner = tab(as_mateo if who == "mentor" else as_ruth).open()
    assert mine.welcome["update"]
    mine.pen.add_item("Send CV")
    mine.send()
    if may["edit"] == "heard":
        until(lambda: partner.heard["edit"])
        assert mine.saved == 1
    else:
        assert until(lambda: mine.refusals) == [may["edit"]]
    mine.say("presence", PRESENCE)
    until(lambda: PRESENCE in [said["state"] for said in partner.heard["presence"]])
    assert bool(partner.heard["edit"]) is (may["edit"] == "heard")
    assert len(keep_agenda.rows_of(session.id)) == len(partner.heard["edit"])
    before = len(mine.refusals)
    mine.say("agree", AGREEING)
    if may["agree"] == "heard":
        until(lambda: "agreed" in partner.facts)
    else:
        assert until(lambda: mine.refusals[before:]) == [may["agree"]]
    agreed = {each.role for each in wind_up.agreed(session)}
    assert agreed == ({Role(who)} if may["agree"] == "heard" else set())
    mine.close()
    until(lambda: partner.heard["presence"][-1]["state"] is None)


@pytest.mark.parametrize("who", WITHOUT_A_SEAT)
def test_who_has_no_seat_is_cut_and_nobody_hears_of_them(
    who: str, server: Server, tab: MakeTab, as_ruth: Browser, as_mateo: Browser, as_stranger: Browser,
    session: Session, mateo: Person,
) -> None:  # fmt: skip
    ruths, mateos = tab(as_ruth).open(), tab(as_mateo)
    ticket: object = mateos.ticket() if who in {"removed", "signed-out", "barred"} else None
    if who == "stranger":
        assert tab(as_stranger).ask_for_ticket().status_code == 404
        ticket = "x" * 32
    elif who == "removed":
        with db.transaction() as tx:
            tx.get_one(Mentorship, session.mentorship_id).state = MentorshipState.CLOSED
    elif who == "signed-out":
        with db.transaction() as tx:
            tx.query(SignIn).filter_by(person_id=mateo.id).update({"ended_at": NOON})
    elif who == "barred":
        bad = tab(as_mateo).open()
        bad.say("edit", b"garbage")
        until(lambda: not bad.is_open)
    before = len(ruths.heard["presence"])
    with raw(server, ticket) as line:
        say_everything(line)
        assert answers_until_cut(line) == []
    assert keep_agenda.rows_of(session.id) == []
    assert wind_up.agreed(session) == []
    assert ruths.heard["edit"] == []
    assert [said for said in ruths.heard["presence"][before:] if said["state"] == PRESENCE] == []


def test_a_deleted_account_is_cut_within_two_seconds_though_another_process_deletes_it(
    server: Server, mateos: Tab, ruths: Tab, mateo: Person
) -> None:
    server.flask("remove-person", mateo.email, "--yes")
    until(lambda: not mateos.is_open, seconds=2)
    assert mateos.ask_for_ticket().status_code == 401


def test_in_any_order_on_one_line_a_seat_acts_in_its_own_room_alone(
    server: Server, tab: MakeTab, as_ruth: Browser, as_mateo: Browser, as_stranger: Browser, session: Session
) -> None:
    dice = random.Random("any order")
    watcher = tab(as_mateo).open()
    before = len(watcher.heard["presence"])
    packets: list[dict[str, object]] = [
        {"type": 0, "data": {"ticket": "x"}}, {"type": 0, "data": {"session": session.id}}, {"type": 1},
        {"type": 2, "data": ["sync", b"\0"], "id": 1}, {"type": 2, "data": ["edit", b"\0\0", session.id]},
        {"type": 2, "data": ["presence", PRESENCE]},
    ]  # fmt: skip
    for _ in range(25):
        with raw(server, dice.choice([None, "no ticket", 7])) as line, suppress(*CUT):
            for _ in range(dice.randint(1, 12)):
                line.send_binary(msgpack.packb({"nsp": dice.choice(NAMES), **dice.choice(packets)}))
    watcher.pen.add_item("Still here")
    watcher.save()
    assert watcher.heard["edit"] == []
    assert watcher.heard["presence"][before:] == []
    with pytest.raises(Refused):
        tab(as_ruth).connect({"ticket": "x"})
