"""A keeper that hangs is told from one that waits its turn."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from companion.keeper.child import MOST_LOOKS, MOST_WORK, Died, Watch
from companion.keeper.progress import Progress, Stage
from tests.waiting import until

Watched = Callable[[str], tuple[Watch, Progress]]


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Watches a process that runs this script."""
    file = Progress.new_file()
    progress = Progress(file)
    started = []

    def watch(script: str) -> tuple[Watch, Progress]:
        started.append(process := subprocess.Popen([sys.executable, "-S", "-c", script], stdin=subprocess.PIPE))
        return Watch(progress, process.pid), progress

    yield watch
    for process in started:
        process.kill()
        process.communicate()
    progress.close()
    os.close(file)


def test_one_that_works_and_gets_nowhere_hangs(watched: Watched) -> None:
    watch, progress = watched("while True: pass")
    progress.step(Stage.edit, 3)
    began = time.monotonic()
    with pytest.raises(Died) as died:
        until(watch.look)
    assert died.value.mark == (1, Stage.edit, 3)
    assert time.monotonic() - began >= MOST_WORK


def test_one_that_works_and_gets_on_does_not_hang(watched: Watched) -> None:
    watch, progress = watched("while True: pass")
    for _ in range(30):
        progress.step(Stage.edit)
        watch.look()


def test_one_that_waits_for_its_turn_gets_a_while(watched: Watched) -> None:
    watch, _ = watched("input()")
    for _ in range(MOST_LOOKS):
        watch.look()
    with pytest.raises(Died):
        watch.look()
