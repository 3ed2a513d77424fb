"""Meetings as Zoom keeps them: what a request may say, and what becomes of it."""

import random
import secrets
from datetime import UTC, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.simulators import clock
from tests.simulators.zoom_accounts import Refusal
from tests.simulators.zoom_runs import uuid
from tests.simulators.zoom_webhooks import zulu

# Names and types that requests may use. Zoom overlooks unknown names; we refuse them, so that a typing error is seen.
FIELDS: dict[str, type] = {
    "topic": str,
    "type": int,
    "start_time": str,
    "duration": int,
    "timezone": str,
    "password": str,
    "default_password": bool,
    "agenda": str,
    "settings": dict,
}
SETTINGS: dict[str, Any] = {
    "waiting_room": False,
    "join_before_host": False,
    "use_pmi": False,
    "auto_recording": "none",
    "email_notification": True,
    "meeting_authentication": False,
    "mute_upon_entry": False,
    "alternative_hosts": "",
    "alternative_hosts_email_notification": True,
    "approval_type": 2,
}
LONGEST = {"topic": 200, "agenda": 2000, "password": 10}
LISTED = ("id", "uuid", "host_id", "topic", "type", "start_time", "duration", "timezone", "created_at", "join_url")


def checked(said: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """The request, if Zoom would take it; `without` are names that this operation doesn't know."""
    wish = said if isinstance(said, dict) else _wrong("body")
    for name, value in wish.items():
        is_known = name in FIELDS and name not in without
        if not is_known or type(value) is not FIELDS[name] or len(str(value)) > LONGEST.get(name, 10_000):
            _wrong(name)
    for name, value in wish.get("settings", {}).items():
        if name not in SETTINGS or type(value) is not type(SETTINGS[name]):
            _wrong(f"settings.{name}")
    if wish.get("duration", 1) < 1:
        _wrong("duration")
    return wish


def made(wish: dict[str, Any], host_id: str, email: str, base: str) -> dict[str, Any]:
    """A new meeting. Without a start, or with a past one, it becomes an instant meeting of now."""
    number = random.randint(80_000_000_000, 99_999_999_999)  # 11 digits: no int32
    zone = wish.get("timezone", "UTC")
    start = _instant(wish["start_time"], zone) if "start_time" in wish else None
    is_past = start is None or start < clock.now()
    settings = SETTINGS | wish.get("settings", {})
    settings["join_before_host"] = settings["join_before_host"] and not settings["waiting_room"]
    return {
        "id": number,
        "uuid": uuid(),
        "host_id": host_id,
        "host_email": email,
        "topic": wish.get("topic", "Zoom Meeting"),
        "agenda": wish.get("agenda", ""),
        "type": 1 if is_past else wish.get("type", 2),
        "status": "waiting",
        "start_time": zulu(clock.now() if is_past or start is None else start),
        "timezone": zone,
        "duration": wish.get("duration", 60),
        "created_at": zulu(clock.now()),
        "join_url": f"{base}/j/{number}?pwd={secrets.token_urlsafe(12)}",
        "start_url": start_url(base, number),
        "password": wish.get("password") or (secrets.token_hex(3) if wish.get("default_password", True) else ""),
        "settings": settings,
        "creation_source": "open_api",
    }


def start_url(base: str, number: int) -> str:
    """Whoever has it is the host, for two hours: another one each time."""
    return f"{base}/s/{number}?zak={secrets.token_urlsafe(24)}"


def change(meeting: dict[str, Any], wish: dict[str, Any]) -> None:
    """PATCH: only what was sent changes."""
    for name in ("topic", "agenda", "duration", "timezone", "password"):
        meeting[name] = wish.get(name, meeting[name])
    meeting["settings"] = meeting["settings"] | wish.get("settings", {})
    if "start_time" in wish:
        start = _instant(wish["start_time"], meeting["timezone"])
        if start >= clock.now():
            meeting["start_time"] = zulu(start)


def in_list(meeting: dict[str, Any]) -> dict[str, Any]:
    """A row of the list."""
    return {name: meeting[name] for name in LISTED} | {"agenda": meeting["agenda"][:250]}


def _instant(said: str, zone: str) -> datetime:
    """With Z: UTC. Without: local time in `zone`. With an offset: read as if it were UTC, a well-known trap."""
    try:
        moment = datetime.fromisoformat(said)
        there = ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError):
        _wrong("start_time or timezone")
    if moment.tzinfo is not None:
        return moment.replace(tzinfo=UTC)
    return moment.replace(tzinfo=there).astimezone(UTC)


def _wrong(name: str) -> NoReturn:
    raise Refusal.of_field(name)
