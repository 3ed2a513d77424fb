"""Interleavings on one line between two rooms. The tests after it plant faults.

Ten thousand take half a minute of a processor: `INTERLEAVINGS=10000 make test ARGS=tests/live/interleavings_test.py`.
Each walk of that line is named, and its name is its seed: a walk that went wrong stands in the failure by its name.
"""

import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask

from companion import db, identity
from companion.live.rooms import House, Room
from companion.live.scribe import Scribe
from companion.live.seats import Seat
from companion.live.wire import Message
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import Person
from companion.services import agenda_log
from companion.services.agenda_log import Edit
from companion.services.sit import Claim
from tests.conftest import BASE_URL, NOON
from tests.histories.ground import Places
from tests.histories.walks import Walks
from tests.live.inside_test import new_session

INTERLEAVINGS = int(os.environ.get("INTERLEAVINGS", "1500"))
AT_ONE_PLACE = 100  # interleavings at the same two sessions: longer agendas take longer
TOGETHER = 10  # one after the other, until all comes to rest
SEED = "one line"


@pytest.fixture
def database_url(sqlite_template: Path) -> Iterator[str]:
    """In memory where there is such a place: thousands of commits, none of which has to outlive us."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as there:
        shutil.copy(sqlite_template, f"{there}/alongside.db")
        yield f"sqlite:///{there}/alongside.db"


@pytest.fixture
def place(app: Flask, mentorship: Mentorship, ruth: Person, mateo: Person, linh: Person) -> Callable[[int], Places]:
    """Mateo walks between Ruth's session and Linh's, or between two of Ruth's."""
    with db.transaction() as tx:
        linh, mateo = tx.merge(linh), tx.merge(mateo)
        with_linh = Mentorship(mentor=linh, mentee=mateo, state=MentorshipState.ACTIVE, started_at=NOON)
        tx.add(with_linh)
    sign_ins = {}
    for who in (ruth, mateo, linh):
        with app.test_request_context(base_url=BASE_URL):
            identity.sign_in(who, proof=identity.once())
            here = identity.sign_in_here()
            assert here is not None
            sign_ins[who.id] = here.id

    def claim(session_id: int, of: Mentorship, role: Role) -> Claim:
        person_id = of.mentee_id if role is Role.MENTEE else of.mentor_id
        return Claim(session_id, of.id, person_id, sign_ins[person_id], role)

    def made(number: int) -> Places:
        both = (mentorship, mentorship if number % 4 == 3 else with_linh)
        (a, of_a), (b, of_b) = ((new_session(each), each) for each in both)
        return Places(
            (claim(a, of_a, Role.MENTEE), claim(b, of_b, Role.MENTEE)),
            (claim(a, of_a, Role.MENTOR), claim(b, of_b, Role.MENTOR)),
        )

    return made


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "companion.live")  # each bad edit is told
    caplog.set_level(logging.CRITICAL, "companion.services")  # and what a plant put into a log


def tell(place: Callable[[int], Places], number: int, **parts: type) -> tuple[list[str], Counter[str]]:
    """So many walks: what went wrong, and what was done."""
    wrong: list[str] = []
    done: Counter[str] = Counter()
    for begun in range(0, number, AT_ONE_PLACE):
        walks = Walks(place(begun // AT_ONE_PLACE), **parts)
        for each in range(begun, min(number, begun + AT_ONE_PLACE), TOGETHER):
            walks.walk(f"{SEED} {each}", TOGETHER)
        walks.look()
        wrong += walks.said.wrong
        done += walks.done
    return wrong, done


@pytest.mark.timeout(600)
def test_on_one_line_nothing_said_for_one_room_reaches_another_in_any_order(place: Callable[[int], Places]) -> None:
    wrong, done = tell(place, INTERLEAVINGS)
    assert wrong == []
    assert min(done["kept"], done["seats"], done["heard"]) > INTERLEAVINGS / 2, done


class FirstRoom(Scribe):
    """Plant: an edit goes to the room where its line sat first, and is told there."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.first: dict[str, Seat] = {}

    def gather(self, seat: Seat, data: bytes) -> None:
        first = self.first.setdefault(seat.line.sid, seat)
        if first.claim.session_id in self.house.rooms:
            self.house.room_of(first).tell(Message("edit", data), but=seat)
        super().gather(seat, data)


class BothLogs(Scribe):
    """Plant: an edit is stored a second time, in the session before or after."""

    def gather(self, seat: Seat, data: bytes) -> None:
        here = seat.claim.session_id
        agenda_log.append([Edit(each, seat.claim.person_id, data) for each in self.house.rooms if each != here])
        super().gather(seat, data)


class NobodyLeaves(House):
    """Plant: who leaves is no longer listed as sitting, and yet hears on."""

    def leave(self, sid: str) -> tuple[Seat, Room] | None:
        if left := super().leave(sid):
            seat, room = left
            room.seats[sid], seat.is_out = seat, False
        return left


@pytest.mark.parametrize("plant", [{"scribe": FirstRoom}, {"scribe": BothLogs}, {"house": NobodyLeaves}])
def test_a_server_that_mixes_rooms_up_is_found_out(plant: dict[str, type], place: Callable[[int], Places]) -> None:
    wrong, _ = tell(place, 200, **plant)
    assert wrong
