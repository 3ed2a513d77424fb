"""Typing: 200 rooms of two at 2,000 edits a second, everything on, 20 KB agendas."""

from collections import defaultdict
from typing import Any

from flask import Flask

from companion.services import keep_agenda
from tests.bench import agendas, node, people
from tests.bench.figures import Figures, Spread
from tests.server import Server

ROOMS = 200
RATE = 2_000  # edits a second, all rooms together
SECONDS = 6.0  # a round
ROUNDS = ["plain"] * 3 + ["presence"] * 3
ASKED = ("cpu_ms", "p50_ms", "p99_ms")
BESIDE = ("saved_p50_ms", "saved_p99_ms", "per_second", "generator_late_ms", "generator_busy", "load")


def seed(app: Flask) -> list[people.Pair]:
    """The rooms, before the server starts."""
    return people.pairs(app, ROOMS, agendas.usual())


def measure(server: Server, rooms: list[people.Pair]) -> tuple[Figures, list[dict[str, Any]]]:
    """The figures, and what each typist was promised to be stored.

    `ours` is edits alone, as others are measured; in `with_presence` each edit brings word of the caret, as browsers
    send it at this pace.
    """
    assert server.process is not None
    plan = {"url": server.url, "pid": server.process.pid, "rate": RATE, "seconds": SECONDS, "rounds": ROUNDS}
    *rounds, end = node.run("type.mjs", plan | {"rooms": [room.plan() for room in rooms]})
    plain = [each for each in rounds if each["name"] == "plain"]
    figures: Figures = {
        "ours": {name: Spread.of(each[name] for each in plain) for name in ASKED},
        "with_presence": {name: Spread.of(each[name] for each in rounds if each not in plain) for name in ASKED},
        "beside": {name: Spread.of(each[name] for each in plain) for name in BESIDE},
        "wrong": {
            "undelivered": rounds[-1]["lost"],
            "refused": end["refused"],
            "broken_lines": end["broken"],
            "processes_replaced": sum(each["ended"] for each in rounds),
        },
    }
    return figures, end["promised"]


def unkept(promised: list[dict[str, Any]]) -> int:
    """How many letters the server said were saved, and the log doesn't have."""
    by_session: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in promised:
        by_session[each["session_id"]].append(each)
    missing = 0
    for session_id, notes in by_session.items():
        stored = {
            note["id"]: note["text"] for note in keep_agenda.sealed(session_id).page["talking_points"][0]["notes"]
        }
        for each in notes:
            kept = stored.get(each["note"], "")
            missing += 0 if kept.startswith(each["text"]) else len(each["text"])
    return missing
