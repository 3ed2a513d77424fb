"""Opening an agenda that the server has not open: 10,000 past edits, 200 KB of text."""

import time
from pathlib import Path
from typing import Any

from companion.services import keep_agenda
from tests.bench import agendas, node, people
from tests.bench.figures import Figures, Spread
from tests.bench.stacks import Ours, Stack, all_stacks

AGENDAS = 5
EDITS = 10_000
LETTERS = 20  # an edit
STORED = 4.0  # seconds that a peer may take to write what it has


def measure(folder: Path) -> dict[str, Figures]:
    """By stack: `ms` and `bytes` of the mentee's opening, from the connection on; the mentor comes second."""
    with all_stacks(folder) as stacks:
        return {stack.name: joined(stack) for stack in stacks}


def joined(stack: Stack) -> Figures:
    """Ours as it is kept: a snapshot, and a tail as long as it gets. The peers' is whatever they make of the edits."""
    edits = agendas.long_past(EDITS, LETTERS)
    if isinstance(stack, Ours):
        folded, tail = edits[: -keep_agenda.TAIL_EDITS], edits[-keep_agenda.TAIL_EDITS :]
        with people.installation(stack.server):
            snapshot = keep_agenda.keeper().snapshot(folded)
        stack.prepare(AGENDAS, snapshot, tail)
    else:
        stack.prepare(AGENDAS, edits[0], edits[1:])
        with stack.serving() as plan:  # written by its own wire
            node.run("join.mjs", plan | {"letters": 0})
            time.sleep(STORED)
    with stack.serving() as plan:
        opened: list[list[dict[str, Any]]] = node.run("join.mjs", plan | {"letters": agendas.letters_in(edits)})
    firsts = [first for first, _ in opened]
    figures: Figures = {name: Spread.of(each[name] for each in firsts) for name in ("ms", "bytes", "ticket_ms")}
    return figures | {"second_ms": Spread.of(second["ms"] for _, second in opened)}
