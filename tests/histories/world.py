"""Where histories happen: a real server with a fresh session for each, ways to it that fail, devices, and its log."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pycrdt import Doc, Map, Text

from companion.services import keep_agenda
from tests.bench import people
from tests.histories.devices import Devices, devices
from tests.histories.proxy import Network, networks
from tests.server import Server
from tests.writing import ROOTS

TABS = 4
NOTHING = b"\0\0"  # an update without content


@dataclass(frozen=True)
class World:
    """Made once for many histories."""

    app: Flask
    server: Server
    ways: list[Network]
    devices: Devices

    def pair(self) -> people.Pair:
        """Two new people at a session with an empty agenda."""
        (pair,) = people.pairs(self.app, 1, NOTHING)
        return pair


@contextmanager
def world(app: Flask, server: Server) -> Iterator[World]:
    """`app` is the server's installation opened here."""
    with networks(server.port, TABS) as ways, devices() as tabs:
        yield World(app, server, ways, tabs)


def logged(session_id: int) -> dict[str, Any]:
    """What the log says right now, read by nobody's keeper: in the form that tabs give."""
    doc: Doc = Doc()
    for row in keep_agenda.rows_of(session_id):
        doc.apply_update(row)
    return plain(doc)


def plain(doc: Doc) -> dict[str, Any]:
    """What a document holds, in the form that tabs give."""
    roots = {name: doc.get(name, type=kind) for name, kind in ROOTS.items()}
    maps = {name: _plain(roots[name].to_py()) for name in ("talking_points", "action_items")}
    return {**maps, "takeaways": [str(roots[f"takeaway_{role}"]) for role in ("mentor", "mentee")]}


def words_in(page: object) -> Counter[str]:
    """Every word that was typed, by how often it stands there. Typed words are told by their #."""
    if isinstance(page, str):
        return Counter(word for word in page.split(" ") if word.startswith("#"))
    inner = page.values() if isinstance(page, dict) else page if isinstance(page, list) else ()
    return sum(map(words_in, inner), Counter[str]())


def _plain(value: Any) -> Any:
    if isinstance(value, Map | Text):
        return _plain(value.to_py())
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value
