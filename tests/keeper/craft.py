"""Edits written by hand, as no page of ours writes them: the opposite of companion.keeper.updates."""

import struct
from collections.abc import Iterable, Sequence

from companion.keeper.updates import Content, Id, Plain, Range, Section, Struct, Update, utf16_length

CLIENT = 77


def uint(value: int) -> bytes:
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes((*written, value))


def string(text: str) -> bytes:
    return uint(len(text.encode())) + text.encode()


def plain(value: Plain) -> bytes:
    if value is None:
        return b"\x7e"
    if isinstance(value, str):
        return b"\x77" + string(value)
    return b"\x7b" + struct.pack(">d", value)


def written(update: Update) -> bytes:
    """`update` in format v1."""
    parts = [uint(len(update.sections))]
    for client, structs in update.sections:
        parts += [uint(len(structs)), uint(client), uint(structs[0].clock), *map(item, structs)]
    clients = list(dict.fromkeys(each.client for each in update.deletions))
    parts.append(uint(len(clients)))
    for client in clients:
        ranges = [each for each in update.deletions if each.client == client]
        parts += [uint(client), uint(len(ranges))]
        parts += [uint(clock) + uint(end - clock) for _, clock, end in ranges]
    return b"".join(parts)


def item(run: Struct) -> bytes:
    if run.content in (Content.gc, Content.skip):
        return bytes((run.content,)) + uint(run.length)
    info = run.content | (run.origin is not None) << 7 | (run.right is not None) << 6 | (run.key is not None) << 5
    parts = [bytes((info,))]
    parts += [uint(client) + uint(clock) for client, clock in filter(None, (run.origin, run.right))]
    if run.origin is None and run.right is None:
        parts.append(b"\1" + string(run.parent) if isinstance(run.parent, str) else b"\0" + ident(run.parent or (0, 0)))
        parts += [string(run.key)] if run.key is not None else []
    return b"".join(parts) + content(run)


def ident(at: Id) -> bytes:
    return uint(at[0]) + uint(at[1])


def content(run: Struct) -> bytes:
    if isinstance(run.value, str):
        return string(run.value)
    if isinstance(run.value, list):
        return uint(len(run.value)) + b"".join(map(plain, run.value))
    return uint(run.length if run.content == Content.deleted else run.value or 0)


def text(words: str, clock: int = 0, **where: object) -> Struct:
    """Characters, in takeaway_mentor unless `where` (origin=, right=, parent=, key=) tells otherwise."""
    return Struct(Content.string, clock, utf16_length(words), value=words, **(where or {"parent": "takeaway_mentor"}))  # type: ignore[arg-type]


def edit(*structs: Struct, client: int = CLIENT, deletions: Iterable[tuple[int, int]] = ()) -> bytes:
    """One client's structs, and what it deletes of its own (clock, end)."""
    sections: Sequence[Section] = [Section(client, list(structs))] if structs else []
    return written(Update(list(sections), [Range(client, *deletion) for deletion in deletions]))
