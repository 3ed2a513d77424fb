"""Keeps this process's rooms true when other processes serve the same PostgreSQL database.

Every two seconds it looks there for what they announced and wrote; with a hint from Redis, at once.
"""

import logging
from collections.abc import Callable
from functools import partial

import gevent
from gevent.lock import BoundedSemaphore
from sqlalchemy.exc import SQLAlchemyError

from companion import db, signals
from companion.keeper import KeeperGone, Poisoned
from companion.live.catch_up import CatchUp
from companion.live.hints import Hint, Hints
from companion.live.rooms import House, Room
from companion.live.scribe import Scribe
from companion.services import elsewhere, talk

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds from one look to the next, whether Redis answers or not: it may have dropped a hint."""

ANOTHER_NODE = "another node"
"""Who sends a signal that this process did not announce itself."""


class Nodes:
    """Looks for what other processes did. Listens as long as it lives: signals hold their listeners weakly."""

    def __init__(self, house: House, scribe: Scribe, catch_up: CatchUp, hints: Hints) -> None:
        self.house, self.scribe, self.catch_up, self.hints = house, scribe, catch_up, hints
        self.last_fact = 0
        self.hearing = BoundedSemaphore(1)
        self.at_work: list[gevent.Greenlet] = []
        for signal in signals.FOR_ROOMS.values():
            signal.connect(self.announced)

    def begin(self) -> None:
        """Start looking. What was announced before concerns no room of ours: none is open yet."""
        self.last_fact = elsewhere.last_fact()
        self.at_work = [gevent.spawn(self.run)]
        if self.hints.url:
            self.at_work += [gevent.spawn(self.hints.run_teller), gevent.spawn(self.hints.run_hearer, self.hinted)]

    def end(self) -> None:
        """Stop looking."""
        gevent.killall(self.at_work)

    def run(self) -> None:
        """Look for ever."""
        while True:
            gevent.sleep(LOOK)
            for deed in (self.hear_facts, self.look, self.say_who_sits):
                attempt(deed)

    def announced(self, sender: object, **_facts: object) -> None:
        """A fact of this process is in the database; another node's came from there."""
        if sender is None:
            self.hints.tell_facts()

    def hinted(self, hint: Hint) -> None:
        """Another node says that there is something to read."""
        if hint.facts:
            attempt(self.hear_facts)
        for session_id, last in hint.rows.items():
            room = self.house.rooms.get(session_id)
            known = self.catch_up.known.get(room) if room else None
            if room and known and last > known.upto:
                attempt(partial(self.bring, room))

    def hear_facts(self) -> None:
        """Tell this process what others announced, as if it had been announced here."""
        with self.hearing:
            for fact in elsewhere.facts(after=self.last_fact):
                self.last_fact = fact.id
                signal = signals.FOR_ROOMS.get(fact.kind)
                if signal and fact.node != db.current().node:
                    signal.send(ANOTHER_NODE, **fact.told)

    def look(self) -> None:
        """Bring every open room to where its log is."""
        known = self.catch_up.known
        rooms = {session_id: room for session_id, room in self.house.rooms.items() if room in known}
        for growth in elsewhere.grown({session_id: known[room].upto for session_id, room in rooms.items()}):
            room = rooms[growth.session_id]
            if known[room].explains(growth):
                known[room].reach(growth.last)
            else:
                attempt(partial(self.bring, room))

    def bring(self, room: Room) -> None:
        """What others wrote in it."""
        with self.scribe.standing_still(room):
            pass  # which brings it to what is stored

    def say_who_sits(self) -> None:
        """Another node that starts, or whose last seat of a session empties, can't know that ours are taken."""
        talk.still_sit([room.session_id for room in self.house.rooms.values() if room.seats])


def attempt(deed: Callable[[], None]) -> None:
    """Do it; if it fails it is tried again with the next look, and nothing else waits for it."""
    try:
        deed()
    except (SQLAlchemyError, KeeperGone, Poisoned):
        log.exception("what other nodes did could not be read; it is tried again")
