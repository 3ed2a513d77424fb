"""What other processes wrote in an agenda that is open here too: read from the log, given to our keeper and our seats.

The log is the only truth. Of each room we know how far our seats and our keeper have it; what is later is read, in the
order of the log, under the room's turn. Only on PostgreSQL: on SQLite there is no other process.
"""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from companion.keeper import Verdict
from companion.live.hints import Hints
from companion.live.rooms import Room
from companion.live.wire import Message
from companion.services import agenda_log, keep_agenda
from companion.services.agenda_log import Edit, Log
from companion.services.elsewhere import Growth

if TYPE_CHECKING:
    from companion.live.scribe import Sent

log = logging.getLogger(__name__)


class Known:
    """How far one room has the log: everything up to `upto`, and of what is later, the `own` that went through here."""

    def __init__(self, upto: int) -> None:
        self.upto = upto
        self.own: set[int] = set()

    def reach(self, seq: int) -> None:
        """Everything up to here is known."""
        self.upto = max(self.upto, seq)
        self.own = {each for each in self.own if each > self.upto}

    def explains(self, growth: Growth) -> bool:
        """Whether all that the log has grown by went through here."""
        ours = sum(seq <= growth.last for seq in self.own)
        return not growth.is_folded and growth.edits == ours and growth.last in self.own


class CatchUp:
    """What each open room knows. Whoever calls `bring` has the room's turn."""

    def __init__(self, hints: Hints) -> None:
        self.hints = hints
        self.known: WeakKeyDictionary[Room, Known] = WeakKeyDictionary()

    def wrote(self, batch: Iterable["Sent"]) -> None:
        """These were just committed and told here; other nodes get a hint."""
        for sent in batch:
            if sent.seq is not None:
                if known := self.known.get(sent.room):
                    known.own.add(sent.seq)
                self.hints.tell(sent.room.session_id, sent.seq)

    def folded(self, room: Room, folded: Log) -> None:
        """We folded this much of the room's log. If it held nothing unknown, nobody needs to read it."""
        known = self.known.get(room)
        if known and folded.upto <= known.upto and all(seq <= known.upto or seq in known.own for seq in folded.seqs):
            known.reach(folded.last)

    def bring(self, room: Room) -> None:
        """Read what the room doesn't know, give it to the keeper, then tell the seats."""
        known = self.known.get(room)
        if known is None:
            # Its keeper may still hold the agenda as it was when the room was open before: it opens it anew, later than
            # we look where the log ends.
            keep_agenda.forget({room.session_id})
            self.known[room] = Known(agenda_log.end(room.session_id))
            return
        fresh = agenda_log.read(room.session_id, after=known.upto)
        if edits := self._foreign(fresh, known):
            self._take_in(room, edits, is_folded=bool(fresh.snapshot))
        known.reach(fresh.last)

    def _foreign(self, fresh: Log, known: Known) -> list[bytes]:
        """What did not go through here; where others folded it together with ours, all of it."""
        edits = [data for seq, data in zip(fresh.seqs, fresh.tail, strict=True) if seq not in known.own]
        return [fresh.snapshot, *edits] if fresh.snapshot else edits

    def _take_in(self, room: Room, edits: list[bytes], is_folded: bool) -> None:
        nobody = 0  # each was checked for its writer where it was written
        if is_folded or set(keep_agenda.check([Edit(room.session_id, nobody, each) for each in edits])) != {Verdict.ok}:
            keep_agenda.forget({room.session_id})  # from the log it takes everything
        for each in edits:
            room.tell(Message("edit", each))
