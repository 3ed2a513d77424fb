"""A provider on a free loopback port, with faults that can be switched on while it runs."""

import socket
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from flask import Flask, Response, jsonify, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

Kind = Literal["slow", "lost", "reset", "instead", "garbled"]


@dataclass
class Fault:
    """What goes wrong at `operation` ("POST /oauth/token"; a path may be a prefix), for the next `times` calls.

    slow     the work begins after `seconds`           lost     the work is done, the line drops before the answer
    reset    the line drops before any work            instead  `status` and `body` are answered, no work is done
    garbled  the work is done, `status` and `body` are answered
    """

    operation: str
    kind: Kind
    times: int = 1
    seconds: float = 0.0
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class QuietHandler(WSGIRequestHandler):
    """Says nothing: test output is for tests."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """As werkzeug's, silent."""


class Simulator:
    """One provider. `calls` counts operations; `wrong(Fault(...))` plans a fault; usable as a context manager."""

    def __init__(self) -> None:
        self.app = Flask("tests.simulators")
        self.calls: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.app.add_url_rule("/_simulator/faults", view_func=self._plan_fault, methods=["POST"])
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

    def _plan_fault(self) -> tuple[str, int]:
        self.wrong(Fault(**request.get_json()))
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
        with self.lock:
            response = Response.from_app(self.app, environ, buffered=True)
        if fault and fault.kind == "lost":
            _drop(environ)
        if fault and fault.kind == "garbled":
            response = _answer(fault)
        return response(environ, start_response)

    def _noted(self, operation: str) -> Fault | None:
        with self.lock:
            if not operation.partition(" ")[2].startswith("/_simulator/"):
                self.calls[operation] += 1
            for fault in self.faults:
                if operation.startswith(fault.operation):
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
                    return fault
        return None


def _answer(fault: Fault) -> Response:
    return Response(fault.body, fault.status, fault.headers)


def _drop(environ: dict[str, Any]) -> None:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
