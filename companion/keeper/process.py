"""The keeper process: answers one request after another, and reads what was edited while none is waiting.

It ends when the socket does, and with its first panic: whatever yrs did not survive may have left more than one
document broken, and the parent reads from the progress mark which step it was.
"""

import os
import select
import signal
import socket
from collections.abc import Callable

from companion.keeper.documents import Documents, Unreadable
from companion.keeper.frames import Header, Inbox, Message, pack
from companion.keeper.progress import Progress, Stage
from companion.keeper.values import BadState

LONGEST_REQUEST = 30.0  # seconds. The parent is far quicker to end a hung keeper; this is for when it hangs itself.


class Server:
    """The loop over one socket."""

    def __init__(self, sock: socket.socket, progress: Progress) -> None:
        self._sock = sock
        self._progress = progress
        self._inbox = Inbox()
        self._documents = Documents(progress)

    def run(self) -> None:
        self._sock.sendall(pack({"ready": True}))
        while message := self._next():
            # SIGALRM ends the process by default, and the kernel sends it whoever holds Python's lock.
            signal.setitimer(signal.ITIMER_REAL, LONGEST_REQUEST)
            header, blobs = self._handle(*message)
            self._progress.step(Stage.idle)
            self._sock.sendall(pack(header | {"unreadable": self._documents.take_unreadable()}, blobs))
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _next(self) -> Message | None:
        """The next request; None when the parent is gone. Meanwhile a little of what can wait is done, per look."""
        while True:
            wait = self._documents.work()
            if not select.select([self._sock], [], [], wait)[0]:
                continue
            chunk = self._sock.recv(1 << 18)
            if not chunk:
                return None
            self._progress.step(Stage.idle)
            self._inbox.put(chunk)
            if message := self._inbox.take():
                return message

    def _handle(self, header: Header, blobs: list[bytes]) -> Message:
        do: Callable[..., Message] = getattr(self, f"_{header.pop('do')}")
        return do(blobs, **header)

    def _open(self, rows: list[bytes], counts: list[tuple[int, int]]) -> Message:
        """Each document's number and how many of the rows are its own. Room is made later: all are needed now."""
        for number, count in counts:
            self._documents.open(number, rows[:count])
            del rows[:count]
        return {}, []

    def _check(self, edits: list[bytes], numbers: list[int]) -> Message:
        verdicts = []
        for index, (number, edit) in enumerate(zip(numbers, edits, strict=True)):
            self._progress.step(Stage.edit, index)
            verdicts.append(self._documents.check(number, edit))
        return {"verdicts": verdicts, "gone": self._documents.evict()}, []

    def _answer(self, blobs: list[bytes], number: int) -> Message:
        try:
            answer = self._documents.answer(number, blobs[0])
        except BadState as error:
            return {"bad_state": str(error)}, []
        except Unreadable:
            return {}, []
        if answer is None:
            return {"later": True}, []
        return {"gone": self._documents.evict()}, [answer.update, answer.state]

    def _fold(self, rows: list[bytes]) -> Message:
        fold = self._documents.fold(rows)
        return {"page": fold.page}, [fold.snapshot]

    def _snapshot(self, rows: list[bytes]) -> Message:
        return {}, [self._documents.snapshot(rows)]

    def _prove(self, rows: list[bytes]) -> Message:
        return {"sound": self._documents.prove(rows)}, []

    def _read(self, _: list[bytes], number: int) -> Message:
        self._documents.read(number)
        return {}, []

    def _drop(self, _: list[bytes], numbers: list[int]) -> Message:
        self._documents.drop(numbers)
        return {}, []

    def _ping(self, _: list[bytes]) -> Message:
        return {}, []


def serve(sock: int, progress: int) -> None:
    """Serve on these inherited descriptors until the other end closes."""
    ours = socket.socket(fileno=sock)
    ours.settimeout(None)  # the other end may be gevent's, and a socket pair's two ends are born alike
    memory = Progress(progress)
    os.close(progress)  # mmap keeps its own
    Server(ours, memory).run()
