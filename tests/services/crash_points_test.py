"""A process that dies before any statement, any COMMIT, or after the last one: whatever it did is whole or undone.

Each point is reached in a forked child that ends itself there, as a power cut would end it.
"""

import ast
import inspect
import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import ClassVar

import pytest
from sqlalchemy import event, func, select

from companion import db
from companion.model.action_items import ActionItem
from companion.model.agendas import Record
from companion.model.letters import Letter
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import agenda_log, follow_up, keep_agenda
from companion.services.agenda_log import Edit
from tests.histories.world import logged, words_in
from tests.writing import Pen

pytestmark = [pytest.mark.both_databases, pytest.mark.timeout(120)]
DIED = 9


def dies(deed: Callable[[], object], point: int) -> bool:
    """Whether the deed gets to its so-manieth point; there it dies."""
    db.current().engine.dispose()  # a child must not share connections
    child = os.fork()
    if child == 0:
        arm(point)
        deed()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, DIED), "the child failed; its traceback stands above"
    return code == DIED


def arm(point: int) -> None:
    """Statements as the database's driver gets them: SQLite's log writes past SQLAlchemy."""
    left = count(1 - point)

    def step(*_: object) -> None:
        if next(left) == 0:
            os._exit(DIED)

    engine = db.current().engine
    if db.current().is_sqlite:
        event.listen(engine, "connect", lambda connection, _: connection.set_trace_callback(step))
    else:
        event.listen(engine, "before_cursor_execute", step)
        event.listen(engine, "commit", step)


class Deed:
    """Something that is written. `covers`: the functions of agenda_log with a transaction that it goes through."""

    covers: ClassVar[set[str]] = set()

    def __init__(self, session: Session, ruth: Person) -> None:
        self.session_id, self.ruth = session.id, ruth
        self.pen = Pen()
        self.topic = self.pen.add_topic("#first ")
        self.pen.save(session.id, ruth.id)
        self.prepare()

    def prepare(self) -> None:
        """What has to be there before."""

    def do(self) -> object:
        """The deed."""

    def look(self) -> object:
        """All that it may change: in the end it is as before, or as after."""
        return words_in(logged(self.session_id))


class Append(Deed):
    covers: ClassVar[set[str]] = {"_append", "append"}

    def prepare(self) -> None:
        for word in ("#second", "#third"):
            self.pen.add_note(self.topic, f"{word} ")

    def do(self) -> object:
        return agenda_log.append([Edit(self.session_id, self.ruth.id, edit) for edit in self.pen.unsent])


class Fold(Deed):
    covers: ClassVar[set[str]] = {"shorten", "epoch"}

    def prepare(self) -> None:
        self.pen.add_note(self.topic, "#second ")
        self.pen.save(self.session_id, self.ruth.id)

    def do(self) -> object:
        return keep_agenda.compact(self.session_id)


class SetAside(Deed):
    covers: ClassVar[set[str]] = {"set_aside"}

    def prepare(self) -> None:
        self.epoch = agenda_log.epoch(self.session_id)
        self.pen.add_note(self.topic, "#poison ")
        (self.seq,) = self.pen.save(self.session_id, self.ruth.id)

    def do(self) -> None:
        assert self.seq is not None
        agenda_log.set_aside(self.session_id, self.seq)

    def look(self) -> object:
        """A log without the edit under the old epoch would let browsers bring it back."""
        return sorted(words_in(logged(self.session_id))), agenda_log.epoch(self.session_id) == self.epoch


class Unfold(Deed):
    """Of a snapshot that nobody can read; what somebody else wrote after it stays."""

    covers: ClassVar[set[str]] = {"unfold"}

    def prepare(self) -> None:
        keep_agenda.compact(self.session_id)
        self.epoch = agenda_log.epoch(self.session_id)
        other = Pen()
        other.add_topic("#later ")
        other.save(self.session_id, self.ruth.id)

    def do(self) -> None:
        agenda_log.unfold(self.session_id)

    def look(self) -> object:
        return sorted(words_in(logged(self.session_id))), agenda_log.epoch(self.session_id) == self.epoch


class Seal(Deed):
    def prepare(self) -> None:
        self.pen.add_item("#item ")
        self.pen.save(self.session_id, self.ruth.id)
        with db.transaction() as tx:
            tx.get_one(Session, self.session_id).state = SessionState.OVER

    def do(self) -> object:
        return follow_up.close(self.session_id, by=self.ruth.id)

    def look(self) -> object:
        with db.reading() as tx:
            rows = [
                tx.scalar(select(func.count()).select_from(kind).where(kind.session_id == self.session_id))
                for kind in (ActionItem, Record)
            ]
            letters = tx.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "action_items"))
            return *rows, letters, tx.get_one(Session, self.session_id).state


DEEDS = (Append, Fold, SetAside, Unfold, Seal)


@pytest.fixture(params=DEEDS)
def deed(request: pytest.FixtureRequest, live_session: Session, ruth: Person) -> Iterator[Deed]:
    return request.param(live_session, ruth)


def test_a_death_at_any_point_leaves_all_or_nothing_and_the_next_try_does_the_rest(deed: Deed) -> None:
    die_everywhere(deed)
    after = deed.look()
    deed.do()
    if not isinstance(deed, Append | SetAside):  # given the same edits anew, the log grows; documents don't
        assert deed.look() == after
    assert set(words_in(logged(deed.session_id)).values()) == {1}


def test_a_deed_in_two_halves_is_found_out(live_session: Session, ruth: Person) -> None:
    class Halves(Append):
        def do(self) -> None:
            for edit in self.pen.unsent:
                agenda_log.append([Edit(self.session_id, self.ruth.id, edit)])

    with pytest.raises(AssertionError, match="a half-done deed was visible"):
        die_everywhere(Halves(live_session, ruth))


def die_everywhere(deed: Deed) -> None:
    """Point by point, until it gets to its end."""
    before, points = deed.look(), 0
    while dies(deed.do, points + 1):
        points += 1
        assert deed.look() == before, "a half-done deed was visible"
    assert points >= 3, "no statement between beginning and COMMIT was died at"


def test_every_transaction_of_the_log_is_died_in() -> None:
    tree = ast.parse(inspect.getsource(agenda_log))
    writing = {
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        if any(
            isinstance(node, ast.Attribute) and node.attr in {"transaction", "write_at_once"}
            for node in ast.walk(function)
        )
    }
    assert writing == set[str]().union(*(deed.covers for deed in DEEDS))
