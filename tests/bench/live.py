"""Typing: 200 rooms of two at 2,000 edits a second, everything on, 20 KB agendas; ours and its peers in turns."""

import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from companion.services import keep_agenda
from tests.bench import agendas, idle, join, node, people, survive
from tests.bench.figures import Figures, Spread
from tests.bench.stacks import Ours, Stack, all_stacks

ROOMS = 200
RATE = 2_000  # edits a second, all rooms together
SECONDS = 5.0  # a round
TURNS = 3  # each stack anew, one after the other, so that a disturbance hits no single one
RAMP = 4_000  # edits a second
ASKED = ("cpu_ms", "p50_ms", "p99_ms")
BESIDE = ("saved_p50_ms", "saved_p99_ms", "per_second", "generator_late_ms", "generator_busy", "load")

Rounds = dict[str, list[dict[str, Any]]]


def measure() -> dict[str, Figures]:
    """By the name of the stack. `cpu_ms` is of the whole process tree, for each edit that the partner got."""
    rounds: Rounds = defaultdict(list)
    ends: Rounds = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for turn in range(TURNS):
            with all_stacks(Path(folder) / str(turn)) as stacks:
                for stack in stacks:
                    stack.prepare(ROOMS, agendas.usual())
                    told = type_in(stack, climbs=turn == TURNS - 1)
                    rounds[stack.name] += told[:-1]
                    ends[stack.name].append(told[-1])
        figures = {name: typed(rounds[name], ends[name]) for name in rounds}
        for each, beside in (("survived_kill", survive), ("join", join), ("idle", idle)):
            for name, figure in beside.measure(Path(folder) / each).items():
                figures[name][each] = figure
    return figures


def type_in(stack: Stack, *, climbs: bool) -> list[dict[str, Any]]:
    """A round of edits alone, as others are measured; for ours one with word of the caret, as browsers send it."""
    kinds = ["plain", "presence"] if isinstance(stack, Ours) else ["plain"]
    with stack.serving() as plan:
        plan |= {"rate": RATE, "seconds": SECONDS, "rounds": kinds, "ramp": RAMP if climbs else 0}
        told: list[dict[str, Any]] = node.run("type.mjs", plan)
    if isinstance(stack, Ours):
        with people.installation(stack.server):
            told[-1]["unkept"] = unkept(told[-1]["promised"])
    return told


def typed(rounds: list[dict[str, Any]], ends: list[dict[str, Any]]) -> Figures:
    """What the rounds of one stack come to."""
    plain = [each for each in rounds if each["name"] == "plain"]
    figures: Figures = _spreads(plain, ASKED) | {"max_per_s": ends[-1]["most"]}
    if present := [each for each in rounds if each["name"] == "presence"]:
        figures["with_presence"] = _spreads(present, ASKED)
    figures["beside"] = _spreads(plain, BESIDE)
    figures["wrong"] = {
        "undelivered": sum(each["lost"] for each in rounds[-1:]),
        "refused": sum(each["refused"] for each in ends),
        "broken_lines": sum(each["broken"] for each in ends),
        "processes_replaced": sum(each["ended"] for each in rounds),
        "said_to_be_saved_but_not_in_the_log": sum(each.get("unkept", 0) for each in ends),
    }
    return figures


def _spreads(rounds: list[dict[str, Any]], names: Iterable[str]) -> Figures:
    return {name: Spread.of(each[name] for each in rounds) for name in names if rounds[0][name] is not None}


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
