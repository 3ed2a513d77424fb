"""Opening an agenda that the server has not open: 10,000 past edits, 200 KB of text."""

from flask import Flask

from companion.services import keep_agenda
from tests.bench import agendas, node, people
from tests.bench.figures import Figures, Spread
from tests.server import Server

AGENDAS = 5
EDITS = 10_000
LETTERS = 20  # an edit


def seed(app: Flask) -> list[people.Pair]:
    """The agendas as the product keeps them: a snapshot, and a tail as long as it gets."""
    edits = agendas.long_past(EDITS, LETTERS)
    folded, tail = edits[: -keep_agenda.TAIL_EDITS], edits[-keep_agenda.TAIL_EDITS :]
    return people.pairs(app, AGENDAS, keep_agenda.keeper().snapshot(folded), tail)


def measure(server: Server, pairs: list[people.Pair]) -> Figures:
    """`ms` and `bytes` of the mentee's opening, from the connection on; the mentor comes second and finds it open."""
    opened = node.run("join.mjs", {"url": server.url, "rooms": [pair.plan() for pair in pairs]})
    figures: Figures = {
        name: Spread.of(first[name] for first, _ in opened) for name in ("ms", "bytes", "agenda_bytes", "ticket_ms")
    }
    return figures | {"second_ms": Spread.of(second["ms"] for _, second in opened)}
