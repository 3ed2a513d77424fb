"""What an agenda of 1, 10 and 100 thousand edits costs: cost must grow with edits, not with an agenda's age."""

import tempfile
from pathlib import Path

from sqlalchemy import func, select

from companion import db
from companion.model.agendas import AgendaPast, AgendaSnapshot, AgendaUpdate
from companion.services import keep_agenda
from tests.bench import agendas, node, people
from tests.bench.figures import Figures
from tests.bench.stacks import Ours

EDITS = (1_000, 10_000, 100_000)
LETTERS = 2  # an edit


def measure() -> Figures:
    """By number of edits: `join_ms`, `join_bytes`, `memory_mb` that holding it open takes, `disk_bytes`."""
    return {f"{edits}_edits": _grown(edits) for edits in EDITS}


def _grown(edits: int) -> Figures:
    past = agendas.long_past(edits, LETTERS)
    folded, tail = past[: -keep_agenda.TAIL_EDITS], past[-keep_agenda.TAIL_EDITS :]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        ours = Ours("ours", Path(folder))
        with people.installation(ours.server):
            snapshot = keep_agenda.keeper().snapshot(folded)
        ours.prepare(1, snapshot, tail)
        with people.installation(ours.server):
            disk = _bytes_stored()
        with ours.serving() as plan:
            ((opened, _),) = node.run("join.mjs", plan | {"letters": agendas.letters_in(past)})
        with ours.serving() as plan:
            (held,) = node.run("idle.mjs", plan)
    memory = held["pss_mb"] - held["empty_mb"]
    return {"join_ms": opened["ms"], "join_bytes": opened["bytes"], "memory_mb": memory, "disk_bytes": disk}


def _bytes_stored() -> int:
    with db.reading() as tx:
        kinds = (AgendaUpdate, AgendaSnapshot, AgendaPast)
        return sum(tx.scalar(select(func.sum(func.length(kind.data)))) or 0 for kind in kinds)
