"""Loopback as browsers know the web: our server behind TLS, and another site's page on a name of its own."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

HERE = "127.0.0.1"


def certificate(*names: str) -> ssl.SSLContext:
    """For these names, from an authority that nobody knows: browsers have to be told not to mind."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(*names).configure_cert(context)
    return context


@contextmanager
def in_front_of(port: int, listening: int, *names: str) -> Iterator[None]:
    """TLS on the one port of loopback, passed on to the other byte by byte, as a proxy would."""
    ready, running = threading.Event(), []

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection(HERE, port)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    async def serve() -> None:
        stop = asyncio.Event()
        running.append((asyncio.get_running_loop(), stop))
        async with await asyncio.start_server(passed_on, HERE, listening, ssl=certificate(*names)):
            ready.set()
            await stop.wait()
            for each in asyncio.all_tasks() - {asyncio.current_task()}:
                each.cancel()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield
    ((loop, stop),) = running
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)


@contextmanager
def site(name: str, page: str) -> Iterator[int]:
    """One page of another site, whatever is asked of it. Gives the port it is served on."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer((HERE, 0), Page) as server:
        server.socket = certificate(name).wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
