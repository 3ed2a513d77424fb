"""Alongside and what it is measured beside: Hocuspocus with SQLite, y-websocket with LevelDB. One server at a time."""

import os
import secrets
import shutil
import socket
import subprocess
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.bench import people
from tests.bench.cores import pinned
from tests.databases import fresh_postgresql
from tests.server import Server, free_port
from tests.waiting import until

PEERS = Path(__file__).with_name("peers")
COMMANDS = {"hocuspocus": "hocuspocus.mjs", "y_websocket": "node_modules/@y/websocket-server/src/server.js"}
Plan = dict[str, Any]


class Stack(Protocol):
    """One server with data of its own. `plan` is what the programs in Node need to know of it."""

    name: str

    def prepare(self, rooms: int, agenda: bytes, tail: Sequence[bytes] = ()) -> None:
        """So many documents of this content. Before it serves."""

    def serving(self) -> Any:
        """A context in which it serves; gives the plan."""


class Ours:
    """Alongside as it is deployed: SQLite that waits for the disk, or PostgreSQL."""

    def __init__(self, name: str, folder: Path, **settings: str) -> None:
        self.name = name
        self.server = Server(folder, **production(), **settings)
        self.server.flask("migrate")
        self.pairs: list[people.Pair] = []

    def prepare(self, rooms: int, agenda: bytes, tail: Sequence[bytes] = ()) -> None:
        with people.installation(self.server) as app:
            self.pairs = people.pairs(app, rooms, agenda, tail)

    @contextmanager
    def serving(self) -> Iterator[Plan]:
        with pinned(0):
            self.server.start()
        try:
            assert self.server.process is not None
            rooms = [pair.plan() for pair in self.pairs]
            pid = self.server.process.pid
            yield {"wire": "ours", "url": self.server.url, "pid": pid, "rooms": rooms, "seed": []}
        finally:
            self.server.kill()


class Peer:
    """Another server for Yjs documents, with its own store and its defaults."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.rooms: list[list[dict[str, str]]] = []
        self.seed: list[str] = []

    def prepare(self, rooms: int, agenda: bytes, tail: Sequence[bytes] = ()) -> None:
        """Kept in mind: the programs in Node write it by its own wire."""
        self.rooms = [[{"doc": f"room{number}"}] * 2 for number in range(rooms)]
        self.seed = [b64encode(edit).decode() for edit in (agenda, *tail) if edit]

    @contextmanager
    def serving(self) -> Iterator[Plan]:
        port = free_port()
        settings = {
            "PORT": str(port), "HOST": "127.0.0.1", "DB": str(self.folder / "peer.sqlite"),
            "YPERSISTENCE": str(self.folder / "leveldb"),
        }  # fmt: skip
        command = ["node", str(PEERS / COMMANDS[self.name])]
        with pinned(0):
            process = subprocess.Popen(command, cwd=PEERS, env=os.environ | settings, stdout=subprocess.DEVNULL)
        try:
            until(lambda: _listens(port), seconds=20)
            seed, self.seed = self.seed, []  # written once, and then in its store
            url = f"http://127.0.0.1:{port}"
            yield {"wire": self.name, "url": url, "pid": process.pid, "rooms": self.rooms, "seed": seed}
        finally:
            process.kill()
            process.wait()


@contextmanager
def all_stacks(folder: Path) -> Iterator[list[Stack]]:
    """One of each, with fresh data in this folder: those that can be had on this machine."""
    shutil.rmtree(folder, ignore_errors=True)
    places = {name: folder / name for name in ("ours", "ours_postgresql", *COMMANDS)}
    for place in places.values():
        place.mkdir(parents=True)
    stacks: list[Stack] = [Ours("ours", places["ours"])]
    if peers_installed():
        stacks += [Peer(name, places[name]) for name in COMMANDS]
    if not os.environ.get("TEST_DATABASE_URL"):
        yield stacks
        return
    with fresh_postgresql() as url:
        yield [*stacks, Ours("ours_postgresql", places["ours_postgresql"], DATABASE_URL=url)]


def production() -> dict[str, str]:
    """Settings as a deployment has them, but for the address."""
    return {
        "DEMO": "0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TOKEN_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": "9",  # nobody takes letters, and none is written
        "SMTP_SECURITY": "none",
    }


def peers_installed() -> bool:
    """Fetch the peers from npm if they aren't here. Without them ours is measured alone, which is said."""
    if (PEERS / "node_modules" / ".package-lock.json").exists():
        return True
    print("Installing what we are measured beside, for this bench only …", flush=True)
    fetched = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=PEERS, check=False)
    if fetched.returncode != 0:
        print("Hocuspocus and y-websocket could not be installed: ours is measured alone.")
    return fetched.returncode == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
