"""Histories without a wire: the room, its handlers and the keeper in one process: each can be told again exactly.

Tabs are as simple as a tab can be that keeps the promises of the wire; the page's own are in `machine.py`.
"""

from collections import Counter, defaultdict, deque
from queue import Queue
from typing import Any

import engineio
import gevent
import msgpack
import socketio

from companion.live.agenda import Agenda
from companion.live.doorkeeper import Doorkeeper
from companion.live.errands import Errands
from companion.live.rooms import House
from companion.live.scribe import Scribe
from companion.live.tickets import Tickets
from companion.live.wire import NAMESPACE
from companion.services.sit import Claim
from tests.histories.world import plain, words_in
from tests.writing import Pen


class Wire(engineio.Server):
    """Engine.io without lines: what is sent waits until its reader takes it, or loses it."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(async_mode="threading")
        self.sockets: dict[str, Line] = {}
        self.sent: dict[str, deque[list[Any]]] = defaultdict(deque)

    def send(self, sid: str, data: bytes) -> None:
        if sid in self.sockets:
            self.sent[sid].append(msgpack.unpackb(data)["data"])

    def disconnect(self, sid: str | None = None) -> None:
        if sid in self.sockets:
            self.sockets[sid].closed = True


class Line:
    """A polling line of that server."""

    upgraded = closed = False

    def __init__(self, sid: str, server: Wire) -> None:
        self.sid, self.server, self.queue = sid, server, Queue[Any]()


class Desk(socketio.Server):
    """Socket.IO on it, as far as a page's line reaches."""

    def _engineio_server_class(self) -> type[Wire]:
        return Wire


class Inside:
    """All that a process has for its rooms, and nobody at work in it but the test."""

    def __init__(self, desk: type[Desk] = Desk, house: type[House] = House, scribe: type[Scribe] = Scribe) -> None:
        self.server = desk(serializer="msgpack", async_handlers=False)
        self.wire: Wire = self.server.eio
        self.house = house(self.wire)
        self.tickets, self.errands = Tickets(), Errands(self.house)
        self.scribe = scribe(self.house, self.errands)
        self.doorkeeper = Doorkeeper(self.house)
        self.agenda = Agenda(self.server, self.house, self.tickets, self.doorkeeper, self.scribe, self.errands)
        self.lines = 0

    def sit(self, claim: Claim) -> tuple[str, str]:
        """A seat: the ids of its line and of its socket."""
        self.lines += 1
        line_id = f"line {self.lines}"
        self.wire.sockets[line_id] = Line(line_id, self.wire)
        sid = self.server.manager.connect(line_id, NAMESPACE)
        self.say("connect", sid, {}, {"ticket": self.tickets.hand_out(claim)})
        return line_id, sid

    def leave(self, line_id: str, sid: str) -> None:
        """The line is gone with all that was on its way to the tab."""
        self.say("disconnect", sid)
        self.server.manager.disconnect(sid, NAMESPACE)
        del self.wire.sockets[line_id]
        self.wire.sent.pop(line_id, None)

    def say(self, event: str, *said: object) -> Any:
        """What Socket.IO would do with it."""
        return self.server.handlers[NAMESPACE][event](*said)

    def write(self) -> None:
        """One batch of the scribe's."""
        self.scribe.wake.clear()
        if batch := self.scribe._take():
            self.scribe._settle(batch)
        gevent.sleep(0)  # lines are ended in a greenlet of their own

    def run_errands(self) -> None:
        while not self.errands.deeds.empty():
            self.errands.deeds.get()()


class SimpleTab:
    """Sends what it wrote, and after each new line compares states. `claimed`: words it was told are saved."""

    def __init__(self, inside: Inside, claim: Claim) -> None:
        self.inside, self.claim = inside, claim
        self.pen = Pen()
        self.typed: list[str] = []
        self.unsaved: list[tuple[str, ...]] = []  # the words of each edit under way, in order
        self.claimed: set[str] = set()
        self.seat: tuple[str, str] | None = None

    def sit(self) -> None:
        """Take a seat, learn what was missed, send what the log lacks."""
        self.leave()
        self.seat = self.inside.sit(self.claim)
        welcome = self.inside.say("sync", self.seat[1], self.pen.doc.get_state())
        if welcome is None:
            self.leave()
            return
        self.pen.doc.apply_update(welcome["update"])
        self.pen.unsent.clear()
        self._send(self.pen.doc.get_update(welcome["state"]), tuple(self.typed))

    def leave(self) -> None:
        if self.seat:
            self.inside.leave(*self.seat)
        self.seat, self.unsaved = None, []

    def wrote(self, word: str, *, loses: bool = False, twice: bool = False) -> None:
        """The pen wrote this word: the edit goes out, or is lost on its way, or goes out twice."""
        self.typed.append(word)
        (edit,) = self.pen.unsent
        self.pen.unsent.clear()
        for _ in range(0 if loses else 2 if twice else 1):
            self._send(edit, (word,))

    def listen(self) -> None:
        """Take what came. What is refused sends the tab back to the beginning."""
        if not self.seat:
            return
        heard = self.inside.wire.sent[self.seat[0]]
        while heard:
            event, said = heard.popleft()
            if event == "edit":
                self.pen.doc.apply_update(said)
                self.pen.unsent.clear()
            elif event == "saved":
                for words in self.unsaved[: said["n"]]:
                    self.claimed.update(words)
                del self.unsaved[: said["n"]]
            elif event == "refused":
                self.sit()
                return
        if self.inside.wire.sockets[self.seat[0]].closed:
            self.sit()

    def words(self) -> Counter[str]:
        """What stands in this tab."""
        return words_in(plain(self.pen.doc))

    def _send(self, edit: bytes, words: tuple[str, ...]) -> None:
        if self.seat:
            self.unsaved.append(words)
            self.inside.say("edit", self.seat[1], edit)
