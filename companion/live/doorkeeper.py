"""Sees who may still be here: shows out who was removed or signed out, and whoever never took a seat."""

import logging
import time

import gevent
from gevent.lock import BoundedSemaphore
from sqlalchemy.exc import SQLAlchemyError

from companion.live.rooms import House
from companion.live.seats import Seat
from companion.live.wire import Message
from companion.services import sit
from companion.services.sit import Right

log = logging.getLogger(__name__)

ROUND = 1.0
"""Seconds from one round to the next; less than the time for which a right counts, so that messages wait for none."""

PATIENCE = 7.0
"""Seconds that a line may be open without a seat; with a round and the time to say goodbye it is gone within ten."""

OUT = {Right.REMOVED: "removed", Right.SIGNED_OUT: "signed_out"}


class Doorkeeper:
    """Goes round the house once a second."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.strangers: dict[str, float] = {}
        self.looking = BoundedSemaphore(1)

    def run(self) -> None:
        """Go round for ever."""
        while True:
            gevent.sleep(ROUND)
            self.end_strangers()
            try:
                with self.looking:
                    self.look_up()
            except SQLAlchemyError:
                log.exception("the rights of those who sit could not be looked up")

    def may_stay(self, seat: Seat) -> bool:
        """Asked before anything that a seat says is heard."""
        if seat.is_stale:
            # Our round is late, so we are short of time: one look for everyone, not one for each who speaks.
            with self.looking:
                if seat.is_stale:
                    self.look_up()
        return seat.right not in OUT and not seat.is_barred

    def look_up(self) -> None:
        """What every seat may do now. Who may no longer be here goes at once."""
        seats = list(self.house.seats.values())
        rights = sit.rights_of({seat.claim for seat in seats})
        for seat in seats:
            seat.allow(rights[seat.claim])
            if seat.right in OUT:
                self.show_out(seat)

    def show_out(self, seat: Seat) -> None:
        """Say why and end the line. Its tab asks for a new ticket and gets none."""
        seat.hear(Message("fact", {"kind": OUT[seat.right]}))
        seat.is_out = True
        self.house.hang_up(seat.line.sid)

    def end_strangers(self) -> None:
        """End lines that have been open for a while and took no seat, or lost it."""
        now = time.monotonic()
        open_lines = [line_id for line_id in list(self.house.wire.sockets) if line_id not in self.house.by_line]
        self.strangers = {line_id: self.strangers.get(line_id, now) for line_id in open_lines}
        for line_id, since in self.strangers.items():
            if now - since > PATIENCE:
                self.house.hang_up(line_id)
