"""The simulated Teams' meetings: what may be said of one, and what is said back."""

import base64
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.simulators import clock

LOBBIES = {
    "organizer", "organization", "organizationAndFederated", "everyone", "invited", "organizationExcludingGuests",
}  # fmt: skip
CREATES: dict[str, type] = {
    "externalId": str,
    "startDateTime": str,
    "endDateTime": str,
    "subject": str,
    "participants": dict,
}
UPDATES: dict[str, type] = {
    "startDateTime": str, "endDateTime": str, "subject": str, "lobbyBypassSettings": dict, "recordAutomatically": bool,
    "isEntryExitAnnounced": bool, "allowedPresenters": str, "allowMeetingChat": str, "participants": dict,
}  # fmt: skip


class Refusal(Exception):
    """An error in Graph's form."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def checked(wish: Any, known: dict[str, type]) -> dict[str, Any]:
    """What Graph lets through."""
    if not isinstance(wish, dict):
        raise Refusal(400, "BadRequest", "Unable to read JSON request payload.")
    for name, value in wish.items():
        if name not in known or not isinstance(value, known[name]):
            raise Refusal(400, "BadRequest", f"The property '{name}' does not exist or has another type.")
    if wish.get("lobbyBypassSettings", {}).get("scope", "everyone") not in LOBBIES:
        raise Refusal(400, "BadRequest", "Invalid lobbyBypassSettings.")
    if "endDateTime" in wish and "startDateTime" not in wish:
        raise Refusal(400, "BadRequest", "endDateTime is provided without startDateTime.")
    starts_at, ends_at = (
        _instant(wish.get(name, clock.now().isoformat())) for name in ("startDateTime", "endDateTime")
    )
    if "endDateTime" in wish and ends_at < starts_at:
        raise Refusal(400, "BadRequest", "endDateTime is earlier than startDateTime.")
    return wish


def times(wish: dict[str, Any]) -> dict[str, str]:
    """Times as Graph gives them back: in UTC, with seven decimals."""
    names = [name for name in ("startDateTime", "endDateTime") if name in wish]
    return {name: _zulu(_instant(wish[name])) for name in names}


def made(wish: dict[str, Any], user_id: str, name: str, base: str) -> dict[str, Any]:
    """A new meeting, with the organisation's usual lobby. Without times it is an hour from now."""
    thread = f"19:meeting_{secrets.token_urlsafe(36)}@thread.v2"
    starts_at = wish.get("startDateTime") or _zulu(clock.now())
    ends_at = wish.get("endDateTime") or _zulu(_instant(starts_at) + timedelta(hours=1))
    context = quote(f'{{"Tid":"{uuid.uuid4()}","Oid":"{user_id}"}}')
    return {
        "@odata.context": f"{base}/v1.0/$metadata#users('{user_id}')/onlineMeetings/$entity",
        "id": base64.b64encode(f"1*{user_id}*0**{thread}".encode()).decode(),
        "creationDateTime": _zulu(clock.now()),
        "externalId": wish["externalId"],
        "subject": wish.get("subject"),
        "joinWebUrl": f"{base}/l/meetup-join/{quote(thread, safe='')}/0?context={context}",
        "isEntryExitAnnounced": True,
        "allowedPresenters": "everyone",
        "recordAutomatically": False,
        "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
        "participants": {
            "organizer": {"upn": name, "role": "presenter", "identity": {"user": {"id": user_id}}},
            "attendees": [],
        },
        **times({"startDateTime": starts_at, "endDateTime": ends_at}),
    }


def _instant(said: str) -> datetime:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as fault:
        raise Refusal(400, "BadRequest", "Cannot convert the literal to 'Edm.DateTimeOffset'.") from fault
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _zulu(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z"
