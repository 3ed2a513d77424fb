"""What Google's APIs have in common: errors, quotas, pages, times, and a small filter grammar."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request

from tests.simulators import clock
from tests.simulators.faults import google_error

API = "https://www.googleapis.com/auth/"
CREATED, READONLY, SETTINGS = (f"{API}meetings.space.{name}" for name in ("created", "readonly", "settings"))
CALENDAR = f"{API}calendar.events"
# Calls a minute: of one user, of the whole project.
QUOTAS = {"create": (10, 100), "read": (600, 6000), "write": (100, 1000)}
CONDITION = re.compile(r'([a-z_.]+)\s*(?:(>=|<=|=|>|<)\s*"([^"]*)"|(IS NULL))')


class Refusal(Exception):
    """An API error in Google's form; see `google_error` for the two forms of a reason."""

    def __init__(self, code: int, status: str, message: str, reason: str = "", *, errors: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.answer = google_error(code, status, message, reason=reason, errors=errors)


class Quotas:
    """Calls of the last minute. `most` may be changed while it runs."""

    def __init__(self) -> None:
        self.most = dict(QUOTAS)
        self.calls: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def count(self, kind: str, account: str) -> None:
        """One more, unless user or project had too many."""
        windows = [self._recent(kind, whose) for whose in (account, "")]
        if any(len(window) >= most for window, most in zip(windows, self.most[kind], strict=True)):
            raise Refusal(429, "RESOURCE_EXHAUSTED", f"Quota exceeded for quota metric '{kind} requests'.")
        for window in windows:
            window.append(clock.now())

    def _recent(self, kind: str, whose: str) -> deque[datetime]:
        window = self.calls[kind, whose]
        while window and window[0] <= clock.now() - timedelta(minutes=1):
            window.popleft()
        return window


def page(name: str, rows: list[dict[str, Any]], usual: int, most: int) -> dict[str, Any]:
    """One page of a list; like Google's, an empty list is left out."""
    size = min(request.args.get("pageSize", 0, int) or usual, most)
    at = int(request.args.get("pageToken") or 0)
    answer: dict[str, Any] = {name: rows[at : at + size]} if rows[at : at + size] else {}
    return answer | ({"nextPageToken": str(at + size)} if at + size < len(rows) else {})


def fits(said: str, fields: Mapping[str, Callable[[dict[str, Any]], str | None]], row: dict[str, Any]) -> bool:
    """Whether a row passes the filter `said`: conditions on `fields` (name -> its value in a row), joined by AND."""
    return all(_holds(each.strip(), fields, row) for each in said.split(" AND ")) if said.strip() else True


def _holds(said: str, fields: Mapping[str, Callable[[dict[str, Any]], str | None]], row: dict[str, Any]) -> bool:
    found = CONDITION.fullmatch(said)
    if found is None or found[1] not in fields:
        raise Refusal(400, "INVALID_ARGUMENT", f"Invalid filter: {said}")
    value = fields[found[1]](row)
    if found[4]:
        return value is None
    if value is None:
        return False
    wanted = found[3]
    if found[1].endswith("time"):
        value, wanted = (_padded(each) for each in (value, wanted))
    tests = {
        "=": value == wanted,
        ">=": value >= wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        "<": value < wanted,
    }
    return tests[found[2]]


def _padded(said: str) -> str:
    try:
        return zulu(datetime.fromisoformat(said))
    except ValueError:
        raise Refusal(400, "INVALID_ARGUMENT", f"Invalid timestamp: {said}") from None


def zulu(moment: datetime) -> str:
    """As Google writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
