"""Mutated edits, states and packets: what a page of ours sends, with a few bytes or one meaning wrong.

Everything that ever broke a keeper, and is now refused, is part of the stock that is mutated. One seed, one sequence.
"""

import json
import random
from collections.abc import Callable, Sequence
from functools import partial

import msgpack

from companion.keeper.updates import MOST_CLOCK, MOST_ID, Malformed, Range, Section, Struct, Update, read_update
from tests.keeper import craft
from tests.keeper.conftest import REFUSED, STORIES

ODD_BYTES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x27, 0x28, 0x84, 0x88, 0xC4)
ODD_NUMBERS = (0, 1, 2, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 2**32, MOST_CLOCK - 1, MOST_CLOCK, MOST_ID, 2**63)
ODD_WORDS = (
    "",
    "a",
    "title",
    "notes",
    "text",
    "talking_points",
    "run",
    "\0",
    "🐎",
    "é" * 300,
    "0123456789",
    "__proto__",
)
ODD_VALUES = (None, 0, -1, 1e308, float("nan"), float("inf"), 2**53, "mentor", "", "x" * 300)


class Mutator:
    """Makes mutants of what it is given, from one seed."""

    def __init__(self, seed: str) -> None:
        self.dice = random.Random(seed)
        self.stock = [edit for story in STORIES.values() for edit in story.edits] + list(REFUSED.values())

    def edit(self, kin: Sequence[tuple[bytes, Update]]) -> bytes:
        """A mutant of one of these edits (as bytes and as parts), or of anything in the stock."""
        dice = self.dice.random()
        if dice < 0.02:
            return self.spoilt(self.dice.choice(self.stock))
        data, parts = kin[int(self.dice.random() * len(kin))]
        return self.meaning(parts) if dice < 0.55 else self.spoilt(data)

    def spoilt(self, data: bytes) -> bytes:
        """One to four bytes or stretches of it other than they were."""
        mutant = bytearray(data)
        for _ in range(1 + int(self.dice.random() ** 2 * 4)):
            self._spoil(mutant)
        return bytes(mutant)

    def _spoil(self, mutant: bytearray) -> None:
        roll = self.dice.random
        size = len(mutant)
        if not size:
            mutant.append(int(roll() * 256))
            return
        at = int(roll() * size)
        how = roll()
        if how < 0.35:
            mutant[at] ^= 1 << int(roll() * 8)
        elif how < 0.6:
            mutant[at] = self.dice.choice(ODD_BYTES)
        elif how < 0.7:
            mutant[at:at] = craft.uint(self.dice.choice(ODD_NUMBERS))
        elif how < 0.8:
            del mutant[at : at + 1 + int(roll() * 8)]
        elif how < 0.9:
            other = self.dice.choice(self.stock)
            start = int(roll() * len(other))
            mutant[at:at] = other[start : start + int(roll() * 40)]
        else:
            del mutant[at:]

    def meaning(self, parts: Update) -> bytes:
        """A well-formed edit, one thing of which is not as it was: another neighbour, place, name, value or clock."""
        sections, deletions = [*parts.sections], [*parts.deletions]
        if deletions and (not sections or self.dice.random() < 0.3):
            at = int(self.dice.random() * len(deletions))
            deletions[at] = self._range(deletions[at])
        elif sections:
            at = int(self.dice.random() * len(sections))
            client, structs = sections[at]
            place = int(self.dice.random() * len(structs))
            changed = self._struct(client, structs[place])
            if self.dice.random() < 0.08:
                client = self._client(client)
            sections[at] = Section(client, [*structs[:place], changed, *structs[place + 1 :]])
        return craft.written(Update(sections, deletions))

    def _struct(self, client: int, struct: Struct) -> Struct:
        change: dict[str, Callable[[], object]] = {
            "origin": lambda: self._id(client, struct),
            "right": lambda: self._id(client, struct),
            "parent": lambda: self._parent(client, struct),
            "key": lambda: self.dice.choice((None, *ODD_WORDS)),
            "clock": lambda: self._clock(struct.clock),
            "content": lambda: int(self.dice.random() * 11),
            "value": lambda: self._value(struct),
            "length": lambda: max(1, self._clock(struct.length)),
        }
        name = self.dice.choice(tuple(change))
        alone = {"origin": None, "right": None} if name == "parent" else {}
        return struct._replace(**{**alone, name: change[name]()})  # type: ignore[arg-type]

    def _value(self, struct: Struct) -> object:
        if isinstance(struct.value, str):
            return self.dice.choice((*ODD_WORDS, struct.value * 2, struct.value[::-1] + "!"))
        if isinstance(struct.value, list):
            return [self.dice.choice(ODD_VALUES) for _ in range(1 + int(self.dice.random() * 2))]
        return self.dice.choice((0, 1, 2, 3, 6))

    def _id(self, client: int, struct: Struct) -> tuple[int, int] | None:
        known = [each for each in (struct.origin, struct.right, (client, struct.clock)) if each is not None]
        who, clock = self.dice.choice(known)
        return self.dice.choice((None, (who, self._clock(clock)), (self._client(who), clock)))

    def _parent(self, client: int, struct: Struct) -> tuple[int, int] | str:
        return self.dice.choice((*ODD_WORDS, (client, self._clock(struct.clock)), "takeaway_mentor", "action_items"))

    def _clock(self, clock: int) -> int:
        near = clock + int(self.dice.random() * 9) - 4
        return max(0, near if self.dice.random() < 0.8 else self.dice.choice(ODD_NUMBERS))

    def _client(self, client: int) -> int:
        return self.dice.choice((client + 1, client ^ 1, *ODD_NUMBERS))

    def _range(self, deletion: Range) -> Range:
        clock = self._clock(deletion.clock)
        return Range(deletion.client, clock, clock + max(1, self._clock(deletion.end - deletion.clock)))

    def packet(self) -> bytes:
        """A mutated packet of one of our three events, or of what Socket.IO knows besides."""
        return self.spoilt(self.dice.choice(PACKETS))

    def presence(self) -> object:
        """What a tab could claim of itself."""
        odd: Callable[[], object] = partial(self.dice.choice, (*ODD_VALUES, *ODD_NUMBERS, True, b"", [], {}, [{}]))
        return {name: odd() for name in ("field", "caret", "typing", "zone") if self.dice.random() < 0.7}


def parsed(edits: Sequence[bytes]) -> list[tuple[bytes, Update]]:
    """Each edit as bytes and as parts."""
    return [(edit, read_update(edit)) for edit in edits]


def parses(edit: bytes) -> bool:
    """Whether it is an update at all."""
    try:
        read_update(edit)
    except Malformed:
        return False
    return True


def _packed(**packet: object) -> bytes:
    return bytes(msgpack.packb({"nsp": "/agenda", **packet}))


PACKETS = [
    _packed(type=2, data=["edit", b"\0\0"]),
    _packed(type=2, data=["sync", b"\0"], id=1),
    _packed(type=2, data=["presence", {"field": "item:k3jf", "caret": 4, "typing": True}]),
    _packed(type=0, data={"ticket": "x" * 32}),
    _packed(type=1),
    _packed(type=3, data=[1], id=1),
    _packed(type=5, data=["edit", {"_placeholder": True, "num": 0}], attachments=1),
    b'{"type":2}', b"\x84" * 200, b"\xdd\xff\xff\xff\xff", json.dumps(["edit"]).encode(),
]  # fmt: skip
