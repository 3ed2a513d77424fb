"""The WebSocket layer under engineio, on the sans-I/O `websockets` library.

engineio's own choice under gevent cuts off frames above about 50 KB on a real network and unpacks deflate bombs before
anybody signed in (seen 22 Nov 2026, simple-websocket 1.1.0). Here no extension is ever agreed to, a message that is
too large is refused from its header, and all frames queued within one turn of gevent's hub leave in one `send`.
"""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import engineio
import gevent
from gevent.socket import socket
from websockets.frames import BINARY, CONT, TEXT, CloseCode, Frame
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from companion.live.shortcut import Shortcut

Environ = dict[str, Any]

log = logging.getLogger(__name__)
log.setLevel(logging.WARNING)  # the library's INFO tells every open and close

MAX_MESSAGE = 256 * 1024 + 1024
"""Bytes of one incoming message, all its fragments together: the largest edit and the words around it."""

MAX_OWED = 8 * 1024 * 1024
"""Bytes that a reader who stopped reading may owe before the line is cut."""

GRACE = 1.5
"""Seconds the other side has to answer our close."""

FIN_BINARY, SHORT = 0x82, 126
"""First byte of a frame that is a whole binary message; from so many bytes on its length takes more than one byte."""

# Sec-WebSocket-Extensions is left out on purpose: what the library never sees it cannot agree to.
HANDSHAKE_HEADERS = ("HOST", "UPGRADE", "CONNECTION", "ORIGIN", "SEC_WEBSOCKET_KEY", "SEC_WEBSOCKET_VERSION")


def install(server: engineio.Server) -> None:
    """Make `server` open its WebSockets with `WebSocket`. engineio has no public hook for it (4.15.1)."""
    server._async = {**server._async, "websocket": WebSocket}  # noqa: SLF001 - that is the hook


def frame_of(message: bytes) -> bytes:
    """`message` as one finished frame, for `WebSocket.send_frame`; made once, however many sockets get it."""
    if len(message) < SHORT:  # nearly all are, and the library's way would take a quarter of the time of telling
        return bytes((FIN_BINARY, len(message))) + message
    return Frame(BINARY, message).serialize(mask=False)


class Cork:
    """The sockets that have something to say, flushed together at the end of the hub's turn."""

    def __init__(self) -> None:
        self.waiting: list[WebSocket] = []

    def add(self, ws: "WebSocket") -> None:
        if not self.waiting:
            gevent.get_hub().loop.run_callback(self.pull)
        self.waiting.append(ws)

    def pull(self) -> None:
        waiting, self.waiting = self.waiting, []
        for ws in waiting:
            ws.flush()


cork = Cork()


class WebSocket:
    """One connection, as engineio wants it: called like a WSGI app, then asked to `wait`, `send` and `close`.

    No attribute is named `socket` or `_sock`: engineio would set a timeout there, and each `recv` would cost a timer.
    """

    def __init__(self, handler: Callable[["WebSocket"], object], _server: engineio.Server) -> None:
        self.handler = handler
        # `handler` is a method of engineio's socket. Leaving ourselves there lets a seat write past engineio's queue.
        handler.__self__.ws = self  # type: ignore[attr-defined]
        self.protocol = ServerProtocol(max_size=MAX_MESSAGE, logger=log)
        self.shortcut = Shortcut()
        self.listener: Callable[[bytes], object] | None = None
        """Told of each message as it comes, past engineio's loop. Set once somebody sits here."""
        self.inbox: deque[str | bytes] = deque()
        self.parts: list[bytes] = []
        self.is_text = False
        self.corked = False
        self.gone = False
        self.late: deque[memoryview] = deque()
        self.owed = 0

    def __call__(self, environ: Environ, _start_response: Callable[..., Any]) -> list[bytes]:
        self.line: socket = environ["gunicorn.socket"]
        # gevent's own socket would wait; the one beneath says at once how much it took
        self.raw = self.line._sock  # noqa: SLF001 - gevent has no other name for it
        self.readable = self.line._read_event  # noqa: SLF001 - the same
        self.hub = gevent.get_hub()
        try:
            if self.shake_hands(environ):
                self.handler(self)
        finally:
            self.hang_up()
        raise StopIteration  # gunicorn's word for "the line is used up, write no response"

    def shake_hands(self, environ: Environ) -> bool:
        """Hand the upgrade to the library as the bytes it was, so that the library itself checks it."""
        lines = [f"GET {environ['PATH_INFO']} HTTP/1.1"]
        sent = ((name, environ.get("HTTP_" + name)) for name in HANDSHAKE_HEADERS)
        lines.extend(f"{name.replace('_', '-')}: {value}" for name, value in sent if value is not None)
        self.protocol.receive_data("\r\n".join([*lines, "", ""]).encode("latin-1", "replace"))
        for request in self.protocol.events_received():
            self.protocol.send_response(self.protocol.accept(request))  # type: ignore[arg-type]
        self.flush()
        return self.protocol.state is OPEN

    # What engineio calls

    def send(self, message: str | bytes) -> None:
        if self.protocol.state is not OPEN:
            raise OSError("the WebSocket is closed")
        if isinstance(message, str):
            self.protocol.send_text(message.encode())
        else:
            self.protocol.send_binary(message)
        self.put_in_cork()

    def wait(self) -> str | bytes | None:
        """The next message; None when there will be no more."""
        while not self.inbox:
            if self.protocol.state is not OPEN:
                return None
            self.receive()
        return self.inbox.popleft()

    def close(self) -> None:
        if self.protocol.state is OPEN:
            self.protocol.send_close(CloseCode.NORMAL_CLOSURE)
            self.flush()
            gevent.spawn_later(GRACE, self.hang_up)

    # What seats call

    def send_frame(self, frame: bytes) -> None:
        """Send what `frame_of` made. Silent on a closed line: whoever comes back asks for what it missed."""
        if self.protocol.state is OPEN:
            self.protocol.writes.append(frame)
            self.put_in_cork()

    # Incoming

    def receive(self) -> None:
        self.hub.wait(self.readable)  # at once where something waits; `recv` first would mostly find nothing
        try:
            data = self.raw.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        for part, is_message in self.shortcut.cut(data):
            if not is_message:
                self.obey(part)
            elif self.protocol.state is OPEN:
                self.hand_on(part)
        if not data:
            self.protocol.receive_eof()
            self.obey(b"")

    def obey(self, data: bytes) -> None:
        """Do what the library makes of these bytes."""
        if data:
            self.protocol.receive_data(data)
        for frame in self.protocol.events_received():
            self.take(frame)  # type: ignore[arg-type]
        if self.protocol.writes:
            self.flush()

    def take(self, frame: Frame) -> None:
        if frame.opcode in (TEXT, BINARY):
            self.is_text = frame.opcode is TEXT
            self.parts = []
        elif frame.opcode is not CONT:
            return
        self.shortcut.in_fragments = not frame.fin
        if frame.data:  # empty fragments cost their sender nothing, so they may cost us nothing either
            self.parts.append(bytes(frame.data))
        if frame.fin:
            self.deliver(b"".join(self.parts))
            self.parts = []

    def deliver(self, message: bytes) -> None:
        if not self.is_text:
            self.hand_on(message)
            return
        try:
            self.inbox.append(message.decode())
        except UnicodeDecodeError:
            self.protocol.fail(CloseCode.INVALID_DATA)

    def hand_on(self, message: bytes) -> None:
        if self.listener is None or self.inbox:  # order is kept by standing in line
            self.inbox.append(message)
        else:
            self.listener(message)

    # Outgoing

    def put_in_cork(self) -> None:
        if not self.corked:
            self.corked = True
            cork.add(self)

    def flush(self) -> None:
        """Send what is written. Never waits and never raises: it also runs in the hub."""
        self.corked = False
        data = b"".join(self.protocol.data_to_send())
        if self.gone or not data:
            return
        if self.owed:  # `trickle` is at work; order is kept by standing in line
            self.owe(memoryview(data))
            return
        try:
            sent = self.raw.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.hang_up()
            return
        if sent < len(data):
            self.owe(memoryview(data)[sent:])
            gevent.spawn(self.trickle)

    def owe(self, data: memoryview) -> None:
        self.late.append(data)
        self.owed += len(data)
        if self.owed > MAX_OWED:
            self.hang_up()

    def trickle(self) -> None:
        """Send the rest at the reader's pace."""
        try:
            while self.late and not self.gone:
                self.line.sendall(self.late[0])
                self.owed -= len(self.late.popleft())
        except OSError:
            self.hang_up()

    def hang_up(self) -> None:
        if not self.gone:
            self.gone = True
            self.late.clear()
            with suppress(OSError):  # the other side may have been quicker
                self.line.shutdown(SHUT_RDWR)
