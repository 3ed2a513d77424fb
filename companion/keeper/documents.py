"""The open documents of a keeper process. Documents go by numbers that the parent gives; it knows their names."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from companion.keeper.gate import Gate, TooBig
from companion.keeper.ledger import Missing
from companion.keeper.progress import Progress, Stage
from companion.keeper.project import page
from companion.keeper.updates import Malformed, read_state, read_update
from companion.keeper.values import Answer, BadState, Fold, Verdict
from companion.keeper.yrs import Document

MOST_EDIT = 256 << 10  # bytes of one edit
MOST_DOCUMENT = 2 << 20  # bytes of one document as an update; its text takes about eight times that in memory
MOST_OPEN = 1_000  # documents kept open
MOST_OPEN_BYTES = 16 << 20  # with what the gate remembers, some 32 times that in memory
READ_AFTER = 2.0  # seconds from an edit to the read that shows whether the document can still be read


class Open:
    """One open document. `size` is at least its bytes as an update; `step` is told of progress."""

    __slots__ = ("document", "full", "gate", "size", "step")

    def __init__(self, step: Callable[[], None]) -> None:
        self.step = step
        self.gate = Gate(step)
        self.document = Document()
        self.size = 0
        self.full = False

    def load(self, rows: Iterable[bytes]) -> None:
        """Raises Malformed or Missing if these rows never passed the gate."""
        self.document.apply(self._restored(rows))

    def _restored(self, rows: Iterable[bytes]) -> Iterator[bytes]:
        for row in rows:
            self.gate.restore(read_update(row, self.step))
            self.size += len(row)
            yield row

    def check(self, data: bytes) -> Verdict:
        """Apply `data` if it may be. What yrs then makes of it may end the process; see `process.py`."""
        if len(data) > MOST_EDIT:
            return Verdict.too_big
        try:
            update = read_update(data, self.step)
            if update.sections and self._is_full(len(data)):
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
        self._due: dict[int, float] = {}  # when to read which document; dicts keep the order of insertion

    def open(self, number: int, rows: Iterable[bytes]) -> bool:
        """Whether the document made of `rows` can be opened."""
        opened = Open(self._progress.again)
        try:
            opened.load(self._stepping(Stage.open, rows, number))
        except (Malformed, Missing):
            return False
        self._open[number] = opened
        return True

    def check(self, number: int, edit: bytes) -> Verdict:
        self._open.move_to_end(number)
        verdict = self._open[number].check(edit)
        if verdict is Verdict.ok:
            self._due.setdefault(number, time.monotonic() + READ_AFTER)
        return verdict

    def answer(self, number: int, state: bytes) -> Answer:
        """Raises BadState."""
        self._open.move_to_end(number)
        opened = self._open[number]
        try:
            known = opened.gate.knows(read_state(state))
        except Malformed as error:
            raise BadState(str(error)) from error
        if not known:
            raise BadState("ends within a character")
        self._progress.step(Stage.answer, number)
        return Answer(opened.document.diff(state), opened.document.state())

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
            self._open.pop(number, None)
            self._due.pop(number, None)

    def evict(self) -> list[int]:
        """Close what is too much, least recently used first, and say what that was."""
        gone = []
        total = sum(opened.size for opened in self._open.values())
        while len(self._open) > MOST_OPEN or (total > MOST_OPEN_BYTES and len(self._open) > 1):
            number, opened = self._open.popitem(last=False)
            self._due.pop(number, None)
            total -= opened.size
            gone.append(number)
        return gone

    def _stepping(self, stage: Stage, rows: Iterable[bytes], number: int = 0) -> Iterator[bytes]:
        for row in rows:
            self._progress.step(stage, number)
            yield row
