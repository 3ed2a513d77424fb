"""The `/agenda` namespace: connect, sync, edit, presence, agree, disconnect.

No handler reads a room from the wire. Every one is registered through `_seated`, which finds the seat, looks at its
right and puts it in front of what was said.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

import socketio
from socketio.exceptions import ConnectionRefusedError as Refused
from sqlalchemy.exc import SQLAlchemyError

from companion.errors import NotYours, TooLate
from companion.keeper import BadState, KeeperGone, Poisoned
from companion.live.doorkeeper import Doorkeeper
from companion.live.errands import Errands
from companion.live.rooms import House
from companion.live.said import as_presence, as_wordings
from companion.live.scribe import Scribe
from companion.live.seats import Seat, Why
from companion.live.tickets import Desk
from companion.live.wire import NAMESPACE, Malformed, Message, event_in
from companion.services import keep_agenda, sit, wind_up
from companion.services.sit import Right

log = logging.getLogger(__name__)

LARGEST_EDIT = 256 * 1024
UNIT = 700
"""Bytes that count like one more edit: one of the largest takes what a person may write in two seconds."""
LARGEST_STATE = 64 * 1024
AGREEING = 20
"""So many edits an agreement counts for: it writes a row for each item."""


Handler = Callable[..., Any]


class Agenda:
    """The handlers of one process."""

    def __init__(
        self, server: socketio.Server, house: House, tickets: Desk, doorkeeper: Doorkeeper, scribe: Scribe,
        errands: Errands,
    ) -> None:  # fmt: skip
        self.server, self.house, self.tickets = server, house, tickets
        self.doorkeeper, self.scribe, self.errands = doorkeeper, scribe, errands
        self.stock = server.eio.handlers["message"]
        server.eio.on("message", self.heard)
        server.on("connect", self.connect, namespace=NAMESPACE)
        server.on("disconnect", self.disconnect, namespace=NAMESPACE)
        # What wants no answer goes straight to its handler.
        self.quick = {"edit": self._seated(self.edit), "presence": self._seated(self.presence)}
        answered = {"sync": self._seated(self.sync), "agree": self._seated(self.agree)}
        for event, handler in {**answered, **self.quick}.items():
            server.on(event, handler, namespace=NAMESPACE)

    def heard(self, line_id: str, packet: object) -> None:
        """Every packet of every line. Most go straight to their handler: Socket.IO's own way costs much more."""
        try:
            event, *arguments = event_in(packet) or [None]
        except Malformed:
            self.house.hang_up(line_id)
            return
        seat = self.house.by_line.get(line_id)
        if event in self.quick and seat is not None:
            self.quick[event](seat.sid, *arguments)
        else:
            self.stock(line_id, packet)

    def listen(self, line_id: str, packet: bytes) -> None:
        """The same for a line with a seat, past engineio's loop."""
        try:
            self.heard(line_id, packet)
        except Exception:  # as engineio's own loop does: nothing that one line says may end the thread that reads all
            log.exception("a message could not be heard")
            self.house.hang_up(line_id)

    def _seated(self, handler: Handler) -> Handler:
        @functools.wraps(handler)
        def with_seat(sid: str, *said: object) -> object:
            seat = self.house.seats.get(sid)
            if seat is None:
                return None
            try:
                if self.doorkeeper.may_stay(seat) and sid in self.house.seats:
                    return handler(seat, *said[:1])
            except Poisoned:
                log.warning("the agenda of session %s is being mended", seat.claim.session_id)
                self.house.hang_up(seat.line.sid)  # it comes back when that is done
            except (SQLAlchemyError, KeeperGone):
                log.exception("session %s could not answer", seat.claim.session_id)
                self.house.hang_up(seat.line.sid)  # it comes back and compares states
            return None

        return with_seat

    def connect(self, sid: str, _environ: object, auth: object = None) -> None:
        """A ticket becomes a seat."""
        claim = self.tickets.take(auth.get("ticket")) if isinstance(auth, dict) else None
        if claim is None or self.house.is_closing or self.house.is_barred(claim.person_id):
            raise Refused("ticket")
        right = sit.rights_of([claim])[claim]
        if right in (Right.REMOVED, Right.SIGNED_OUT):
            raise Refused(right.value)
        if not self.house.has_place_for(claim.person_id):
            raise Refused("full")
        line = self.server.eio.sockets.get(self.server.manager.eio_sid_from_sid(sid, NAMESPACE))
        if line is None or line.closed:  # while we looked; nobody would tell us to free the seat
            raise Refused("gone")
        edits = self.house.allowance(claim.person_id)
        self.errands.somebody_sits(self.house.enter(Seat(sid, line, claim, right, edits)))
        if ws := getattr(line, "ws", None):
            ws.listener = functools.partial(self.listen, line.sid)

    def disconnect(self, sid: str, _reason: object = None) -> None:
        """The seat is free. Must not raise: engineio would keep the line in its tables."""
        if left := self.house.leave(sid):
            seat, room = left
            room.tell(Message("presence", seat.as_seen() | {"state": None}))
            self.errands.tidy(room)

    def sync(self, seat: Seat, state_vector: object = None) -> dict[str, Any] | None:
        """What the tab lacks and has to know. One dict: of several values the browser would see the first only."""
        if not isinstance(state_vector, bytes) or len(state_vector) > LARGEST_STATE:
            self._bar(seat)
            return None
        room = self.house.room_of(seat)
        session_id = room.session_id
        epoch = keep_agenda.epoch(session_id)
        try:
            with self.scribe.standing_still(room):
                answer = keep_agenda.answer(session_id, state_vector)
                seat.told = True
        except BadState:
            self._bar(seat)
            return None
        # Only now: a fact of a moment ago was told to nobody here, and one from here on is told.
        state = keep_agenda.state(session_id)
        if seat.is_out:  # while the room was waited for
            return None
        room.tell(Message("presence", seat.as_seen()), but=seat)
        return {
            "update": answer.update, "state": answer.state, "epoch": epoch, "role": seat.claim.role.value,
            "session_state": state.value, "seat": seat.id, "here": room.here(but=seat),
        }  # fmt: skip

    def edit(self, seat: Seat, update: object = None) -> None:
        """Something was written."""
        if not isinstance(update, bytes):
            self._bar(seat)
        elif seat.right is not Right.WRITE:
            seat.refuse(Why.CLOSED)
        elif len(update) > LARGEST_EDIT:
            seat.refuse(Why.TOO_BIG)
        elif not seat.edits.take(1 + len(update) / UNIT):
            seat.refuse(Why.BUSY)
        else:
            self.scribe.gather(seat, update)

    def presence(self, seat: Seat, state: object = None) -> None:
        """Where in the agenda the tab is. Volatile: what comes too fast is dropped."""
        if not seat.moves.take():
            return
        if (seen := as_presence(state)) is None:
            self._bar(seat)
        else:
            seat.state = seen
            self.house.room_of(seat).tell(Message("presence", seat.as_seen()), but=seat)

    def agree(self, seat: Seat, wordings: object = None) -> bool:
        """This person agrees to these action items, each by the hash of its wording: nobody else can say it for them.

        Whether it is kept.
        """
        if (agreed := as_wordings(wordings)) is None:
            self._bar(seat)
        elif seat.right is not Right.WRITE:
            seat.refuse(Why.CLOSED)
        elif not seat.edits.take(AGREEING):
            seat.refuse(Why.BUSY)
        else:
            try:
                wind_up.agree(seat.claim.session_id, seat.claim.person_id, agreed)
            except (TooLate, NotYours):  # since its right was looked up
                seat.refuse(Why.CLOSED)
            else:
                return True
        return False

    def _bar(self, seat: Seat) -> None:
        seat.refuse(Why.BAD)
        self.house.bar(seat.claim.person_id)
