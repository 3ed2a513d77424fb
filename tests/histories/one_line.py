"""One line that joins, leaves and joins again, at rooms in one process: what is said for a room stays in that room.

Each word that anybody says is noted with the room in which its sender's line sat just then, as the sender knows it from
the server's answers. What goes wrong is collected, not raised: it is found in the midst of the product's own work.
"""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import gevent
import msgpack
from gevent.queue import Queue

from companion.live.wire import NAMESPACE
from companion.services.sit import Claim
from tests.histories import inside
from tests.writing import Pen

CONNECT, DISCONNECT, EVENT, ANSWER = 0, 1, 2, 3
WORD = re.compile(rb"#\d{7}")
FAREWELLS = ("removed", "signed_out")
numbers = count(1)


class Wire(inside.Wire):
    """Lines that end as engine.io ends them, and whose tabs hear at once."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__()
        self.tabs: dict[str, Tab] = {}

    def open(self, sid: str, tab: "Tab") -> inside.Line:
        """A new line of this tab's."""
        line = self.sockets[sid] = inside.Line(sid, self)
        self.tabs[sid] = tab
        self.handlers["connect"](sid, {})
        return line

    def send(self, sid: str, data: bytes) -> None:
        if sid in self.sockets:
            self.tabs[sid].hear(data)

    def disconnect(self, sid: str | None = None) -> None:
        if sid in self.sockets and not self.sockets[sid].closed:
            self.tabs[sid].sits = None
            self.handlers["disconnect"](sid, "server disconnect")
            self.sockets[sid].closed = True
            self.tabs[sid].close()  # its reader ends
            del self.sockets[sid], self.tabs[sid]


class Desk(inside.Desk):
    """Socket.IO on it."""

    def _engineio_server_class(self) -> type[Wire]:
        return Wire


class Said:
    """Every word with the room that it was said in, None for nowhere; and what went wrong."""

    def __init__(self) -> None:
        self.rooms: dict[bytes, int | None] = {}
        self.saved: dict[int, int | None] = {}
        self.wrong: list[str] = []
        self.telling = ""

    def word(self) -> str:
        """A new one, said nowhere yet."""
        word = f"#{next(numbers):07d}"
        self.rooms[word.encode()] = None
        return word

    def check(self, where: int | None, data: bytes, who: str) -> None:
        """All words in there were said in this room."""
        for word in WORD.findall(data):
            if where is None or self.rooms[word] != where:
                self.note(f"{who} in {where} got {word!r} of {self.rooms[word]}")

    def note(self, wrong: str) -> None:
        self.wrong.append(f"{self.telling}: {wrong}")


class Tab:
    """Somebody's line, and what the server told it of where it sits. Reads as engine.io does: one packet at a time."""

    def __init__(self, at: inside.Inside, said: Said, sits_there: Callable[[str, int | None], bool], *claims: Claim):
        self.inside, self.said, self.sits_there = at, said, sits_there
        self.claims = {claim.session_id: claim for claim in claims}
        self.role = claims[0].role.value
        self.may = set(self.claims)
        self.sits: int | None = None
        self.is_barred = False
        self.tickets: list[tuple[str, int]] = []
        self.counts = dict.fromkeys(("seats", "heard", "saved"), 0)
        self.open()

    def open(self) -> None:
        """A new line."""
        self.line_id = f"line {next(numbers)}"
        self.inbox: Queue[tuple[Any, ...]] = Queue()
        self.showing: int | None = None
        self.unanswered = 0
        wire = self.inside.wire
        assert isinstance(wire, Wire)
        self.line = wire.open(self.line_id, self)
        self.reader = gevent.spawn(self._read)

    # What it says

    def fetch(self, session_id: int) -> str:
        """A ticket, also where it has no right any more: it may have been got before."""
        ticket = self.inside.tickets.hand_out(self.claims[session_id])
        self.tickets.append((ticket, session_id))
        return ticket

    def join(self, ticket: object, session_id: int | None, **more: object) -> None:
        self._send(CONNECT, {"ticket": ticket, **more}, shows=session_id)

    def leave(self) -> None:
        self._send(DISCONNECT, None)

    def edit(self, *more: object) -> None:
        pen, word = Pen(), self.said.word()
        pen.add_item(word)
        self._send(EVENT, ["edit", pen.unsent[0], *more], word=word)

    def edit_badly(self) -> None:
        self._send(EVENT, ["edit", b"garbage"])

    def move(self, *more: object) -> None:
        word = self.said.word()
        self._send(EVENT, ["presence", {"field": word, "caret": 1, "typing": True}, *more], word=word)

    def sync(self, *more: object) -> None:
        self._send(EVENT, ["sync", b"\0", *more], id=1)

    def say(self, packet: bytes) -> None:
        self.inbox.put((packet, None, None))

    def close(self) -> None:
        """End the line from this side, after what was said."""
        self.inbox.put((None, None, None))

    def _send(self, kind: int, data: object, shows: int | None = None, word: str = "", **more: object) -> None:
        packet = msgpack.packb({"type": kind, "nsp": NAMESPACE, "data": data, **more})
        self.inbox.put((packet, kind, shows if kind == CONNECT else word))

    def _read(self) -> None:
        while not self.line.closed:
            packet, kind, about = self.inbox.get()
            if packet is None:
                self.inside.wire.disconnect(self.line_id)
            elif not self.line.closed:
                self._before(packet, kind, about)
                self.inside.wire.handlers["message"](self.line_id, packet)

    def _before(self, packet: bytes, kind: int | None, about: Any) -> None:
        if kind == CONNECT:
            self.showing = about
        elif kind == DISCONNECT:
            self.sits = None
        elif kind == EVENT and self.sits is not None and not self.is_barred:
            self.said.rooms[about.encode()] = self.sits
            self.unanswered += b"edit" in packet

    # What it hears

    def hear(self, data: bytes) -> None:
        packet = msgpack.unpackb(data)
        if packet["type"] == CONNECT:
            if self.showing not in self.may or self.is_barred:
                self.said.note(f"a seat in {self.showing} without a right to it")
            self.sits, self.unanswered = self.showing, 0
            self.counts["seats"] += 1
        self.said.check(self.sits, data, self.role)
        if packet["type"] == EVENT:
            self._hear_event(*packet["data"])

    def _hear_event(self, event: str, said: Any) -> None:
        if self.sits is None:
            self.said.note(f"{self.role} heard {event} {said!r} without a seat")
        elif event == "presence" and said["state"] and not self.sits_there(said["role"], self.sits):
            self.said.note(f"a presence in {self.sits} of who does not sit there")
        elif event in ("saved", "refused"):
            self._hear_answer(event, said)
        elif event == "fact" and said["kind"] in FAREWELLS:
            self.sits = None
        self.counts["heard"] += event == "edit"

    def _hear_answer(self, event: str, said: Any) -> None:
        self.unanswered -= said["n"]
        if self.unanswered < 0:
            self.said.note(f"{event} in {self.sits} for what was not said there")
        if event == "saved":
            self.said.saved[said["seq"]] = self.sits
            self.counts["saved"] += said["n"]
        elif said["why"] == "bad":
            self.is_barred = True
