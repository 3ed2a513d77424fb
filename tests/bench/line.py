"""A slow line to a server on this machine: so many bytes a second each way, and a while for each to arrive."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 2048  # bytes: small enough that lines side by side share fairly


class Way:
    """One direction, shared by all connections."""

    def __init__(self, bytes_a_second: float, delay: float) -> None:
        self.rate, self.delay = bytes_a_second, delay
        self.is_free_at = 0.0

    def arrival(self, size: int, now: float) -> float:
        """When a piece that is sent now is there."""
        self.is_free_at = max(now, self.is_free_at) + size / self.rate
        return self.is_free_at + self.delay


class Line:
    """Listens at a port of its own and passes on to `target`. A new connection first takes one way there and back."""

    def __init__(self, bits_a_second: float, there_and_back: float) -> None:
        self.ways = [Way(bits_a_second / 8, 0) for _ in range(2)]
        self.there_and_back = there_and_back
        self.target = self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def there_and_back(self) -> float:
        """Seconds; may change while it is used."""
        return self.opening

    @there_and_back.setter
    def there_and_back(self, seconds: float) -> None:
        self.opening = seconds
        for way in self.ways:
            way.delay = seconds / 2

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end is done with it."""
        writers = [writer]
        try:
            await asyncio.sleep(self.opening)
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            writers.append(far_writer)
            async with asyncio.TaskGroup() as both:
                both.create_task(pass_on(reader, far_writer, self.ways[0]))
                both.create_task(pass_on(far_reader, writer, self.ways[1]))
        except* OSError:
            pass  # whoever left has left
        finally:
            for each in writers:
                each.transport.abort()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
    """What is read, in order and late."""
    clock = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        data = b"."
        while data:
            at, data = await under_way.get()
            await asyncio.sleep(at - clock.time())
            writer.write(data)
        writer.close()

    async with asyncio.TaskGroup() as both:
        both.create_task(arrive())
        data = b"."
        while data:
            data = await reader.read(PIECE)
            under_way.put_nowait((way.arrival(len(data), clock.time()), data))


@contextmanager
def slow_line(bits_a_second: float, there_and_back: float) -> Iterator[Line]:
    """A line that listens; say its `target` before the first connection."""
    line, loop = Line(bits_a_second, there_and_back), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="line", daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(line.take, "127.0.0.1", 0)

    async def end(server: asyncio.Server) -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.1)  # what was aborted is closed in the loop's next turns

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
