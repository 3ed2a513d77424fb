"""Keeps one keeper process at work: opens what a request needs, replaces the process when it dies or hangs."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from companion.keeper.child import Child, Died
from companion.keeper.frames import Header, Message
from companion.keeper.progress import Stage
from companion.keeper.spares import Spares
from companion.keeper.values import KeeperGone

log = logging.getLogger(__name__)

Request = Callable[[Child], tuple[Header, Sequence[bytes]]]
MOST_IDLE_DEATHS = 3  # over nothing in particular, during one request


class Supervisor:
    """One request at a time, inside `turn`; every death that isn't the request's own fault is dealt with here."""

    def __init__(self, rows_of: Callable[[str], list[bytes]], on_poison: Callable[[str], None]) -> None:
        self.poisoned: set[str] = set()
        self._rows_of = rows_of
        self._on_poison = on_poison
        self._untold: list[str] = []
        self._lock = threading.Lock()
        self._spares: Spares | None = None
        self._child: Child | None = None

    def start(self) -> None:
        """Start a process and its spare, once. Raises KeeperGone."""
        with self._lock:
            if self._spares is None:
                self._spares = Spares()
            if self._child is None:
                self._child = self._spares.take()

    def stop(self) -> None:
        """End them."""
        with self._lock:
            spares, child = self._spares, self._child
            self._spares = self._child = None
            if spares and child:
                spares.give_back(child)
            if spares:
                spares.stop()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One caller at a time. Poison found is told afterwards, when the listener may ask again itself."""
        try:
            with self._lock:
                yield
        finally:
            while self._untold:
                self._on_poison(self._untold.pop())

    def ask(self, docs: Sequence[str], request: Request) -> Message:
        """The reply to `request`, made when these documents are open, unless poisoned.

        Raises Died if the request itself is suspect, KeeperGone if processes die whatever they do.
        """
        idle = 0
        while idle < MOST_IDLE_DEATHS:
            child = self._working()
            try:
                self._open(child, docs)
                reply, blobs = child.ask(*request(child))
            except Died as death:
                self._replace(child, death)
                if death.mark.stage in (Stage.open, Stage.read):
                    self._doubt(child.names.get(death.mark.number))
                elif death.mark.stage != Stage.idle:
                    raise
                else:
                    idle += 1
            else:
                child.forget([child.names[number] for number in reply.get("gone", ())])
                self._hear(child, reply)
                return reply, blobs
        raise KeeperGone("each keeper process dies at once, over nothing")

    def _working(self) -> Child:
        if self._spares is None:
            raise KeeperGone("the keeper is not started")
        if self._child is None:
            self._child = self._spares.take()
        return self._child

    def _replace(self, child: Child, death: Died) -> None:
        assert self._spares
        log.warning("a keeper process ended at the stage %r and was replaced", death.mark.stage.name)
        self._spares.give_back(child)
        self._child = None

    def _open(self, child: Child, docs: Sequence[str]) -> None:
        new = [doc for doc in dict.fromkeys(docs) if doc not in child.numbers and doc not in self.poisoned]
        if not new:
            return
        rows = [self._rows_of(doc) for doc in new]
        counts = [(child.number(doc), len(each)) for doc, each in zip(new, rows, strict=True)]
        reply, _ = child.ask({"do": "open", "counts": counts}, [row for each in rows for row in each])
        self._hear(child, reply)

    def _hear(self, child: Child, reply: Header) -> None:
        """The documents that the child closed because their rows never passed the gate."""
        for number in reply["unreadable"]:
            if doc := child.names.get(number):
                child.forget([doc])
                self._poison(doc)

    def _doubt(self, doc: str | None) -> None:
        """A process died over this document: once more alone, and if the next one dies too it is poisoned."""
        if doc is None or doc in self.poisoned:
            return
        child = self._working()
        try:
            self._open(child, [doc])
            if doc in child.numbers:
                self._hear(child, child.ask({"do": "read", "number": child.numbers[doc]}, ())[0])
        except Died as death:
            self._replace(child, death)
            self._poison(doc)

    def _poison(self, doc: str) -> None:
        self.poisoned.add(doc)
        self._untold.append(doc)
