"""Starts keeper processes ahead of need and reaps them afterwards, in one thread that lives as long as they do.

One lasting thread, because the kernel ends a child with the *thread* that started it (see `boot.die_with`). Under
gevent this "thread" is a greenlet of the main thread, which serves as well.
"""

import queue
import threading

from companion.keeper.child import START, Child
from companion.keeper.values import KeeperGone

Order = Child | None  # reap this one; or start one


class Spares:
    """Always one process in hand, ready."""

    def __init__(self) -> None:
        self._orders: queue.Queue[Order] = queue.Queue()
        self._ready: queue.Queue[Child | KeeperGone] = queue.Queue()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeper-spares", daemon=True)
        self._thread.start()
        self._orders.put(None)

    def take(self) -> Child:
        """A running process; the next one is started meanwhile. Raises KeeperGone."""
        while True:
            self._orders.put(None)
            try:
                child = self._ready.get(timeout=2 * START)
            except queue.Empty as error:
                raise KeeperGone("no keeper process came up") from error
            if isinstance(child, KeeperGone):
                raise child
            if child.is_running():
                return child
            self._orders.put(child)

    def give_back(self, child: Child) -> None:
        """Have a process ended and reaped."""
        child.end()
        self._orders.put(child)

    def stop(self) -> None:
        """End what is in hand, and the thread."""
        self._ended.set()
        self._orders.put(None)
        self._thread.join(START)

    def _work(self) -> None:
        while (order := self._orders.get()) or not self._ended.is_set():
            if order:
                order.close()
            else:
                self._start()
        while not self._ready.empty():
            child = self._ready.get()
            if isinstance(child, Child):
                child.close()

    def _start(self) -> None:
        try:
            child = Child()
        except (OSError, KeeperGone) as error:
            self._ready.put(KeeperGone(str(error)))
            return
        try:
            child.wait_ready()
        except KeeperGone as error:
            child.close()
            self._ready.put(error)
        else:
            self._ready.put(child)
