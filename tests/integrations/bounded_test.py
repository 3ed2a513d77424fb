import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from integrations import bounded
from integrations.bounded import Endless, Limits
from integrations.lines import Unreached
from tests.simulators.server import Fault, Simulator
from tests.waiting import until

SHORT = Limits(connect=0.1, total=0.3, most_bytes=1000)
SOON = 1.0  # seconds: what a busy machine may add
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Listener:
    """One line, as whoever listens meets it: what came, and whether the other side has hung up."""

    def __init__(self, says: bytes, pause: float, *, stays: bool) -> None:
        self.says, self.pause, self.stays = says, pause, stays
        self.heard = b""
        self.is_over = threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}/"

    def listen(self) -> None:
        try:
            line, _ = self.door.accept()
        except OSError:  # closed before anybody came
            return
        with line:
            line.settimeout(0.01)
            for part in [bytes([byte]) for byte in self.says] if self.pause else [self.says]:
                self._hear(line)
                line.sendall(part)
                time.sleep(self.pause)
            while self.stays and not self.is_over.is_set():
                self._hear(line)

    def _hear(self, line: socket.socket) -> None:
        try:
            part = line.recv(4096)
        except TimeoutError:
            return
        self.heard += part
        if not part:
            self.is_over.set()


@contextmanager
def listening(says: bytes = b"", pause: float = 0.0, *, stays: bool = True) -> Iterator[Listener]:
    listener = Listener(says, pause, stays=stays)

    def listen() -> None:
        try:
            listener.listen()
        except OSError:  # sent to somebody who has hung up
            listener.is_over.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.is_over.set()
        listener.door.close()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + SOON


def ask(url: str, **more: Any) -> requests.Response:
    with bounded.Session(SHORT) as http:
        return http.get(url, **more)


@pytest.mark.parametrize(
    ("says", "pause"),
    [(b"", 0), (HEAD + b"X-Long: " + 99 * b"x", 0.02), (HEAD + b"Content-Length: 99\r\n\r\n{" + 98 * b" ", 0.002)],
    ids=["silence", "a head byte by byte", "a body byte by byte"],
)
def test_a_call_ends_in_time_however_slowly_it_is_answered(says, pause):
    with listening(says, pause) as listener, at_most(SHORT.total), pytest.raises(requests.ReadTimeout):
        ask(listener.url)
    assert listener.heard.startswith(b"GET / HTTP/1.1\r\n")


def test_no_line_is_left_open_behind_a_call_that_was_given_up():
    with listening(HEAD + b"X-Long: " + 999 * b"x", 0.05) as listener:
        with pytest.raises(requests.ReadTimeout):
            ask(listener.url, timeout=99)
        until(listener.is_over.is_set)


def test_no_line_is_kept_for_the_next_call():
    with listening(HEAD + b"Content-Length: 2\r\n\r\n{}") as listener, bounded.Session() as http:
        assert http.get(listener.url).json() == {}
        until(listener.is_over.is_set)


def test_a_name_that_is_slow_to_look_up_costs_no_more_than_a_line_may_and_is_asked_nothing_later(monkeypatch):
    found, looked_up = threading.Event(), socket.getaddrinfo

    def slowly(*where, **more):
        found.wait(5)
        return looked_up(*where, **more)

    with listening() as listener:
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        with at_most(SHORT.connect), pytest.raises(Unreached), bounded.Session(Limits(connect=SHORT.connect)) as http:
            http.get(listener.url)
        found.set()
        until(listener.is_over.is_set)
        assert listener.heard == b""


def test_a_handshake_that_never_comes_means_that_nothing_was_asked():
    with listening() as listener, at_most(SHORT.total), pytest.raises(Unreached):
        ask(listener.url.replace("http:", "https:"))


def test_an_answer_that_breaks_off_is_no_answer():
    half = HEAD + b"Content-Length: 99\r\n\r\n{}"
    with listening(half, stays=False) as listener, pytest.raises(requests.ConnectionError):
        ask(listener.url)


def test_an_answer_longer_than_allowed_is_not_read_to_its_end():
    with Simulator() as vendor:
        vendor.wrong(Fault("GET /", "instead", status=200, body=1001 * "x"))
        with pytest.raises(Endless):
            ask(f"{vendor.url}/")


@pytest.mark.parametrize("way_on", [b"/elsewhere", b"http://[", b"http://127.0.0.1:1/", b"\xe4\xff"])
def test_no_redirect_is_followed_wherever_it_leads(way_on):
    with listening(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + way_on + b"\r\n\r\n") as listener:
        assert ask(listener.url, allow_redirects=True).status_code == 302


def test_an_answer_is_whole_when_it_is_given():
    with Simulator() as vendor, bounded.Session() as http:
        vendor.wrong(Fault("GET /", "instead", times=2, status=200, body='{"name": "Linh Phạm"}'))
        first, second = http.get(f"{vendor.url}/", stream=True), http.get(f"{vendor.url}/")
    assert first.json() == second.json() == {"name": "Linh Phạm"}


UNDER_GEVENT = """
from gevent import monkey; monkey.patch_all()
import gevent, requests, sys, time
from integrations import bounded

turns = []
def others():
    while True:
        turns.append(1)
        gevent.sleep(0.01)

others = gevent.spawn(others)
began = time.monotonic()
try:
    bounded.Session(bounded.Limits(total=0.3)).get(sys.argv[1])
except requests.ReadTimeout:
    print(time.monotonic() - began < 1.3, len(turns) > 10)
"""


def test_the_same_holds_under_gevent_and_everybody_else_goes_on_meanwhile():
    with listening(HEAD + b"X-Long: " + 999 * b"x", 0.02) as listener:
        command = [sys.executable, "-c", UNDER_GEVENT, listener.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout.split() == ["True", "True"], done.stderr
