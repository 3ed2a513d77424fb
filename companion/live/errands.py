"""What has to be done because of the rooms, but not while anybody waits for it."""

import logging
from collections.abc import Callable
from functools import partial

import gevent
from gevent.queue import Queue
from sqlalchemy.exc import SQLAlchemyError

from companion.keeper import KeeperGone, Poisoned
from companion.live.catch_up import CatchUp
from companion.live.rooms import House, Room
from companion.services import keep_agenda, talk

log = logging.getLogger(__name__)

REST = 5.0
"""Seconds without an edit."""


class Errands:
    """Deeds done one after the other, in the order in which they came up; one that fails takes none with it."""

    def __init__(self, house: House, catch_up: CatchUp | None = None) -> None:
        self.house = house
        self.catch_up = catch_up
        self.deeds: Queue[Callable[[], object]] = Queue()

    def run(self) -> None:
        """Do what comes, until `finish`."""
        for deed in self.deeds:
            gevent.spawn(_done, deed).join()

    def look_for_rest(self) -> None:
        """Fold what was written where nobody writes at the moment. For ever."""
        while True:
            gevent.sleep(REST)
            for room in list(self.house.rooms.values()):
                if room.fresh_before == room.fresh_edits > keep_agenda.TAIL_AT_REST:
                    self._fold_soon(room)
                room.fresh_before = room.fresh_edits

    def finish(self) -> None:
        """Let `run` end once all that came up before is done."""
        self.deeds.put(StopIteration)

    def somebody_sits(self, room: Room) -> None:
        """A seat was taken: near its time that makes the session live."""
        roles = {seat.claim.role for seat in room.seats.values()}
        self.deeds.put(partial(talk.someone_sits, room.session_id, roles))

    def tidy(self, room: Room) -> None:
        """After a batch, or after somebody left."""
        if self.house.tidy(room):
            self.deeds.put(partial(self._shut, room))
        elif room.fresh_edits > keep_agenda.TAIL_EDITS or room.fresh_bytes > keep_agenda.TAIL_BYTES:
            self._fold_soon(room)

    def _fold_soon(self, room: Room) -> None:
        room.fresh_edits = room.fresh_bytes = 0
        self.deeds.put(partial(self._fold, room))

    def _fold(self, room: Room) -> None:
        folded = keep_agenda.compact(room.session_id)
        if folded and self.catch_up:
            self.catch_up.folded(room, folded)

    def _shut(self, room: Room) -> None:
        if room.session_id in self.house.rooms:
            return  # somebody came back meanwhile
        talk.everybody_left(room.session_id)
        keep_agenda.compact(room.session_id)
        if room.session_id not in self.house.rooms:
            keep_agenda.forget({room.session_id})


def _done(deed: Callable[[], object]) -> None:
    """Do it. What can't be done now the clocks and the next to leave do later."""
    try:
        deed()
    except (SQLAlchemyError, KeeperGone, Poisoned) as error:
        log.warning("an errand could not be done (%s)", type(error).__name__)
