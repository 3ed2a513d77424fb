"""Yjs updates, format v1, taken apart without trusting a byte.

Reads only what our pages write: text, plain values, maps, texts, and what deletion leaves behind. Everything else
(arrays, XML, formats, embeds, subdocuments, binaries, nested values) is Malformed here, before any CRDT code sees it.
The format has no written standard: https://github.com/yjs/yjs/blob/v13.6.33/src/structs/Item.js#L640 (22 Nov 2026).
"""

import struct
from collections.abc import Callable, Generator
from enum import IntEnum
from typing import NamedTuple, TypeVar

T = TypeVar("T")

PART = 64  # structs between two breaths
MOST_ID = (1 << 53) - 1  # JavaScript's largest exact integer; pycrdt would take more, browsers would not open it
MOST_CLOCK = 1 << 24  # characters one browser tab can write into one agenda; yrs counts in 32 bits and wraps

Id = tuple[int, int]  # client, clock
Plain = str | int | float | None


class Malformed(ValueError):
    """Not a Yjs update, or not one that our pages can make."""


class Content(IntEnum):
    """The kinds of content that we know, by their number in the format."""

    gc = 0
    deleted = 1
    string = 4
    type = 7
    any = 8
    skip = 10


class TypeRef(IntEnum):
    """The shared types that we know, by their number in the format."""

    map = 1
    text = 2


class Struct(NamedTuple):
    """One run of content. `length` counts clock ticks (UTF-16 units for text)."""

    content: int
    clock: int
    length: int
    origin: Id | None = None
    right: Id | None = None
    parent: Id | str | None = None  # an item's id or a root's name; None where the neighbours tell
    key: str | None = None
    value: str | list[Plain] | int | None = None  # by content: the text, the plain values, the TypeRef


class Section(NamedTuple):
    """Consecutive runs of one client, from the first one's clock on."""

    client: int
    structs: list[Struct]


class Range(NamedTuple):
    """Deleted content: clocks from `clock` up to, not including, `end`."""

    client: int
    clock: int
    end: int


class Update(NamedTuple):
    """What is added, and what is deleted, each client at most once in either."""

    sections: list[Section]
    deletions: list[Range]

    @property
    def parts(self) -> int:
        """Stretches of content that are added or deleted."""
        return sum(len(section.structs) for section in self.sections) + len(self.deletions)


def read_update(data: bytes, step: Callable[[], None] = lambda: None) -> Update:
    """The parts of `data`; calls `step` now and then, as a big edit takes a while. Raises Malformed."""
    return finish(reading(data), step)


def reading(data: bytes) -> Generator[None, None, Update]:
    """The same, pausing after every PART structs."""
    cursor = Cursor(data)
    try:
        sections = yield from _sections(cursor)
        update = Update(sections, _deletions(cursor))
    except (IndexError, UnicodeDecodeError, struct.error) as error:
        raise Malformed("cut short or not UTF-8") from error
    cursor.expect_end()
    return update


def finish(work: Generator[None, None, T], step: Callable[[], None]) -> T:
    """What `work` comes to; calls `step` at each of its pauses."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        step()


def read_state(data: bytes) -> dict[int, int]:
    """A state vector: the next clock of each client. Raises Malformed."""
    cursor = Cursor(data)
    state: dict[int, int] = {}
    try:
        for _ in range(cursor.uint()):
            client = cursor.uint()
            if client in state:
                raise Malformed("a client named twice")
            state[client] = cursor.clock()
    except IndexError as error:
        raise Malformed("cut short") from error
    cursor.expect_end()
    return state


class Cursor:
    """Reads numbers and strings from the front. Past the end it raises IndexError."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def expect_end(self) -> None:
        if self._at != len(self._data):
            raise Malformed("bytes left over")

    def byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def uint(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value if value < 128 else self._more(value & 127, 7)

    def _more(self, value: int, shift: int) -> int:
        """The rest of a number whose low `shift` bits are read: seven bits a byte, the highest bit says "more"."""
        while shift <= 55:
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                if value > MOST_ID or not byte:  # a last byte of 0 adds nothing: nobody writes numbers that way
                    break
                return value
            shift += 7
        raise Malformed("number out of range")

    def clock(self) -> int:
        value = self.uint()
        if value > MOST_CLOCK:
            raise Malformed("clock out of range")
        return value

    def length(self) -> int:
        value = self.clock()
        if not value:
            raise Malformed("empty run")
        return value

    def id(self) -> Id:
        return self.uint(), self.clock()

    def take(self, size: int) -> bytes:
        at = self._at
        end = self._at = at + size
        if end > len(self._data):
            raise IndexError
        return self._data[at:end]

    def string(self) -> str:
        # yrs takes bytes for text without looking: here is the only place that insists on UTF-8.
        return self.take(self.uint()).decode()

    def plain(self) -> Plain:
        """One value of lib0's `any` encoding, https://github.com/dmonad/lib0/blob/v0.2.117/encoding.js (writeAny)."""
        tag = self.byte()
        if tag == 119:
            return self.string()
        if tag == 125:
            return self._signed()
        if tag == 123:
            return float(_DOUBLE.unpack(self.take(8))[0])
        if tag == 124:
            return float(_SINGLE.unpack(self.take(4))[0])
        if tag in (126, 127):  # null, undefined
            return None
        raise Malformed("no plain value")

    def _signed(self) -> int:
        byte = self.byte()
        value = byte & 63
        if byte & 128:
            value = self._more(value, 6)
        return -value if byte & 64 else value


_SINGLE, _DOUBLE = struct.Struct(">f"), struct.Struct(">d")


def _sections(cursor: Cursor) -> Generator[None, None, list[Section]]:
    sections = []
    clients = set()
    for _ in range(cursor.uint()):
        count, client, clock = cursor.uint(), cursor.uint(), cursor.clock()
        if client in clients or not count:
            raise Malformed("a client named twice or without content")
        clients.add(client)
        structs: list[Struct] = []
        for number in range(1, count + 1):
            if not number % PART:
                yield
            read = _struct(cursor, clock)
            structs.append(read)
            clock += read.length
        if clock > MOST_CLOCK:
            raise Malformed("clock out of range")
        sections.append(Section(client, structs))
    return sections


def _struct(cursor: Cursor, clock: int) -> Struct:
    info = cursor.byte()
    content = info & 31
    if content in (Content.gc, Content.skip):
        if info & 224:
            raise Malformed("flags without an item")
        return Struct(content, clock, cursor.length())
    origin = cursor.id() if info & 128 else None
    right = cursor.id() if info & 64 else None
    parent: Id | str | None = None
    key = None
    if not info & 192:
        parent = _parent(cursor)
        key = cursor.string() if info & 32 else None
    length, value = _content(cursor, content)
    return Struct(content, clock, length, origin, right, parent, key, value)


def _parent(cursor: Cursor) -> Id | str:
    is_root = cursor.uint()
    if is_root > 1:
        raise Malformed("parent neither root nor item")
    return cursor.string() if is_root else cursor.id()


def _content(cursor: Cursor, content: int) -> tuple[int, str | list[Plain] | int | None]:
    """Length and value of an item's content."""
    if content == Content.string:
        text = cursor.string()
        if not text:
            raise Malformed("empty run")
        return utf16_length(text), text
    if content == Content.any:
        values = [cursor.plain() for _ in range(cursor.length())]
        return len(values), values
    if content == Content.type:
        type_ref = cursor.uint()
        if type_ref not in (TypeRef.map, TypeRef.text):
            raise Malformed("unknown shared type")
        return 1, type_ref
    if content == Content.deleted:
        return cursor.length(), None
    raise Malformed("unknown content")


def utf16_length(text: str) -> int:
    """How many units JavaScript counts in `text`."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _deletions(cursor: Cursor) -> list[Range]:
    ranges = []
    clients = set()
    for _ in range(cursor.uint()):
        client = cursor.uint()
        count = cursor.uint()
        if client in clients or not count:
            raise Malformed("a client named twice or without deletions")
        clients.add(client)
        end = 0
        for _ in range(count):
            clock = cursor.clock()
            if clock < end:
                raise Malformed("deletions out of order")
            end = clock + cursor.length()
            ranges.append(Range(client, clock, end))
    return ranges
