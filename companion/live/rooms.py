"""House → Room → Seat: who sits where in this process. Keeps no truth: that is in the database."""

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import engineio
import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from companion.live.seats import Allowance, Seat
from companion.live.wire import Message

SEATS_OF_PERSON = 24
BARRED_FOR = 60.0
"""Seconds that somebody stays off the live wire after sending what no client of ours sends."""

LONGER, A_DAY = 8, 86_400.0
"""How many times longer the next time, and seconds after which what was is forgotten."""


@dataclass(slots=True)
class Bar:
    """Somebody is kept off until then; `times` they did something for it."""

    until: float
    times: int


class Room:
    """The open agenda of one session.

    `turn` is held by whoever needs its agenda to stand still: a batch from its check to its telling, or a reader.
    """

    def __init__(self, session_id: int, mentorship_id: int) -> None:
        self.session_id = session_id
        self.mentorship_id = mentorship_id
        self.seats: dict[str, Seat] = {}
        self.turn = BoundedSemaphore(1)
        self.pending: deque[tuple[Seat, bytes]] = deque()
        self.held: deque[tuple[Seat, bytes]] = deque()
        self.sealing = 0
        self.settled = Event()
        self.settled.set()
        self.fresh_edits = self.fresh_bytes = 0  # since the agenda was last folded
        self.fresh_before = 0  # when it was last looked whether anybody writes

    @property
    def name(self) -> str:
        """As logs call it."""
        return f"session:{self.session_id}"

    def tell(self, message: Message, but: Seat | None = None) -> None:
        """Say it to everyone who asked for the agenda."""
        for seat in list(self.seats.values()):
            if seat is not but and seat.told:
                seat.hear(message)

    def here(self, but: Seat) -> list[dict[str, Any]]:
        """Who else sits here."""
        return [seat.as_seen() for seat in self.seats.values() if seat is not but and seat.told]


class House:
    """All rooms that are open in this process, and their seats by Socket.IO and Engine.IO id."""

    def __init__(self, wire: engineio.Server) -> None:
        self.wire = wire
        self.rooms: dict[int, Room] = {}
        self.seats: dict[str, Seat] = {}
        self.by_line: dict[str, Seat] = {}
        self.barred: dict[int, Bar] = {}
        self.allowances: dict[int, Allowance] = {}
        self.is_closing = False

    def room_of(self, seat: Seat) -> Room:
        """The room the seat is in."""
        return self.rooms[seat.claim.session_id]

    def enter(self, seat: Seat) -> Room:
        """Put the seat into its room, which opens with its first seat."""
        claim = seat.claim
        room = self.rooms.setdefault(claim.session_id, Room(claim.session_id, claim.mentorship_id))
        room.seats[seat.sid] = self.seats[seat.sid] = self.by_line[seat.line.sid] = seat
        return room

    def leave(self, sid: str) -> tuple[Seat, Room] | None:
        """Take the seat away. Nothing if it was gone already."""
        seat = self.seats.pop(sid, None)
        if seat is None:
            return None
        seat.is_out = True
        self.by_line.pop(seat.line.sid, None)
        room = self.room_of(seat)
        del room.seats[sid]
        return seat, room

    def tidy(self, room: Room) -> bool:
        """Close the room if nobody sits in it and all they wrote is answered. Whether it closed just now."""
        if room.seats or room.pending or room.held or not room.settled.is_set():
            return False
        return self.rooms.pop(room.session_id, None) is not None

    def has_place_for(self, person_id: int) -> bool:
        """Whether this person has not filled the house with tabs."""
        return sum(seat.claim.person_id == person_id for seat in self.seats.values()) < SEATS_OF_PERSON

    def allowance(self, person_id: int) -> Allowance:
        """What this person may write. It outlives their seats: who comes back finds it as they left it."""
        here = {seat.claim.person_id for seat in self.seats.values()}
        for other in [each for each, left in self.allowances.items() if each not in here and left.is_whole]:
            del self.allowances[other]
        return self.allowances.setdefault(person_id, Allowance(rate=200, burst=400))

    def hang_up(self, line_id: str) -> None:
        """End a line for good. socketio's own disconnect would leave it open (5.18.1)."""
        gevent.spawn(self.wire.disconnect, line_id)  # it waits for the writer to have sent what it holds

    def bar(self, person_id: int) -> None:
        """Keep somebody off the live wire for a while, on all lines; what waits of theirs is not tried any more."""
        now = time.monotonic()
        self.barred = {each: bar for each, bar in self.barred.items() if bar.until + A_DAY > now}
        known = self.barred.get(person_id)
        if known is None:
            self.barred[person_id] = Bar(now + BARRED_FOR, 1)
        elif known.until < now:
            known.until, known.times = now + min(A_DAY, BARRED_FOR * LONGER**known.times), known.times + 1
        for seat in [each for each in self.seats.values() if each.claim.person_id == person_id]:
            seat.is_barred = True
            room = self.room_of(seat)
            room.pending = deque((each, b"" if each is seat else data) for each, data in room.pending)
            self.hang_up(seat.line.sid)

    def is_barred(self, person_id: int) -> bool:
        """Whether that while is not over."""
        bar = self.barred.get(person_id)
        return bar is not None and bar.until > time.monotonic()
