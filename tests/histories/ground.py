"""The ground for random walks of one line: two rooms in one process, somebody who listens in each, and peace after."""

from collections import Counter
from dataclasses import dataclass

import gevent
from sqlalchemy import select, update

from companion import db
from companion.live.facts import Facts
from companion.live.rooms import House, Room
from companion.live.scribe import Scribe, Sent
from companion.model.agendas import AgendaUpdate
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import SignIn
from companion.services.sit import Claim
from tests.histories.inside import Inside
from tests.histories.one_line import WORD, Desk, Said, Tab


@dataclass(frozen=True)
class Places:
    """Who walks, with a claim to each of the two sessions, and who listens there."""

    walkers: tuple[Claim, Claim]
    listeners: tuple[Claim, Claim]


class Ground:
    """Two sessions and all who are there. What goes wrong is in `said.wrong`, with the name of its walk."""

    def __init__(self, places: Places, house: type[House] = House, scribe: type[Scribe] = Scribe) -> None:
        self.inside = Inside(Desk, house, scribe)
        self.facts = Facts(self.inside.house, self.inside.scribe, self.inside.doorkeeper)
        self.places, self.said = places, Said()
        self.done: Counter[str] = Counter()
        self.sessions = [claim.session_id for claim in places.walkers]
        self.listeners = [Tab(self.inside, self.said, self.sits_there, claim) for claim in places.listeners]
        self.walkers: list[Tab] = []
        self.batch: list[Sent] = []
        self.sealed: list[Room] = []
        self.ended: set[str] = set()
        self.seat_listeners()

    def sits_there(self, role: str, session_id: int | None) -> bool:
        """Whether somebody in that role sits there, as they know it."""
        return any(tab.role == role and tab.sits == session_id for tab in [*self.listeners, *self.walkers])

    def seat_listeners(self) -> None:
        """Everybody who listens is in their room."""
        for tab in self.listeners:
            if tab.line.closed:
                tab.open()
            if tab.sits is None:
                (here,) = tab.claims
                tab.join(tab.fetch(here), here)
                tab.sync()
        self.let_all_read()

    def let_all_read(self) -> None:
        """All packets that wait are read, and lines that are to end do."""
        for _ in range(3):
            gevent.sleep(0)

    def begin_a_batch(self) -> None:
        """From here its rooms stand still for whoever asks for their agenda."""
        if not self.batch:
            self.batch = self.inside.scribe._take()

    def finish_a_batch(self) -> None:
        batch, self.batch = self.batch or self.inside.scribe._take(), []
        if batch:
            self.inside.scribe._settle(batch)

    def settle(self) -> None:
        self.let_all_read()
        self.finish_a_batch()
        for room in self.sealed:
            self.inside.scribe.resume(room)
        self.sealed = []
        while self.inside.scribe.waiting:
            self.finish_a_batch()
        self.let_all_read()

    def come_to_rest(self) -> None:
        """Nothing is left of the lines that ended; then the world is as it was."""
        self.settle()
        lines = {tab.line_id for tab in self.walkers}
        house = self.inside.house
        seats = [*house.seats.values(), *(seat for room in house.rooms.values() for seat in room.seats.values())]
        if lines & {*house.by_line, *self.inside.wire.sockets, *(seat.line.sid for seat in seats)}:
            self.said.note("something outlived its line")
        for tab in self.walkers:
            self.done.update(tab.counts)
        self.walkers.clear()
        house.barred.clear()
        house.allowances.clear()
        self.inside.tickets.claims.clear()
        if self.ended:
            self._take_back()
        self.seat_listeners()

    def _take_back(self) -> None:
        mentorships = [claim.mentorship_id for claim in self.places.walkers]
        with db.transaction() as tx:
            tx.execute(update(Mentorship).where(Mentorship.id.in_(mentorships)).values(state=MentorshipState.ACTIVE))
            tx.execute(update(SignIn).where(SignIn.id == self.places.walkers[0].sign_in_id).values(ended_at=None))
        self.ended.clear()
        self.inside.doorkeeper.look_up()

    def look(self) -> None:
        """The logs hold what was said in their rooms, and what was said to be saved is in the log of that room."""
        with db.reading() as tx:
            columns = (AgendaUpdate.seq, AgendaUpdate.session_id, AgendaUpdate.data)
            rows = tx.execute(select(*columns).where(AgendaUpdate.session_id.in_(self.sessions))).all()
        seqs = {row.seq: row.session_id for row in rows}
        for row in rows:
            self.said.check(row.session_id, row.data, "the log")
            self.done["kept"] += len(WORD.findall(row.data))
        for tab in self.listeners:
            self.done["heard"] += tab.counts["heard"]
        for seq, where in self.said.saved.items():
            if seqs.get(seq) != where:
                self.said.note(f"seq {seq}, told in {where}, is of {seqs.get(seq)}")
