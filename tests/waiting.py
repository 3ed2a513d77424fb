"""Waiting for something to become true, with a deadline instead of a sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = 5.0) -> T:
    """What `condition` gives once that is true; fails when it isn't within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {condition}"
        time.sleep(0.01)
    return result
