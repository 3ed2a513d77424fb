"""The open documents of a keeper process. Documents go by numbers that the parent gives; it knows their names."""

import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

from companion.keeper.gate import Gate, TooBig
from companion.keeper.ledger import Missing
from companion.keeper.progress import Progress, Stage
from companion.keeper.project import page
from companion.keeper.updates import PART, Malformed, finish, read_state, read_update
from companion.keeper.values import Answer, BadState, Fold, Verdict
from companion.keeper.yrs import Document

MOST_EDIT = 256 << 10  # bytes of one edit
MOST_PARTS = 8_000  # stretches written or deleted in one edit; an hour alone makes some 3,000, and these take 0.1 s
MOST_DOCUMENT = 2 << 20  # bytes of one document as an update; its text takes about eight times that in memory
MOST_OPEN = 1_000  # documents kept open
MOST_OPEN_BYTES = 16 << 20  # with what the gate remembers, some 32 times that in memory
READ_AFTER = 3.0  # seconds from an edit to the read that shows whether the document can still be read

AT_OPENING = 1_024 // PART  # parts of its past that the gate learns before a document counts as open: some 10 ms
AT_AN_EDIT = 8_192 // PART  # and as many more before somebody's first edit: some 80 ms; the rest while nobody waits


class Unreadable(Exception):
    """The stored rows of a document never passed the gate."""


class Open:
    """One open document. `size` is at least its bytes as an update; `step` is told of progress.

    A document can be read at once, but edited only when the gate knows its past, which for a long one takes a while.
    """

    __slots__ = ("document", "full", "gate", "learning", "size", "step")

    def __init__(self, step: Callable[[], None]) -> None:
        self.step = step
        self.gate = Gate(step)
        self.document = Document()
        self.size = 0
        self.full = False
        self.learning: Generator[None, None, None] | None = None

    def load(self, rows: Sequence[bytes], announced: Iterable[bytes]) -> None:
        """`announced` are the same rows, each announced before it is taken. Raises Unreadable."""
        try:
            self.document.apply(announced)
        except ValueError as error:
            raise Unreadable from error
        self.size = sum(map(len, rows))
        self.learning = self.gate.restoring(rows)

    def learn(self, parts: int) -> bool:
        """Let the gate learn so many parts of the past; whether it knows all of it now. Raises Unreadable."""
        try:
            while self.learning and parts:
                parts -= 1
                self.step()
                next(self.learning)
        except StopIteration:
            self.learning = None
        except (Malformed, Missing) as error:
            raise Unreadable from error
        return self.learning is None

    def check(self, data: bytes) -> Verdict:
        """Apply `data` if it may be. What yrs then makes of it may end the process; see `process.py`."""
        if len(data) > MOST_EDIT:
            return Verdict.too_big
        try:
            update = read_update(data, self.step)
            if update.parts > MOST_PARTS or (update.sections and self._is_full(len(data))):
                return Verdict.too_big
            self.gate.admit(update)
        except Malformed:
            return Verdict.bad
        except Missing:
            return Verdict.missing
        except TooBig:
            return Verdict.too_big
        self.document.apply((data,))
        self.size += len(data)
        self.full = self.full and not update.deletions
        return Verdict.ok

    def _is_full(self, more: int) -> bool:
        """Measured only when the sum of all edits is over the limit: most of that sum may be deleted text."""
        if self.size + more > MOST_DOCUMENT and not self.full:
            self.size = len(self.document.diff())
            self.full = self.size + more > MOST_DOCUMENT
        return self.full


class Documents:
    """Least recently used first. Every step is announced to `progress` before it is taken."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._open: OrderedDict[int, Open] = OrderedDict()
        self._bytes = 0  # of all that are open
        self._due: dict[int, float] = {}  # when to read which document; dicts keep the order of insertion
        self._learning: dict[int, None] = {}  # whose gate does not know all of its past
        self._unreadable: list[int] = []

    def open(self, number: int, rows: Iterable[bytes]) -> None:
        """Open the document made of `rows`; see `take_unreadable`."""
        opened = Open(self._progress.again)
        stored = list(rows)
        try:
            opened.load(stored, self._stepping(Stage.open, stored, number))
            if not opened.learn(AT_OPENING):
                self._learning[number] = None
        except Unreadable:
            self._unreadable.append(number)
            return
        self._open[number] = opened
        self._bytes += opened.size

    def take_unreadable(self) -> list[int]:
        """The documents whose rows were found since the last call to break their readers. They are closed."""
        found, self._unreadable = self._unreadable, []
        self.drop(found)
        return found

    def check(self, number: int, edit: bytes) -> Verdict:
        if (opened := self._open.get(number)) is None:
            return Verdict.missing  # found unreadable a moment ago
        self._open.move_to_end(number)
        before = opened.size
        try:
            verdict = opened.check(edit) if self._learn(number, opened, AT_AN_EDIT) else Verdict.busy
        except Unreadable:
            return Verdict.missing
        self._bytes += opened.size - before
        if verdict is Verdict.ok:
            self._due.setdefault(number, time.monotonic() + READ_AFTER)
        return verdict

    def answer(self, number: int, state: bytes) -> Answer | None:
        """None if the gate must learn more before it knows whether that is a state. Raises BadState, Unreadable."""
        opened = self._open.get(number)
        if opened is None:
            raise Unreadable
        self._open.move_to_end(number)
        try:
            asked = read_state(state)
            if asked and not self._learn(number, opened, AT_AN_EDIT):
                return None
            known = opened.gate.knows(asked)
        except Malformed as error:
            raise BadState(str(error)) from error
        if not known:
            raise BadState("ends within a character")
        self._progress.step(Stage.answer, number)
        return Answer(opened.document.diff(state), opened.document.state())

    def _learn(self, number: int, opened: Open, parts: int) -> bool:
        """As Open.learn; what is found unreadable is noted."""
        try:
            return opened.learn(parts)
        except Unreadable:
            self._unreadable.append(number)
            raise

    def work(self) -> float | None:
        """Do a little of what can wait. Seconds until there is more, None if there is none."""
        number = next(iter(self._learning), None)
        if number is None:
            return self.read_due()
        try:
            is_done = number not in self._open or self._learn(number, self._open[number], 1)
        except Unreadable:
            is_done = True
        if is_done:
            del self._learning[number]
        return 0.0

    def read(self, number: int) -> None:
        """Go through the whole document, as every later reader will. Survived is proven."""
        self._due.pop(number, None)
        if number in self._open:
            self._progress.step(Stage.read, number)
            self._open[number].document.read()
            self._progress.step(Stage.idle)

    def read_due(self) -> float | None:
        """Read one document if its time has come. Returns the seconds until the next one's, None if there is none."""
        for number, due in self._due.items():
            if due > time.monotonic():
                return due - time.monotonic()
            self.read(number)
            return 0.0
        return None

    def fold(self, rows: Iterable[bytes]) -> Fold:
        snapshot, read = self._folded(rows)
        return Fold(snapshot, page(read))

    def snapshot(self, rows: Iterable[bytes]) -> bytes:
        """Read all the same, before it takes the place of its rows: survived is proven."""
        return self._folded(rows)[0]

    def prove(self, rows: Sequence[bytes]) -> bool:
        """Whether these rows can be read and written on. What doesn't end the process here won't elsewhere."""
        try:
            self.fold(rows)
            finish(Gate(self._progress.again).restoring(rows), self._progress.again)
        except (ValueError, Missing):
            return False
        return True

    def _folded(self, rows: Iterable[bytes]) -> tuple[bytes, dict[str, str]]:
        """In one transaction: yrs tidies up after each, which for 10,000 rows doubles the time."""
        document = Document()
        document.apply(self._stepping(Stage.fold, rows))
        self._progress.step(Stage.fold)
        snapshot = document.diff()
        self._progress.step(Stage.fold)
        return snapshot, document.read()

    def drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if opened := self._open.pop(number, None):
                self._bytes -= opened.size
            self._due.pop(number, None)
            self._learning.pop(number, None)

    def evict(self) -> list[int]:
        """Close what is too much, least recently used first, and say what that was."""
        gone = []
        while len(self._open) > MOST_OPEN or (self._bytes > MOST_OPEN_BYTES and len(self._open) > 1):
            gone.append(next(iter(self._open)))
            self.drop(gone[-1:])
        return gone

    def _stepping(self, stage: Stage, rows: Iterable[bytes], number: int = 0) -> Iterator[bytes]:
        for row in rows:
            self._progress.step(stage, number)
            yield row
