"""What services tell, passed on to the rooms it concerns."""

from collections.abc import Callable, Iterable
from typing import Any

from companion import signals
from companion.live.doorkeeper import Doorkeeper
from companion.live.rooms import House, Room
from companion.live.scribe import Scribe
from companion.live.seats import Why
from companion.live.wire import Message
from companion.services import keep_agenda
from companion.services.sit import Right

KINDS = {
    signals.meeting_changed: "meeting",
    signals.session_moved: "moved",
    signals.session_cancelled: "cancelled",
    signals.session_live: "live",
    signals.session_over: "over",
    signals.session_resumed: "resumed",
    signals.session_closed: "closed",
    signals.wording_agreed: "agreed",
}


class Facts:
    """Listens as long as it lives: signals hold their listeners weakly."""

    def __init__(self, house: House, scribe: Scribe, doorkeeper: Doorkeeper) -> None:
        self.house, self.scribe, self.doorkeeper = house, scribe, doorkeeper
        self.tellers = [self._teller(kind) for kind in KINDS.values()]
        for signal, teller in zip(KINDS, self.tellers, strict=True):
            signal.connect(teller)
        signals.session_closed.connect(self.closed)
        signals.session_cancelled.connect(self.closed)
        signals.session_sealing.connect(self.sealing)
        signals.session_unsealed.connect(self.unsealed)
        signals.agenda_mended.connect(self.mended)
        signals.item_changed.connect(self.item_changed)
        signals.dates_changed.connect(self.dates_changed)
        signals.mentorship_closed.connect(self.mentorship_closed)
        signals.signed_out.connect(self.signed_out)

    def _teller(self, kind: str) -> Callable[..., None]:
        def tell(_sender: object, session_id: int, **_facts: Any) -> None:
            for room in self._rooms(session_id):
                room.tell(Message("fact", {"kind": kind}))

        return tell

    def _rooms(self, session_id: int) -> Iterable[Room]:
        room = self.house.rooms.get(session_id)
        return [room] if room else []

    def _rooms_of(self, mentorship_id: int) -> Iterable[Room]:
        return [room for room in self.house.rooms.values() if room.mentorship_id == mentorship_id]

    def closed(self, _sender: object, session_id: int, **_facts: Any) -> None:
        """From here on the agenda is read, not written. What was held while it was sealed came too late."""
        for room in self._rooms(session_id):
            for seat in room.seats.values():
                seat.allow(Right.READ)
            for seat, _ in room.held:
                seat.refuse(Why.CLOSED)
            room.held.clear()

    def sealing(self, _sender: object, session_id: int, **_facts: Any) -> None:
        """Commit what the room has, hold what comes; whoever asked goes on when that is done."""
        for room in self._rooms(session_id):
            self.scribe.hold(room)

    def unsealed(self, _sender: object, session_id: int, **_facts: Any) -> None:
        """Closed or not, the sealing is over."""
        for room in self._rooms(session_id):
            self.scribe.resume(room)

    def mended(self, _sender: object, session_id: int, **_facts: Any) -> None:
        """Everyone comes back, sees a new epoch and starts from what is stored."""
        keep_agenda.forget({session_id})  # it may have been mended by another process
        for room in self._rooms(session_id):
            for seat in list(room.seats.values()):
                self.house.hang_up(seat.line.sid)

    def dates_changed(self, _sender: object, mentorship_id: int, **_facts: Any) -> None:
        """When they talk next is known, or wished for: whatever agenda of theirs is open may show it."""
        for room in self._rooms_of(mentorship_id):
            room.tell(Message("fact", {"kind": "dates"}))

    def item_changed(self, _sender: object, mentorship_id: int, **facts: Any) -> None:
        """Done elsewhere, by letter or on another page: every open agenda of the two shows it."""
        for room in self._rooms_of(mentorship_id):
            room.tell(Message("fact", {"kind": "item", "item": facts.get("item_id")}))

    def mentorship_closed(self, _sender: object, mentorship_id: int, **_facts: Any) -> None:
        """Both are out at once."""
        for seat in list(self.house.seats.values()):
            if seat.claim.mentorship_id == mentorship_id:
                seat.allow(Right.REMOVED)
                self.doorkeeper.show_out(seat)

    def signed_out(self, _sender: object, sign_in_ids: Iterable[int], **_facts: Any) -> None:
        """The device's tabs are out at once."""
        gone = set(sign_in_ids)
        for seat in list(self.house.seats.values()):
            if seat.claim.sign_in_id in gone:
                seat.allow(Right.SIGNED_OUT)
                self.doorkeeper.show_out(seat)
