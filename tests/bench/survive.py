"""300 letters at 100 a second, SIGKILL as soon as the partner has them, and a look at what a restart finds."""

import time
from pathlib import Path

from tests.bench import agendas, node
from tests.bench.figures import Figures, Spread
from tests.bench.stacks import Stack, all_stacks

LETTERS, RATE = 300, 100
RUNS = 3


def measure(folder: Path) -> dict[str, Figures]:
    """By stack: `acked`, what was said to be saved (y-websocket says nothing), and `found` after the restart."""
    found: dict[str, list[tuple[int, int]]] = {}
    for run in range(RUNS):
        with all_stacks(folder / str(run)) as stacks:
            for stack in stacks:
                found.setdefault(stack.name, []).append(survived(stack))
    return {
        name: {"acked": Spread.of(acked for acked, _ in runs), "found": Spread.of(kept for _, kept in runs)}
        for name, runs in found.items()
    }


def survived(stack: Stack) -> tuple[int, int]:
    """Letters that were acknowledged, and letters that are there afterwards."""
    stack.prepare(1, agendas.usual())
    with stack.serving() as plan:
        (told,) = node.run("survive.mjs", plan | {"letters": LETTERS, "rate": RATE})
    before = agendas.letters_of_usual() + 1  # the hyphen with which the typist's note begins
    with stack.serving() as plan:
        time.sleep(1)  # y-websocket loads in the background
        wanted = before + 1 + LETTERS  # the partner's note has a hyphen too
        ((opened, _),) = node.run("join.mjs", plan | {"letters": wanted, "longest": 3_000})
    return told["acked"], max(0, opened["letters"] - before - 1)
