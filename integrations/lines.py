"""Calls that run beside their caller, who can leave in time and knows whether the question may have arrived."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import requests
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class Unreached(requests.ConnectionError):
    """There was no line to put the question on, so nobody can have read it."""


class Call:
    """One call and the thread it runs in. `line` is a second handle of its socket, to end it from outside."""

    def __init__(self, work: Callable[[], requests.Response]) -> None:
        self.work = work
        self.line: socket.socket | None = None
        self.is_asked = self.is_left = False
        self.connected, self.ended = threading.Event(), threading.Event()
        self.outcome: requests.Response | BaseException | None = None
        self._lock = threading.Lock()

    def within(self, connect: float, total: float) -> requests.Response:
        """What the work gave or raised. Raises Unreached after `connect` seconds without a line, and ReadTimeout after
        `total` without a whole answer.
        """
        deadline = time.monotonic() + total
        threading.Thread(target=self._run, daemon=True).start()
        is_over = False
        try:
            is_over = self.connected.wait(connect) and self.ended.wait(deadline - time.monotonic())
        finally:
            if not is_over:
                self._leave()
        if not is_over:
            raise requests.ReadTimeout("no whole answer in time") if self.is_asked else Unreached
        if isinstance(self.outcome, requests.Response):
            return self.outcome
        assert self.outcome is not None
        if not self.is_asked and isinstance(self.outcome, requests.RequestException):
            raise Unreached from self.outcome
        raise self.outcome

    def connects(self, line: socket.socket) -> None:
        """There is a line. Raises Unreached when the caller has left."""
        with self._lock:
            self._expect_caller()
            self.line = line.dup()
        self.connected.set()

    def asks(self) -> None:
        """From here on the question may arrive. Raises Unreached when the caller has left."""
        with self._lock:
            self._expect_caller()
            self.is_asked = True

    def _run(self) -> None:
        _here.call = self
        try:
            self.outcome = self.work()
        except BaseException as error:  # noqa: BLE001 - raised again where the call is awaited
            self.outcome = error
        with self._lock:
            if self.line is not None:
                self.line.close()
                self.line = None
        self.ended.set()
        self.connected.set()

    def _leave(self) -> None:
        with self._lock:
            self.is_left = True
            if self.line is not None:
                with suppress(OSError):  # the other side was quicker
                    self.line.shutdown(socket.SHUT_RDWR)

    def _expect_caller(self) -> None:
        if self.is_left:
            raise Unreached


class _Told:
    """A connection that tells its call how far it is."""

    def _new_conn(self) -> socket.socket:
        line: socket.socket = super()._new_conn()  # type: ignore[misc] # urllib3's, beside which this is mixed in
        try:
            _here.call.connects(line)
        except Unreached:
            line.close()
            raise
        return line

    def connect(self) -> None:
        super().connect()  # type: ignore[misc] # the same
        _here.call.asks()


class _Open(_Told, HTTPConnection):
    pass


class _Secure(_Told, HTTPSConnection):
    pass


class _OpenPool(HTTPConnectionPool):
    ConnectionCls = _Open


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_here = threading.local()


def telling(manager: PoolManager) -> None:
    """Let this manager's connections tell their calls."""
    manager.pool_classes_by_scheme = {"http": _OpenPool, "https": _SecurePool}
