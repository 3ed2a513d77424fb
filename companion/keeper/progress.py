"""What the keeper is doing right now, in memory that outlives it: the only witness when it dies or hangs.

Sixteen bytes: a counter that moves with every step, the stage, and the number of the thing at hand.
"""

import mmap
import os
import struct
from enum import IntEnum
from typing import NamedTuple

_MARK = struct.Struct("<QII")
_STEPS = struct.Struct("<Q")


class Stage(IntEnum):
    """`number` counts: open, read and answer the document's own number; edit and fold the place in the request."""

    idle = 0
    open = 1
    edit = 2
    read = 3
    answer = 4
    fold = 5


class Mark(NamedTuple):
    """One reading of the shared memory."""

    steps: int
    stage: Stage
    number: int


class Progress:
    """The shared memory, from either side. `file` is an open descriptor that both sides hold."""

    def __init__(self, file: int) -> None:
        self._memory = mmap.mmap(file, mmap.PAGESIZE)
        self._steps = 0

    @staticmethod
    def new_file() -> int:
        """A descriptor of fresh memory; it has no name in any directory, so nothing is left behind."""
        file = os.memfd_create("keeper-progress")
        os.ftruncate(file, mmap.PAGESIZE)
        return file

    def step(self, stage: Stage, number: int = 0) -> None:
        """Say what comes next, before it is done."""
        self._steps += 1
        _MARK.pack_into(self._memory, 0, self._steps, stage, number)

    def again(self) -> None:
        """Still at it."""
        self._steps += 1
        _STEPS.pack_into(self._memory, 0, self._steps)

    def mark(self) -> Mark:
        steps, stage, number = _MARK.unpack_from(self._memory)
        return Mark(steps, Stage(stage), number)

    def close(self) -> None:
        self._memory.close()
