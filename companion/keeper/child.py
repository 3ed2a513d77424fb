"""The parent's hold on one keeper process."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from companion.keeper.frames import Header, Inbox, Message, pack
from companion.keeper.progress import Mark, Progress
from companion.keeper.values import KeeperGone

LOOK = 0.02  # seconds between two looks at a working keeper's progress
MOST_WORK = 0.1  # seconds of its processor time without a step until it counts as hung
MOST_LOOKS = 75  # looks without a step until it counts as hung though it does nothing: 1.5 s
START = 10.0  # seconds that a start may take on a busy machine
BUFFER = 1 << 20


class Died(Exception):
    """The process ended or hung; `mark` says over what."""

    def __init__(self, mark: Mark) -> None:
        super().__init__(mark)
        self.mark = mark


class Child:
    """One process, and the numbers by which it knows documents. Not for two threads at once."""

    def __init__(self) -> None:
        """Start it; `wait_ready` before the first `ask`. Raises KeeperGone."""
        self.numbers: dict[str, int] = {}  # the documents it holds open
        self.names: dict[int, str] = {}
        self._last = 0
        self._inbox = Inbox()
        self._sock, theirs = socket.socketpair()
        memory = Progress.new_file()
        try:
            self._progress = Progress(memory)
            self._process = _start(theirs.fileno(), memory)
        finally:
            theirs.close()
            os.close(memory)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self) -> None:
        """Raises KeeperGone if the process doesn't come up."""
        self._sock.settimeout(START)
        try:
            while not self._inbox.take():
                self._receive()
        except (Died, TimeoutError) as error:
            self.end()
            raise KeeperGone("the keeper process does not start") from error
        self._sock.settimeout(LOOK)

    def number(self, doc: str) -> int:
        """A fresh number for a document that is about to be opened."""
        self._last += 1
        self.names[self._last] = doc
        self.numbers[doc] = self._last
        return self._last

    def forget(self, docs: Iterable[str]) -> list[int]:
        """These documents aren't open any more. Returns the numbers they had."""
        numbers = [self.numbers.pop(doc) for doc in docs if doc in self.numbers]
        for number in numbers:
            del self.names[number]
        return numbers

    def ask(self, header: Header, blobs: Sequence[bytes]) -> Message:
        """The reply to one request. Raises Died, and then the process is no more."""
        watch = Watch(self._progress, self.pid)
        try:
            self._send(pack(header, blobs), watch)
            while not (reply := self._inbox.take()):
                try:
                    self._receive()
                except TimeoutError:
                    watch.look()
        except Died:
            self.end()
            raise Died(self._progress.mark()) from None
        return reply

    def _send(self, data: bytes, watch: "Watch") -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except TimeoutError:
                watch.look()
            except OSError as error:
                raise Died(self._progress.mark()) from error

    def _receive(self) -> None:
        try:
            chunk = self._sock.recv(BUFFER)
        except TimeoutError:
            raise
        except OSError:
            chunk = b""
        if not chunk:
            raise Died(self._progress.mark())
        self._inbox.put(chunk)

    def end(self) -> None:
        """Kill it. `close` must follow."""
        self._process.kill()

    def close(self) -> None:
        """Reap the process and let go of what belonged to it."""
        self._process.kill()
        self._process.wait()
        self._sock.close()
        self._progress.close()


class Watch:
    """Tells a keeper that hangs from one that waits for a processor: a hang works and gets nowhere.

    On a busy machine 100 ms can pass without a turn for the keeper; killing it then would only add work. For one that
    neither works nor moves (stopped, or stuck in the kernel) looks are counted, not seconds: this process sleeps too.
    """

    def __init__(self, progress: Progress, pid: int) -> None:
        self._progress = progress
        # The processor clock of another process, as clock_getcpuclockid(3) makes it.
        self._clock = ~pid << 3 | 2
        self._steps = -1
        self._worked = 0.0
        self._looks = 0

    def look(self) -> None:
        """Raises Died if it hangs."""
        mark = self._progress.mark()
        try:
            worked = time.clock_gettime(self._clock)
        except OSError as error:
            raise Died(mark) from error
        if mark.steps != self._steps:
            self._steps, self._worked, self._looks = mark.steps, worked, 0
        self._looks += 1
        if worked - self._worked >= MOST_WORK or self._looks > MOST_LOOKS:
            raise Died(mark)


def _start(sock: int, progress: int) -> subprocess.Popen[bytes]:
    found = importlib.util.find_spec("pycrdt")  # finds it without importing it
    if not found or not found.submodule_search_locations:
        raise KeeperGone("pycrdt is not installed")
    boot = Path(__file__).with_name("boot.py")
    told = (sock, progress, os.getpid(), found.submodule_search_locations[0])
    return subprocess.Popen(  # noqa: S603 - every word of it is ours
        [sys.executable, "-I", "-S", boot, *map(str, told)],
        pass_fds=(sock, progress),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={},  # it needs no secrets
        start_new_session=True,  # Ctrl-C is for the web process, which may still have edits to check
    )
