"""2,000 tabs, two in each of 1,000 agendas, that are open and silent."""

from pathlib import Path

from tests.bench import node
from tests.bench.figures import Figures
from tests.bench.stacks import all_stacks

ROOMS = 1_000


def measure(folder: Path) -> dict[str, Figures]:
    """By stack: megabytes of the whole process tree, shared pages counted once; `empty_mb` before anybody came."""
    figures: dict[str, Figures] = {}
    with all_stacks(folder) as stacks:
        for stack in stacks:
            stack.prepare(ROOMS, b"")
            with stack.serving() as plan:
                (told,) = node.run("idle.mjs", plan)
            figures[stack.name] = told
    return figures
