"""One bounded call to someone else's machine: what it answered, or why there is no answer."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.response import BaseHTTPResponse

from integrations.errors import IntegrationError, LostAnswer, Unavailable

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is empty where it is no JSON object: Zoom sends XML and plain text at times."""

    vendor: str
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        """The other side did it."""
        return 200 <= self.status < 300

    def text(self, name: str) -> str:
        """A field that should hold words; empty when it doesn't."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


def ask(http: requests.Session, method: str, url: str, *, vendor: str, **parts: Any) -> Answer:
    """Ask once, for at most 5 s to connect and 15 s in all. Raises Unavailable or LostAnswer; a refusal is an Answer.

    Redirects aren't followed: no API of ours uses them, and one to http would carry the token along in the open.
    """
    parts["headers"] = {"Accept": "application/json", "Accept-Encoding": "identity", **parts.get("headers", {})}
    try:
        with http.request(
            method, url, timeout=(CONNECT_SECONDS, TOTAL_SECONDS), allow_redirects=False, stream=True, **parts
        ) as response:
            deadline = time.monotonic() + TOTAL_SECONDS - response.elapsed.total_seconds()
            body = _object(_bytes(response.raw, deadline, vendor))
            return Answer(vendor, response.status_code, body, response.headers)
    except (requests.RequestException, HTTPError, OSError) as error:
        if _never_arrived(error):
            raise Unavailable(f"{vendor} can’t be reached just now.") from error
        raise LostAnswer(f"{vendor} did not answer in time.") from error


def trouble(answer: Answer) -> IntegrationError | None:
    """What every vendor means by 429, 5xx and by redirects; None where the vendor's own words count."""
    if answer.status == 429:
        until = not_before(answer.headers)
        when = f"until {until:%d %b, %H:%M} UTC" if until else "just now"
        return Unavailable(f"{answer.vendor} takes no more requests for this account {when}.", until)
    if answer.status >= 500 or 300 <= answer.status < 400:
        return LostAnswer(f"{answer.vendor} has trouble of its own just now.")
    return None


def not_before(headers: Mapping[str, str]) -> datetime | None:
    """The time a 429 names: Retry-After as seconds, HTTP date or (Zoom's daily limit) ISO time; else the reset header.

    Seconds count from the answer's own Date, so that our clock needn't agree with theirs.
    """
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        sent = _http_date(headers.get("Date", ""))
        return sent + timedelta(seconds=min(int(said), 86_400)) if sent else None
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if not said and reset.isdecimal() and len(reset) <= 10:
        return datetime.fromtimestamp(int(reset), UTC)
    return _iso(said) or _http_date(said)


def safe_link(value: object, hosts: Mapping[str, str]) -> str:
    """A link fit to be shown: https, or at one of our configured hosts. Empty when it isn't one."""
    if not isinstance(value, str) or len(value) > 2000 or any(character <= " " for character in value):
        return ""
    ours = tuple(f"{host}/" for host in hosts.values())
    return value if value.startswith(("https://", *ours)) else ""


def _bytes(raw: BaseHTTPResponse, deadline: float, vendor: str) -> bytes:
    gathered = bytearray()
    # read1 returns what has come so far; read() would let a server that drips one byte a second hold us for ever.
    while part := raw.read1(65_536):
        gathered += part
        if len(gathered) > MOST_BYTES or time.monotonic() > deadline:
            raise LostAnswer(f"{vendor} sent an answer without end.")
    return bytes(gathered)


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _never_arrived(error: Exception) -> bool:
    """Whether the question can't have been read: no connection came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError) or "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _http_date(said: str) -> datetime | None:
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except ValueError:
        return None


def _iso(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
