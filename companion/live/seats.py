"""Seat: one tab's place in a room."""

import secrets
import time
from enum import StrEnum
from typing import Any, Protocol

from companion.live.wire import Message
from companion.services.sit import Claim, Right

STALE = 2.0
"""Seconds for which a right that was looked up counts."""


class Why(StrEnum):
    """Why an edit was refused."""

    BAD = "bad"
    MISSING = "missing"
    CLOSED = "closed"
    TOO_BIG = "too_big"
    BUSY = "busy"


class Line(Protocol):
    """The part of engineio's socket that a seat uses; `ws` is there once a WebSocket is."""

    sid: str
    upgraded: bool
    closed: bool
    queue: Any
    server: Any


class Allowance:
    """How much one seat may ask of us: so many units a second, and so many at once after a pause."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst = rate, burst
        self.left, self.at = burst, time.monotonic()

    def take(self, units: float = 1.0) -> bool:
        """Whether there were that many left."""
        self._refill()
        if self.left < units:
            return False
        self.left -= units
        return True

    @property
    def is_whole(self) -> bool:
        """Nothing is used of it."""
        self._refill()
        return self.left >= self.burst

    def _refill(self) -> None:
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now


class Seat:
    """Who sits there, on which line, and what they may do. `told` once its tab has asked for the agenda.

    `is_out` once it left or was shown out: its line may live on, even in another room, and hears nothing of this one.
    `edits` is what its person may still write, on all their seats together.
    """

    def __init__(self, sid: str, line: Line, claim: Claim, right: Right, edits: "Allowance") -> None:
        self.id = secrets.token_urlsafe(6)
        self.sid = sid
        self.line = line
        self.claim = claim
        self.right, self.looked_up = right, time.monotonic()
        self.told = False
        self.is_out = False
        self.state: dict[str, Any] = {"field": None, "caret": None, "typing": False}
        self.edits = edits
        self.is_barred = False
        self.moves = Allowance(rate=30, burst=60)

    def allow(self, right: Right) -> None:
        """What was just looked up."""
        self.right, self.looked_up = right, time.monotonic()

    @property
    def is_stale(self) -> bool:
        """Its right has to be looked up again before it says anything."""
        return time.monotonic() - self.looked_up > STALE

    def as_seen(self) -> dict[str, Any]:
        """What the partner's tab learns of it."""
        return {"seat": self.id, "role": self.claim.role.value, "state": self.state}

    def hear(self, message: Message) -> None:
        """Send it. Past engineio's queue and its writer where nothing waits in them; that saves a third of the work."""
        if self.is_out:
            return
        ws = getattr(self.line, "ws", None)
        if ws is not None and self.line.upgraded and self.line.queue.empty():
            ws.send_frame(message.frame)
        else:
            self.line.server.send(self.line.sid, message.packet)

    def refuse(self, why: Why, n: int = 1) -> None:
        """Its next `n` edits that had no answer yet are not kept."""
        self.hear(Message("refused", {"why": why.value, "n": n}))
