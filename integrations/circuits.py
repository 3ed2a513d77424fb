"""Hosts in trouble are left alone for a while: nobody waits for what will not come, and they can get better.

It also keeps people connected: an answer that is lost while Zoom renews a grant costs somebody their connection, and a
question that isn't asked costs nothing.
"""

import threading
import time

import requests

MOST_FAILURES = 5  # in a row
PAUSE = 30.0  # seconds


class Open(requests.ConnectionError):
    """Not asked at all: this host failed too often just now."""


class Circuit:
    """One host as this process knows it. Times are seconds on any clock that never goes back."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_until = 0.0
        self._lock = threading.Lock()

    def admit(self, now: float) -> None:
        """Passes unless the host failed five times in a row; after half a minute it lets one try through.

        Raises Open. A try that never comes to `note` closes nothing and blocks nothing: the next follows by itself.
        """
        with self._lock:
            if self.failures < MOST_FAILURES:
                return
            if now < self.open_until:
                raise Open("left alone for a while: it failed too often")
            self.open_until = now + PAUSE

    def note(self, now: float, *, is_good: bool) -> None:
        """How a call ended."""
        with self._lock:
            self.failures = 0 if is_good else self.failures + 1
            self.open_until = now + PAUSE


_circuits: dict[str, Circuit] = {}


def admit(host: str) -> None:
    """Raises Open while calls to this host ("api.zoom.us") would only fail."""
    _circuit(host).admit(time.monotonic())


def note(host: str, *, is_good: bool) -> None:
    """How a call to this host ended."""
    _circuit(host).note(time.monotonic(), is_good=is_good)


def forget_all() -> None:
    """Every host is as good as new: for tests, and after the settings changed."""
    _circuits.clear()


def _circuit(host: str) -> Circuit:
    return _circuits.setdefault(host, Circuit())
