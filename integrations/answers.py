"""One bounded call to someone else's machine: what it answered, or why there is no answer."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from integrations import bounded, circuits, lines
from integrations.errors import IntegrationError, LostAnswer, Unavailable

log = logging.getLogger(__name__)


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
    """Ask once, within the limits of a bound session. Raises Unavailable or LostAnswer; a refusal is an Answer."""
    parts["headers"] = {"Accept": "application/json", **parts.get("headers", {})}
    where = f"{method} {urlsplit(url).path}"
    try:
        response = http.request(method, url, allow_redirects=False, **parts)
        answer = Answer(vendor, response.status_code, object_in(response.content), response.headers)
    except (requests.RequestException, HTTPError, OSError) as error:
        log.warning("%s gave no answer: %s", vendor, type(error).__name__, extra={"asked": where})
        raise _unanswered(error, vendor) from error
    if not answer.is_good:
        level = logging.WARNING if answer.status == 429 or answer.status >= 500 else logging.INFO  # a no can be fine
        log.log(level, "%s answered %s", vendor, answer.status, extra={"asked": where, **_particulars(answer)})
    return answer


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


def object_in(content: bytes) -> Mapping[str, Any]:
    """The JSON object that was sent; empty where it is anything else."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _unanswered(error: Exception, vendor: str) -> Unavailable:
    if isinstance(error, circuits.Open):
        return Unavailable(f"{vendor} has trouble of its own just now. Try again in a minute.")
    if isinstance(error, lines.Unreached):
        return Unavailable(f"{vendor} can’t be reached just now.")
    if isinstance(error, bounded.Endless):
        return LostAnswer(f"{vendor} sent an answer without end.")
    return LostAnswer(f"{vendor} did not answer in time.")


def _particulars(answer: Answer) -> dict[str, Any]:
    """What a vendor's support asks for, and nothing that opens anything. The tracking id is Zoom's."""
    said = {"code": answer.body.get("code"), "error": answer.text("error")[:40]}
    said["tracking"] = answer.headers.get("x-zm-trackingid", "")[:200]
    return {name: value for name, value in said.items() if isinstance(value, int | str) and value}


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
