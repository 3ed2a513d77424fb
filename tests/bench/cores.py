"""Who runs where: the server on one core, whatever drives it on another, where there are two and Linux lets us."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pinned(which: int) -> Iterator[None]:
    """What is started meanwhile stays on the `which`-th core of those that are ours; on a single core, wherever."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    ours = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(ours)[which % len(ours)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)
