"""The parent's side: what the web process may ask of its keeper. No client bytes are decoded in this process.

What was asked when a keeper died is asked again of the next, which opens its documents from their rows; the progress
mark names the suspect, who gets one more try, alone.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from companion.keeper.child import Child, Died
from companion.keeper.frames import Header, Message
from companion.keeper.supervisor import Request, Supervisor
from companion.keeper.values import Answer, BadState, Fold, KeeperGone, Poisoned, Verdict

Edit = tuple[str, bytes]  # document, Yjs update
A_MOMENT = 0.01  # seconds
VERDICTS = {each.value: each for each in Verdict}  # asking the enum takes ten times as long
TRIES = 2  # deaths over the same thing until it is to blame


class Suspect(Exception):
    """A keeper died over the edit at `index`."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class Keeper:
    """Checks, answers and folds documents. Any thread or greenlet may call; one request is under way at a time.

    `rows_of(doc)` gives the stored rows of a document, oldest first; `forbid()` raises if this is no moment to wait for
    another process; `on_poison(doc)` hears of a document whose stored rows break their readers. It stays closed (edits
    are `missing`, `answer` raises Poisoned) until `drop` says that its rows are in order again.
    """

    def __init__(
        self,
        rows_of: Callable[[str], list[bytes]],
        forbid: Callable[[], None] = lambda: None,
        on_poison: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._forbid = forbid
        self._supervisor = Supervisor(rows_of, on_poison)

    def start(self) -> None:
        """Start the process and its spare, once. Raises KeeperGone."""
        self._supervisor.start()

    def stop(self) -> None:
        """End them."""
        self._supervisor.stop()

    def check(self, edits: Sequence[Edit]) -> list[Verdict]:
        """One verdict for each edit, in order. What is ok is in the open documents from now on.

        An edit that is here already is ok again. After `missing`, `drop` the document if its rows may have grown
        elsewhere.
        """
        self._forbid()
        if not edits:
            return []
        with self._supervisor.turn():
            verdicts = self._check(edits)
        return [verdicts[index] for index in range(len(edits))]

    def answer(self, doc: str, state: bytes) -> Answer:
        """What a browser in `state` (a Yjs state vector) lacks. Raises BadState, Poisoned."""

        def request(child: Child) -> tuple[Header, Sequence[bytes]]:
            if doc in self._supervisor.poisoned:
                raise Poisoned(doc)
            return {"do": "answer", "number": child.numbers[doc]}, (state,)

        while True:
            reply, blobs = self._ask_twice([doc], request, BadState("two keepers died over it"))
            if "bad_state" in reply:
                raise BadState(reply["bad_state"])
            if blobs:
                return Answer(*blobs)
            time.sleep(A_MOMENT)  # it learns a long past; or found it unreadable, and `request` says so next time

    def fold(self, rows: Sequence[bytes]) -> Fold:
        """The document of exactly these rows. Raises Poisoned."""
        reply, blobs = self._ask_about("fold", rows)
        return Fold(blobs[0], reply["page"])

    def snapshot(self, rows: Sequence[bytes]) -> bytes:
        """What `fold` gives but for the page, which takes as long as all the rest. Raises Poisoned."""
        _, blobs = self._ask_about("snapshot", rows)
        return blobs[0]

    def is_sound(self, rows: Sequence[bytes]) -> bool:
        """Whether a document of exactly these rows can be read and written on."""
        try:
            return bool(self._ask_about("prove", rows)[0]["sound"])
        except Poisoned:
            return False

    def drop(self, docs: Iterable[str]) -> None:
        """Forget open documents. Each is opened from its rows again when it is next needed."""
        self._forbid()
        gone = set(docs)
        with self._supervisor.turn():
            self._supervisor.poisoned -= gone
            self._supervisor.ask([], lambda child: ({"do": "drop", "numbers": child.forget(gone)}, ()))

    def alive(self) -> bool:
        """Whether edits can be checked now."""
        self._forbid()
        try:
            with self._supervisor.turn():
                self._supervisor.ask([], lambda _: ({"do": "ping"}, ()))
        except KeeperGone:
            return False
        return True

    def _ask_about(self, do: str, rows: Sequence[bytes]) -> Message:
        blame = Poisoned("two keepers died over these rows")
        return self._ask_twice([], lambda _: ({"do": do}, rows), blame)

    def _ask_twice(self, docs: Sequence[str], request: Request, blame: Exception) -> Message:
        """The reply; raises `blame` if two processes die over it."""
        self._forbid()
        with self._supervisor.turn():
            for _ in range(TRIES):
                try:
                    return self._supervisor.ask(docs, request)
                except Died:
                    continue
        raise blame

    def _check(self, edits: Sequence[Edit]) -> dict[int, Verdict]:
        """Verdicts by index. After a death all is asked again: the next process knows only what is stored."""
        deaths: Counter[int] = Counter()
        alone: list[int] = []
        left = list(range(len(edits)))
        while True:
            try:
                self._try(edits, alone)
                bad = {index: Verdict.bad for index, count in deaths.items() if count == TRIES}
                return dict.fromkeys(range(len(edits)), Verdict.missing) | bad | self._try(edits, left)
            except Suspect as suspect:
                deaths[suspect.index] += 1
                alone = [at for at in left if at <= suspect.index and edits[at][0] == edits[suspect.index][0]]
                if deaths[suspect.index] == TRIES:
                    alone = []
                    # What follows in this agenda may be more of the kind: nobody else waits for that to be tried.
                    left = [at for at in left if at < suspect.index or edits[at][0] != edits[suspect.index][0]]

    def _try(self, edits: Sequence[Edit], indexes: Sequence[int]) -> dict[int, Verdict]:
        """One request for the edits with these indexes. Raises Suspect."""
        if not indexes:
            return {}
        asked: list[int] = []

        def request(child: Child) -> tuple[Header, Sequence[bytes]]:
            asked[:] = [index for index in indexes if edits[index][0] in child.numbers]
            numbers = [child.numbers[edits[index][0]] for index in asked]
            return {"do": "check", "numbers": numbers}, [edits[index][1] for index in asked]

        try:
            reply, _ = self._supervisor.ask([edits[index][0] for index in indexes], request)
        except Died as death:
            raise Suspect(asked[death.mark.number]) from death
        poisoned = dict.fromkeys(indexes, Verdict.missing)
        return poisoned | dict(zip(asked, map(VERDICTS.__getitem__, reply["verdicts"]), strict=True))
