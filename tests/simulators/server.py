"""A provider on a free loopback port, with faults that can be switched on while it runs."""

import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple, Self

from flask import Flask, Response, jsonify, request
from werkzeug.http import http_date
from werkzeug.routing import Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.faults import Fault, named

BYTES = 10_000_000
DRIPPING_FOR = 60.0  # seconds after which even the most patient have hung up
KEPT = 2000  # exchanges


class Exchange(NamedTuple):
    """What was asked and what the simulator's own answer was, before any fault spoilt it."""

    operation: str
    query: str
    sent: bytes
    status: int
    answer: bytes


class Unbuilt(Rule):
    """A rule for reading addresses only. Werkzeug compiles a builder for each, which takes most of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Any:  # noqa: ARG002 - Werkzeug's signature
        """As Werkzeug's, but for nobody: no page here asks for an address by its rule."""
        return lambda *_: ("", "")


class Pages(Flask):
    """A Flask application that starts quickly, as there is one for each test."""

    url_rule_class = Unbuilt


class QuietHandler(WSGIRequestHandler):
    """Says nothing: test output is for tests."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """As werkzeug's, silent."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """For the header Date: the simulators' own time."""
        return http_date(clock.now() if timestamp is None else timestamp)


class Simulator:
    """One provider. `calls` counts operations, `exchanges` keeps what was said; usable as a context manager.

    `goes_wrong("lost answer")` plans a fault by name, `wrong(Fault(...))` one made to measure; so does
    POST /_simulator/faults, with {"name": "lost answer", "at": "POST /token", "times": 2} or a Fault's own parts.
    DELETE ends them all. POST /_simulator/call {"meeting": …, "action": "join", "name": "Mateo"} is a person at a call.
    """

    def __init__(self) -> None:
        self.app = Pages("tests.simulators")
        self.calls: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.exchanges: deque[Exchange] = deque(maxlen=KEPT)
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.app.add_url_rule("/_simulator/faults", view_func=self._plan_fault, methods=["POST"])
        self.app.add_url_rule("/_simulator/faults", "no_faults", self._end_faults, methods=["DELETE"])
        self.app.add_url_rule("/_simulator/call", view_func=self._call, methods=["POST"])
        self.app.add_url_rule("/_simulator/calls", view_func=lambda: jsonify(dict(self.calls)))
        self.server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=QuietHandler
        )
        self.server.daemon_threads = True  # type: ignore[attr-defined] # of the threaded kind
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def settings(self) -> dict[str, str]:
        """The product's settings that lead to this simulator."""
        raise NotImplementedError

    def wrong(self, fault: Fault) -> None:
        """Let this go wrong."""
        with self.lock:
            self.faults.append(fault)

    def goes_wrong(self, name: str, at: str = "", times: int = 1, **more: Any) -> None:
        """Let this go wrong, in this provider's own words (`tests.simulators.faults`)."""
        self.wrong(named(type(self).__name__.lower(), name, at, times, **more))

    def happens(self, meeting: str, action: str, name: str, email: str = "") -> None:
        """Somebody does this at a call: start, join, leave or end."""
        raise NotImplementedError

    def _plan_fault(self) -> tuple[str, int]:
        said = request.get_json()
        if "name" in said:
            self.goes_wrong(**said)
        else:
            self.wrong(Fault(**said))
        return "", 204

    def _end_faults(self) -> tuple[str, int]:
        with self.lock:
            self.faults.clear()
        return "", 204

    def _call(self) -> tuple[str, int]:
        said = request.get_json()
        meeting = str(said.get("meeting") or said.get("number") or said.get("space"))
        self.happens(meeting, said["action"], said.get("name", "Somebody"), said.get("email", ""))
        return "", 204

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        operation = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        fault = self._noted(operation)
        if fault and fault.kind == "slow":
            self.stopping.wait(fault.seconds)
        if fault and fault.kind == "reset":
            _drop(environ)
        if fault and fault.kind == "instead":
            return _answer(fault)(environ, start_response)
        environ["simulator.fault"] = fault.body if fault and fault.kind == "altered" else ""
        sent = _whole(environ)
        with self.lock:
            response: Answer = Response.from_app(self.app, environ, buffered=True)
        self.exchanges.append(Exchange(operation, environ["QUERY_STRING"], sent, response.status_code, response.data))
        if fault:
            response = self._spoilt(response, fault, environ)
        return response(environ, start_response)

    def _spoilt(self, response: Answer, fault: Fault, environ: dict[str, Any]) -> Answer:
        """What becomes of the answer to work that was done."""
        if fault.kind == "lost":
            _drop(environ)
        if fault.kind in {"drip", "trickle"}:
            self._drip(environ, fault)
        if fault.kind == "huge":
            return Response('{"padding": "' + "x" * BYTES + '"}', content_type="application/json")
        return _answer(fault) if fault.kind == "garbled" else response

    def _drip(self, environ: dict[str, Any], fault: Fault) -> None:
        head = b"HTTP/1.1 200 OK\r\n" + (
            b"Content-Type: text/plain\r\n\r\n" if fault.kind == "trickle" else b"X-More: "
        )
        line: socket.socket = environ["werkzeug.socket"]
        until = time.monotonic() + DRIPPING_FOR
        with suppress(OSError):
            line.sendall(head)
            while time.monotonic() < until and not self.stopping.wait(fault.seconds):
                line.sendall(b"x")
        _drop(environ)

    def _noted(self, operation: str) -> Fault | None:
        is_ours = operation.partition(" ")[2].startswith("/_simulator/")
        with self.lock:
            if not is_ours:
                self.calls[operation] += 1
            for fault in self.faults if not is_ours else ():
                if operation.startswith(fault.operation):
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
                    return fault
        return None


def _answer(fault: Fault) -> Response:
    return Response(fault.body, fault.status, fault.headers)


def _whole(environ: dict[str, Any]) -> bytes:
    """The body, left for the next reader too."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    return body


def _drop(environ: dict[str, Any]) -> None:
    with suppress(OSError):  # the other side may be gone already
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
