"""The network between tabs and their server: it can be cut, slow, or dead without anybody being told."""

import asyncio
import base64
import hashlib
import re
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

WEBSOCKET = re.compile(
    rb"GET [^\r]*transport=websocket.*\r\nSec-WebSocket-Key: *([^\r]+)\r\n", re.DOTALL | re.IGNORECASE
)
ACCEPTED = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n"
)


class Way(StrEnum):
    """What becomes of bytes."""

    OPEN = "they get through"
    CUT = "lines are dropped, and new ones too"
    SILENT = "both ends believe in the line, and nothing gets through"
    DEAF = "the server hears, its answers are lost"
    DROPPING = "WebSockets are accepted, and dropped at once"


class Network:
    """One person's way to the server, at a port of its own. What was lost on a line stays lost: it never heals."""

    def __init__(self, target: int, loop: asyncio.AbstractEventLoop) -> None:
        self.target, self.loop = target, loop
        self.way, self.delay = Way.OPEN, 0.0
        self.lines: set[Pair] = set()
        self.port = 0

    def become(self, way: Way, delay: float = 0.0) -> None:
        self._do(self.change(way, delay))

    async def listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def change(self, way: Way, delay: float) -> None:
        self.way, self.delay = way, delay
        for line in list(self.lines):
            line.suffer(way)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.way is Way.CUT:
            writer.transport.abort()
            return
        try:
            first = await reader.read(65536)
            if self.way is Way.DROPPING and (asked := WEBSOCKET.search(first)):
                writer.write(ACCEPTED.format(answer_to(asked[1])).encode())
                await writer.drain()
                writer.close()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        line = Pair(self, writer, far_writer)
        line.suffer(self.way if self.way is not Way.DROPPING else Way.OPEN)
        self.lines.add(line)
        if not line.is_mute:
            far_writer.write(self.addressed(first))
        there = line.pass_on(reader, far_writer, is_answer=False)
        await asyncio.gather(there, line.pass_on(far_reader, writer, is_answer=True))
        self.lines.discard(line)

    def addressed(self, data: bytes) -> bytes:
        """A request names the host it is for; the server would refuse our port."""
        if not data.startswith((b"GET ", b"POST ")):
            return data
        return data.replace(b"127.0.0.1:%d" % self.port, b"127.0.0.1:%d" % self.target)

    def _do(self, deed: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(deed, self.loop).result(10)


class Pair:
    """Two connections that pass on what they hear."""

    def __init__(self, network: Network, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.network, self.near, self.far = network, near, far
        self.is_mute = self.is_deaf = False

    def suffer(self, way: Way) -> None:
        self.is_mute = self.is_mute or way is Way.SILENT
        self.is_deaf = self.is_deaf or way in (Way.SILENT, Way.DEAF)
        if way in (Way.CUT, Way.DROPPING):
            self.end()

    def end(self) -> None:
        for writer in (self.near, self.far):
            writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_answer: bool) -> None:
        try:
            while data := await reader.read(65536):
                if self.network.delay:
                    await asyncio.sleep(self.network.delay)
                if not (self.is_deaf if is_answer else self.is_mute):
                    writer.write(data if is_answer else self.network.addressed(data))
                    await writer.drain()
        except OSError:
            pass  # the other half tells its end
        self.end()


def answer_to(key: bytes) -> str:
    """What a server says to a WebSocket's key (RFC 6455, 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


@contextmanager
def networks(target: int, count: int) -> Iterator[list[Network]]:
    """As many ways to the server at this port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="networks", daemon=True)
    thread.start()
    made = [Network(target, loop) for _ in range(count)]
    servers = [asyncio.run_coroutine_threadsafe(each.listen(), loop).result(10) for each in made]
    try:
        yield made
    finally:
        asyncio.run_coroutine_threadsafe(_end(servers, made), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(servers: list[asyncio.Server], made: list[Network]) -> None:
    for server in servers:
        server.close()
    for network in made:
        await network.change(Way.CUT, 0.0)
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=5)
