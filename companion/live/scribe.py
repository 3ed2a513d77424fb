"""The way of an edit: gather, check, commit, tell. Stored before it is seen, so that a crash takes back nothing."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gevent
from gevent.event import Event
from sqlalchemy.exc import SQLAlchemyError

from companion.keeper import KeeperGone, Verdict
from companion.live.errands import Errands
from companion.live.rooms import House, Room
from companion.live.seats import Seat, Why
from companion.live.wire import Message
from companion.services import keep_agenda
from companion.services.agenda_log import Edit, NotKept

if TYPE_CHECKING:
    from companion.live.catch_up import CatchUp

log = logging.getLogger(__name__)

PACE = 0.005
"""Seconds from the start of one batch to the start of the next, at least. After a pause the first edit doesn't wait."""

MOST_EDITS, MOST_BYTES = 500, 4 * 1024 * 1024
"""A batch is not larger, whatever has piled up."""


@dataclass(slots=True)
class Sent:
    """One edit on its way, and what became of it: its seq in the log, or why it was refused."""

    room: Room
    seat: Seat
    data: bytes
    seq: int | None = None
    why: Why | None = None

    @property
    def edit(self) -> Edit:
        """As the log takes it."""
        return Edit(self.seat.claim.session_id, self.seat.claim.person_id, self.data)


class Scribe:
    """Writes down what is said in all rooms, one batch after the other."""

    def __init__(self, house: House, errands: Errands, catch_up: "CatchUp | None" = None) -> None:
        self.house = house
        self.errands = errands
        self.catch_up = catch_up
        self.waiting: dict[Room, None] = {}
        self.wake = Event()

    def gather(self, seat: Seat, data: bytes) -> None:
        """Take an edit in. While its session is being sealed it waits for the outcome."""
        room = self.house.room_of(seat)
        if room.sealing:
            room.held.append((seat, data))
            return
        room.pending.append((seat, data))
        room.settled.clear()
        self.waiting[room] = None
        self.wake.set()

    @contextmanager
    def standing_still(self, room: Room) -> Iterator[None]:
        """The room's agenda as stored, without a batch half done in it. What comes meanwhile is gathered."""
        try:
            with room.turn:
                if self.catch_up:
                    self.catch_up.bring(room)
                yield
        finally:
            if room.pending:
                self.wake.set()

    def hold(self, room: Room) -> None:
        """Commit what the room has; from now on keep what comes. Returns when that is done."""
        room.sealing += 1
        room.settled.wait()

    def resume(self, room: Room) -> None:
        """Let what was held go its way, unless somebody else still seals."""
        room.sealing = max(0, room.sealing - 1)
        if not room.sealing:
            held = list(room.held)
            room.held.clear()
            for seat, data in held:
                self.gather(seat, data)

    def run(self) -> None:
        """Write batches for ever."""
        began = 0.0
        while True:
            self.wake.wait()
            gevent.sleep(max(0.0, began + PACE - time.monotonic()))  # also with 0: readers get their turn
            began = time.monotonic()
            self.wake.clear()
            if batch := self._take():
                gevent.spawn(self._settle, batch).join()  # a batch that fails must not take the scribe with it

    def _take(self) -> list[Sent]:
        """What waits in rooms that nobody is reading, and those rooms' turns with it."""
        batch: list[Sent] = []
        size = 0
        for room in list(self.waiting):
            if len(batch) >= MOST_EDITS or size >= MOST_BYTES:
                self.wake.set()
                break
            if not room.turn.acquire(blocking=False):
                continue  # whoever reads it wakes us
            del self.waiting[room]
            batch.extend(Sent(room, seat, data) for seat, data in room.pending)
            size += sum(len(data) for _, data in room.pending)
            room.pending.clear()
        return batch

    def _settle(self, batch: list[Sent]) -> None:
        rooms = dict.fromkeys(sent.room for sent in batch)
        told = False
        try:
            check_and_commit(batch)
            self._tell(batch)
            if self.catch_up:
                self.catch_up.wrote(batch)
            told = True
        finally:
            if not told:  # a fault of ours: no answer is right any more, so they come back and compare states
                for sent in batch:
                    self.house.hang_up(sent.seat.line.sid)
            for room in rooms:
                self._release(room)

    def _release(self, room: Room) -> None:
        room.turn.release()
        if room.pending:
            self.waiting[room] = None
            self.wake.set()
        else:
            room.settled.set()
            self.errands.tidy(room)

    def _tell(self, batch: Sequence[Sent]) -> None:
        answers: dict[Seat, list[Sent]] = {}
        for sent in batch:
            if sent.seq is not None:
                sent.room.tell(Message("edit", sent.data), but=sent.seat)
                sent.room.fresh_edits += 1
                sent.room.fresh_bytes += len(sent.data)
            answers.setdefault(sent.seat, []).append(sent)
        for seat, answered in answers.items():
            answer(seat, answered)
            if any(sent.why is Why.BAD for sent in answered):
                log.warning("person %s sent a bad edit to session %s", seat.claim.person_id, seat.claim.session_id)
                self.house.bar(seat.claim.person_id)


def check_and_commit(batch: Sequence[Sent]) -> None:
    """Give every edit of the batch its seq, or the reason why it has none."""
    try:
        edits = [sent.edit for sent in batch]
        for sent, verdict in zip(batch, keep_agenda.check(edits), strict=True):
            sent.why = None if verdict is Verdict.ok else Why(verdict.value)
        good = [sent for sent in batch if sent.why is None]
        kept = edits if len(good) == len(batch) else [sent.edit for sent in good]
        for sent, seq in zip(good, keep_agenda.record(kept), strict=True):
            sent.seq, sent.why = seq, None if seq is not None else Why.CLOSED
        unkept = [sent for sent in good if sent.seq is None]
    except (KeeperGone, NotKept, SQLAlchemyError) as error:
        log.error("%s edits could not be kept; their senders send them again: %s", len(batch), error)  # noqa: TRY400 - a full disk is told in a sentence, each time
        unkept = [sent for sent in batch if sent.why is None]
        for sent in unkept:
            sent.why = Why.BUSY
    if unkept:  # the keeper has applied what the log doesn't hold
        keep_agenda.forget({sent.room.session_id for sent in unkept})


def answer(seat: Seat, answered: Sequence[Sent]) -> None:
    """One answer per run of edits with the same fate, in the order in which the seat sent them."""
    run: list[Sent] = []
    for sent in [*answered, None]:
        if run and (sent is None or sent.why is not run[0].why):
            _answer_run(seat, run)
            run = []
        if sent is not None:
            run.append(sent)


def _answer_run(seat: Seat, run: Sequence[Sent]) -> None:
    if run[0].why is None:
        seat.hear(Message("saved", {"n": len(run), "seq": run[-1].seq}))
    else:
        seat.refuse(run[0].why, len(run))
