"""Two nodes of one installation: servers on one PostgreSQL database, a Redis that may die, a proxy that hashes."""

import hashlib
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from tests.server import Server, free_port
from tests.waiting import until

SESSION = re.compile(rb"^[A-Z]+ (?:/sessions/(\d+)|/socket\.io/\?(?:\S*&)?session=(\d+))")
CHUNK = 1 << 16


class Redis:
    """A redis-server of the test's own, which keeps nothing; may be killed and started again on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not on PATH"
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
        until(self.answers)

    def answers(self) -> bool:
        with redis.Redis(port=self.port, socket_timeout=1) as client, suppress(redis.RedisError):
            return bool(client.ping())
        return False

    def listeners(self) -> int:
        """How many nodes hear hints now."""
        with redis.Redis(port=self.port, socket_timeout=1) as client:
            return sum(client.pubsub_numsub(name)[0][1] for name in client.pubsub_channels())

    def say(self, message: bytes) -> None:
        """Put it on every channel that somebody hears."""
        with redis.Redis(port=self.port, socket_timeout=1) as client:
            for name in client.pubsub_channels():
                client.publish(name, message)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def redis_server() -> Iterator[Redis]:
    """One that answers until the block ends."""
    bus = Redis()
    try:
        bus.start()
        yield bus
    finally:
        bus.kill()


class Proxy:
    """Leads each connection to the node that its session id hashes to, or to the next one that listens.

    `base_url` is where people open the installation: the first proxy's own address.
    """

    def __init__(self, base_url: str = "", nodes: Sequence[Server] = ()) -> None:
        self.nodes = list(nodes)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.base_url = base_url or self.url
        threading.Thread(target=self._accept, daemon=True).start()

    def node_of(self, session_id: int) -> Server:
        """Where this session is served as long as all nodes are."""
        return self.nodes[self._place(str(session_id).encode())]

    def _place(self, name: bytes) -> int:
        return hashlib.sha256(name).digest()[0] % len(self.nodes)

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                threading.Thread(target=self._serve, args=(self.listener.accept()[0],), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            # Host and Origin as they would be had it been asked for at the address that people open.
            asked, opened = self.url.removeprefix("http://"), self.base_url.removeprefix("http://")
            head = client.recv(CHUNK).replace(asked.encode(), opened.encode())
            found = SESSION.match(head)
            first = self._place(found[1] or found[2]) if found else 0
            for node in self.nodes[first:] + self.nodes[:first]:
                with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", node.port)) as server:
                    server.sendall(head)
                    threading.Thread(target=pour, args=(client, server), daemon=True).start()
                    pour(server, client)
                    return

    def close(self) -> None:
        self.listener.close()


def pour(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until one of them ends; then end both."""
    with suppress(OSError):
        while chunk := source.recv(CHUNK):
            sink.sendall(chunk)
    for each in (source, sink):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@dataclass
class Two:
    """Two nodes behind a proxy, a way straight to each, and their Redis."""

    proxy: Proxy
    straight: list[Proxy]
    bus: Redis


@contextmanager
def two_nodes(data_dir: Path, **settings: str) -> Iterator[Two]:
    """Serving until the block ends. `settings` name the database."""
    proxy, bus = Proxy(), Redis()
    told = {"BASE_URL": proxy.url, "REDIS_URL": bus.url, **settings}
    for name in "ab":
        (data_dir / name).mkdir()
        proxy.nodes.append(Server(data_dir / name, **told))
    straight = [Proxy(proxy.url, [node]) for node in proxy.nodes]
    try:
        bus.start()
        with ThreadPoolExecutor() as hands:
            list(hands.map(Server.start, proxy.nodes))
        until(lambda: bus.listeners() == len(proxy.nodes))
        yield Two(proxy, straight, bus)
    finally:
        for each in (proxy, *straight):
            each.close()
        for node in proxy.nodes:
            if node.processes():
                node.kill()
        bus.kill()


def needs_redis() -> None:
    """Skip where no redis-server can be started."""
    if not shutil.which("redis-server"):
        pytest.skip("Redis is tried only where the program redis-server is on PATH")
