"""Random walks of one line between two rooms, with somebody who listens in each. A walk's name is its seed."""

import random
from collections.abc import Callable, Sequence

import gevent
import msgpack

from companion import db, signals
from companion.db import announce
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import SignIn
from companion.services import keep_agenda
from tests.conftest import NOON
from tests.histories.ground import Ground
from tests.histories.one_line import Tab

SHORTEST, LONGEST = 2, 6  # steps
OTHERS_WIRE = (
    msgpack.packb({"type": 2, "nsp": "/", "data": ["edit", b"\0\0"]}),
    msgpack.packb({"type": 2, "nsp": "/agenda", "data": ["connect", {}]}),
    msgpack.packb({"type": 5, "nsp": "/agenda", "data": ["edit", b"\0\0"], "attachments": 1}),
)


class Walks(Ground):
    """Many walks on that ground, each with a line of its own."""

    def walk(self, name: str, lines: int) -> None:
        """So many walks, each from a new line to its end, and the peace after them. `said.wrong` bears their name."""
        self.dice = random.Random(name)
        for number in range(lines):
            self.said.telling = f"{name}, line {number}"
            self.walkers.append(Tab(self.inside, self.said, self.sits_there, *self.places.walkers))
            self.join()
            for _ in range(self.dice.randint(SHORTEST, LONGEST)):
                (step,) = self.dice.choices(STEPS, WEIGHTS)
                self.done[step.__name__] += 1
                step(self)
                if self.dice.random() < 0.5:
                    self.let_all_read()
            self.tab.close()
            self.let_all_read()
            self.inside.house.barred.clear()
            if self.ended:
                self.come_to_rest()
        self.come_to_rest()

    # Steps of who walks

    def join(self) -> None:
        here, other = self._both()
        self.tab.join(self.tab.fetch(here), here, **self.dice.choice(({}, {"session": other})))

    def join_and_ask(self) -> None:
        self.join()
        self.tab.sync()

    def join_with_a_used_ticket(self) -> None:
        if self.tab.tickets:
            self.tab.join(*self.dice.choice(self.tab.tickets))

    def join_with_nothing(self) -> None:
        self.tab.join(self.dice.choice((None, "x", 7)), None, session=self.sessions[0])

    def leave(self) -> None:
        self.tab.leave()

    def change_rooms(self) -> None:
        self.tab.leave()
        self.dice.choice((self.join, self.join_and_ask))()

    def edit(self) -> None:
        self.tab.edit(*self._more())

    def move(self) -> None:
        self.tab.move(*self._more())

    def sync(self) -> None:
        self.tab.sync(*self._more())

    def say_what_nobody_says(self) -> None:
        self.tab.say(self.dice.choice(OTHERS_WIRE))

    def send_a_bad_edit(self) -> None:
        self.tab.edit_badly()

    def close(self) -> None:
        self.tab.close()

    # Steps of the world

    def the_line_is_cut(self) -> None:
        self.inside.house.hang_up(self.tab.line_id)

    def mentorship_ends(self) -> None:
        """Here, where it is announced, or in another process, so that only a look at the rights shows it."""
        mentorship_id = self.dice.choice(self.places.walkers).mentorship_id
        with db.transaction() as tx:
            tx.get_one(Mentorship, mentorship_id).state = MentorshipState.CLOSED
            if self.dice.random() < 0.7:
                announce(tx, signals.mentorship_closed, mentorship_id=mentorship_id)
        self.ended.add("mentorship")
        self.tab.may -= {each.session_id for each in self.places.walkers if each.mentorship_id == mentorship_id}

    def sign_out(self) -> None:
        sign_in_id = self.places.walkers[0].sign_in_id
        with db.transaction() as tx:
            tx.get_one(SignIn, sign_in_id).ended_at = NOON
            if self.dice.random() < 0.7:
                announce(tx, signals.signed_out, sign_in_ids=[sign_in_id])
        self.ended.add("sign-in")
        self.tab.may = set()

    def others_write(self) -> None:
        for tab in self.listeners:
            tab.edit()

    def others_move(self) -> None:
        for tab in self.listeners:
            tab.move()

    def a_listener_goes(self) -> None:
        self.dice.choice(self.listeners).close()

    def look_up(self) -> None:
        self.inside.doorkeeper.look_up()

    def seal(self) -> None:
        """What is said in that room is held, until the end of the walk."""
        if room := self.inside.house.rooms.get(self.dice.choice(self.sessions)):
            gevent.spawn(self.inside.scribe.hold, room)
            self.sealed.append(room)

    def keeper_forgets(self) -> None:
        keep_agenda.forget(self.sessions)

    # And around them

    @property
    def tab(self) -> Tab:
        return self.walkers[-1]

    def _both(self) -> tuple[int, int]:
        """A room to join, mostly not the one before, and the other."""
        first, second = self.sessions
        if self.dice.random() < 0.8:
            is_second = bool(self.tab.tickets) and self.tab.tickets[-1][1] == first
        else:
            is_second = self.dice.random() < 0.5
        return (second, first) if is_second else (first, second)

    def _more(self) -> Sequence[object]:
        """The name of a session, as no page of ours sends it."""
        return self.dice.choice(((), (self.dice.choice(self.sessions),)))


WEIGHED: dict[Callable[[Walks], None], int] = {
    Walks.join: 4, Walks.join_and_ask: 2, Walks.join_with_a_used_ticket: 4, Walks.join_with_nothing: 4,
    Walks.leave: 8, Walks.change_rooms: 28, Walks.edit: 60, Walks.move: 16, Walks.sync: 6,
    Walks.say_what_nobody_says: 2, Walks.send_a_bad_edit: 2, Walks.close: 4, Walks.the_line_is_cut: 5,
    Walks.mentorship_ends: 1, Walks.sign_out: 1, Walks.others_write: 8, Walks.others_move: 8, Walks.a_listener_goes: 1,
    Walks.begin_a_batch: 10, Walks.finish_a_batch: 10, Walks.look_up: 1, Walks.seal: 3, Walks.keeper_forgets: 1,
}  # fmt: skip
STEPS, WEIGHTS = list(WEIGHED), list(WEIGHED.values())
