"""The shape of the shared agenda: which shared types nest where, and what each field may hold.

Both the gate (what may come in) and the page (what is read out) follow this one table. A name that was ever here must
stay: stored agendas are held against the same table when they are opened again. Twin: frontend/src/agenda/document.js.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from companion.keeper.updates import MOST_ID, Plain, TypeRef


@dataclass(frozen=True, slots=True)
class Value:
    """A plain value. `fits` knows the ones that may come in."""

    fits: Callable[[Plain], bool]


@dataclass(frozen=True, slots=True)
class Words:
    """A Y.Text of at most `most` UTF-16 units, counting what was deleted since the last snapshot."""

    most: int
    type_ref = TypeRef.text


@dataclass(frozen=True, slots=True)
class Fields:
    """A Y.Map with these names and no others."""

    fields: Mapping[str, "Spec"]
    type_ref = TypeRef.map


@dataclass(frozen=True, slots=True)
class Entries:
    """A Y.Map from random ids to things of one kind; at most `most` of them, deleted ones included."""

    each: Fields
    most: int
    type_ref = TypeRef.map


Shared = Words | Fields | Entries
Spec = Value | Shared


def one_of(*words: str) -> Value:
    """One of these words."""
    return Value(lambda value: value in words)


def string(most: int, *, nullable: bool = False) -> Value:
    """Any string of at most `most` characters, or null if that is allowed."""
    return Value(lambda value: len(value) <= most if isinstance(value, str) else value is None and nullable)


def is_whole(value: Plain) -> bool:
    """A whole number that JavaScript holds exactly, or null. Beyond 31 bits it writes them as floats."""
    if isinstance(value, str):
        return False
    return value is None or (abs(value) <= MOST_ID and float(value).is_integer())


is_id = re.compile(r"[0-9A-Za-z]{10,64}").fullmatch

WHO = one_of("mentor", "mentee")
RANK = string(256)
NUMBER = Value(is_whole)
NAMED = string(128, nullable=True)

NOTE = Fields({"rank": RANK, "by": WHO, "text": Words(20_000)})
TALKING_POINT = Fields(
    {
        "rank": RANK,
        "title": Words(10_000),
        "raised_by": WHO,
        "minutes": NUMBER,
        "state": one_of("open", "done", "parked"),
        "from": NAMED,
        "notes": Entries(NOTE, 1_000),
    }
)
ACTION_ITEM = Fields(
    {"rank": RANK, "text": Words(10_000), "owner": WHO, "due": NAMED, "done_at": NAMED, "talking_point": NAMED}
)
RUN = Fields(
    {
        "now": NAMED,
        "since_ms": NUMBER,
        "closing": Value(lambda value: value in (None, "agree", "date", "away")),
        "put_off_until_ms": NUMBER,
        "more_minutes": NUMBER,
        "mentor_done_ms": NUMBER,
        "mentee_done_ms": NUMBER,
    }
)

ROOTS: Mapping[str, Shared] = {
    "talking_points": Entries(TALKING_POINT, 500),
    "action_items": Entries(ACTION_ITEM, 500),
    "run": RUN,
    "takeaway_mentor": Words(100_000),
    "takeaway_mentee": Words(100_000),
}
