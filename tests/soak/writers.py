"""Pairs who write in their own agendas meanwhile, in a process of their own: how long an edit takes to the partner."""

import multiprocessing
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

from tests.bench.people import Pair
from tests.soak.line import Line
from tests.writing import Pen

PAUSE = 0.05  # seconds between two edits of a pair, on average


@dataclass
class Here:
    """Where the server is, for another process."""

    url: str
    base_url: str


@dataclass
class Written:
    """Seconds that each edit took, and how many heard edits were not the partner's; `broken` says why a pair ended."""

    took: list[float] = field(default_factory=list)
    foreign: int = 0
    broken: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Writers:
    """They write from `with` to its end; then `written` is known."""

    def __init__(self, address: Here, pairs: Sequence[Pair], seed: str) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.enough = spawn.Event()
        self.ours, theirs = spawn.Pipe()
        self.process = spawn.Process(target=_write_all, args=(address, list(pairs), seed, self.enough, theirs))
        self.written = Written()

    def __enter__(self) -> "Writers":
        self.process.start()
        self.ours.recv()  # all sit
        return self

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        if self.ours.poll(60):
            self.written = self.ours.recv()
        self.process.join(10)


def _write_all(address: Here, pairs: list[Pair], seed: str, enough: Event, answer: Any) -> None:
    written = Written()
    sitting = threading.Barrier(len(pairs) + 1)

    def write(pair: Pair) -> None:
        try:
            _write(address, pair, random.Random(f"{seed} {pair.session_id}"), sitting, enough, written)
        except Exception as error:  # noqa: BLE001 - whatever ends it is a finding
            written.broken.append(repr(error))
            sitting.abort()

    threads = [threading.Thread(target=write, args=(pair,)) for pair in pairs]
    for each in threads:
        each.start()
    sitting.wait(60)
    answer.send("all sit")
    for each in threads:
        each.join()
    answer.send(written)


def _write(
    address: Here, pair: Pair, dice: random.Random, sitting: threading.Barrier, enough: Event, written: Written
) -> None:
    writer, reader = (Line(address, place) for place in pair.places)
    reader.sync(b"\0")
    pen = Pen()
    item = pen.add_item("Still here")
    sitting.wait(60)
    while not enough.is_set():
        if not pen.unsent:
            pen.type(item, ".")
        edit = pen.unsent.pop(0)
        began = time.monotonic()
        writer.edit(edit)
        while (heard := reader.hear(10)) and heard != ("edit", edit):
            written.foreign += heard[0] == "edit"
        assert heard, "ten seconds without the partner's edit"
        written.took.append(time.monotonic() - began)
        while writer.hear(dice.expovariate(1 / PAUSE)):
            pass
    writer.close()
    reader.close()
