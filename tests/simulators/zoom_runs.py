"""Calls as Zoom knows them: who is in them, what it says of them while they last and afterwards."""

import base64
import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulators import clock
from tests.simulators.zoom_webhooks import zulu

TURNS = itertools.count()
CONNECTIONS = itertools.count(16_778_240, 1024)


def uuid() -> str:
    """A new instance's name. Two of three hold what has to be encoded twice in a path."""
    plain = base64.b64encode(secrets.token_bytes(16)).decode()
    return (plain, f"/{plain[1:]}", f"{plain[:6]}//{plain[8:]}")[next(TURNS) % 3]


@dataclass
class Guest:
    """One connection of somebody to a call. `id` is their Zoom account, empty when they aren't signed in."""

    name: str
    id: str
    email: str
    key: str
    joined_at: datetime
    left_at: datetime | None = None


@dataclass
class Run:
    """One unbroken call at a meeting."""

    uuid: str
    started_at: datetime
    ended_at: datetime | None = None
    guests: list[Guest] = field(default_factory=list)

    @property
    def inside(self) -> list[Guest]:
        """Who is in it now."""
        return [guest for guest in self.guests if guest.left_at is None]


def come(run: Run, name: str, account: str, email: str) -> Guest:
    """Somebody new in the call, or the same person again over another connection."""
    guest = Guest(name, account, email, str(next(CONNECTIONS)), clock.now())
    run.guests.append(guest)
    return guest


def told(meeting: dict[str, Any], run: Run) -> dict[str, Any]:
    """The `object` of messages about a call: its number is text here."""
    names = ("host_id", "topic", "type", "timezone", "duration")
    here = {"id": str(meeting["id"]), "uuid": run.uuid, "start_time": zulu(run.started_at)}
    ended = {"end_time": zulu(run.ended_at)} if run.ended_at else {}
    return {**{name: meeting[name] for name in names}, **here, **ended}


def told_of(guest: Guest) -> dict[str, Any]:
    """The `participant` of such messages."""
    left = {"leave_time": zulu(guest.left_at), "leave_reason": "left the meeting"} if guest.left_at else {}
    when = left or {"join_time": zulu(guest.joined_at)}
    return {
        "user_id": guest.key,
        "user_name": guest.name,
        "id": guest.id,
        "participant_uuid": f"{guest.key}-{guest.id or 'guest'}",
        "email": guest.email,
        **when,
    }


def past(meeting: dict[str, Any], run: Run) -> dict[str, Any]:
    """What `past_meetings` answers about an ended call."""
    assert run.ended_at is not None
    minutes = round((run.ended_at - run.started_at).total_seconds() / 60)
    return {
        "uuid": run.uuid,
        "id": meeting["id"],
        "host_id": meeting["host_id"],
        "type": meeting["type"],
        "topic": meeting["topic"],
        "user_name": "Simulated Person",
        "user_email": meeting["host_email"],
        "start_time": zulu(run.started_at),
        "end_time": zulu(run.ended_at),
        "duration": minutes,
        "total_minutes": minutes * len(run.guests),
        "participants_count": len(run.guests),
        "dept": "",
        "source": "Alongside",
    }


def instance(run: Run) -> dict[str, Any]:
    """A row of a meeting's past instances."""
    return {"uuid": run.uuid, "start_time": zulu(run.started_at)}


def past_guest(guest: Guest) -> dict[str, Any]:
    """A row of a past call's participants."""
    assert guest.left_at is not None
    return {
        "id": guest.id,
        "user_id": guest.key,
        "name": guest.name,
        "user_email": guest.email,
        "join_time": zulu(guest.joined_at),
        "leave_time": zulu(guest.left_at),
        "duration": round((guest.left_at - guest.joined_at).total_seconds()),
        "registrant_id": "",
        "failover": False,
        "status": "in_meeting",
        "internal_user": False,
    }
