"""Zoom's messages to the product: signed, posted over HTTP, and tried again when they aren't taken."""

import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.simulators import clock

SECRET = "simulated-webhook-secret"
TAKEN = {200, 204}
ANSWER_WITHIN = 3.0
RETRIES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))
LOOK_EVERY = 0.5  # seconds between two looks for messages that are due again


@dataclass
class Message:
    """One message on its way. `due` moves on with each try that wasn't taken."""

    event: str
    raw: bytes
    made_at: datetime
    due: datetime
    tries: int = 0
    statuses: list[int] = field(default_factory=list)


def message(event: str, payload: dict[str, Any], at: datetime | None = None) -> Message:
    """As Zoom writes it: compact, UTF-8 as it is, milliseconds."""
    now = at or clock.now()
    body = {"event": event, "payload": payload, "event_ts": int(now.timestamp() * 1000)}
    return Message(event, json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), now, now)


def signed(raw: bytes, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    """The headers Zoom sends along with these bytes. The header counts in seconds."""
    stamp = str(int((at or clock.now()).timestamp()))
    proof = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": stamp,
        "x-zm-signature": f"v0={proof}",
        "x-zm-trackingid": f"v=2.0;clid=sim;rid=WEB_{secrets.token_hex(8)}",
    }


def zulu(moment: datetime) -> str:
    """A time as Zoom writes it: whole seconds, UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Webhooks:
    """What is to be said, in `outbox`: reorder, repeat or drop there, then `deliver`. Nothing goes by itself.

    `delivered` holds what was taken and what was given up after the fourth try.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self.lock = lock
        self.url = ""
        self.secret = SECRET
        self.outbox: list[Message] = []
        self.delivered: list[Message] = []
        self.signs_retries_anew = True  # nobody knows whether the real one does
        self.stirred = threading.Event()

    def say(self, event: str, payload: dict[str, Any]) -> None:
        """Put a message in the outbox."""
        with self.lock:
            self.outbox.append(message(event, payload))
        self.stirred.set()

    def deliver(self) -> list[int]:
        """Post all that is due, in the outbox's order; the statuses that came back (0: no answer within 3 s)."""
        with self.lock:
            due = [each for each in self.outbox if each.due <= clock.now()]
        return [self._try(each) for each in due]

    def post(self, sent: Message) -> int:
        """One message, once, whatever became of it before."""
        at = None if self.signs_retries_anew or not sent.tries else sent.made_at
        return self._posted(sent.raw, signed(sent.raw, self.secret, at))[0]

    def validate(self) -> bool:
        """Zoom's question on saving the address, and every 72 hours: whether it is us, within 3 s."""
        plain = secrets.token_urlsafe(16)
        asked = message("endpoint.url_validation", {"plainToken": plain})
        status, body = self._posted(asked.raw, signed(asked.raw, self.secret))
        proof = hmac.new(self.secret.encode(), plain.encode(), hashlib.sha256).hexdigest()
        return status == 200 and body == {"plainToken": plain, "encryptedToken": proof}

    def run(self, stopping: threading.Event) -> None:
        """Deliver whatever comes up until `stopping`; to be run in a thread of its own."""
        while not stopping.is_set():
            self.stirred.wait(LOOK_EVERY)
            self.stirred.clear()
            self.deliver()

    def _try(self, sent: Message) -> int:
        status = self.post(sent)
        with self.lock:
            sent.statuses.append(status)
            sent.tries += 1
            if status in TAKEN or sent.tries > len(RETRIES):
                self.outbox = [each for each in self.outbox if each is not sent]
                self.delivered.append(sent)
            else:
                sent.due = clock.now() + RETRIES[sent.tries - 1]
        return status

    def _posted(self, raw: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        try:
            answer = requests.post(self.url, raw, headers=headers, timeout=ANSWER_WITHIN, allow_redirects=False)
            return answer.status_code, answer.json() if answer.content and answer.ok else None
        except (requests.RequestException, ValueError):
            return 0, None
