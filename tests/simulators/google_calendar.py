"""Calendar v3: events with Meet links that come at once, later, or not at all. The product uses none of it yet."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from flask import jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.google_api import CALENDAR, Refusal, zulu

if TYPE_CHECKING:
    from tests.simulators.google import Google

OWN_ID = re.compile(r"[a-v0-9]{5,1024}")
FIELDS = {
    "id", "summary", "description", "location", "start", "end", "attendees", "recurrence", "reminders",
    "extendedProperties", "source", "visibility", "guestsCanModify", "guestsCanInviteOthers", "conferenceData",
}  # fmt: skip
MEET = {"type": "hangoutsMeet"}


class Calendar:
    """Every account's primary calendar, by address and event id; deleted events stay, cancelled.

    The next conferences stay `pending` for so many GETs; with `fails` they come to nothing. Accounts in
    `without_meet` can have none. `invitations` are the mails that `sendUpdates` sent: who, about which event.
    """

    def __init__(self, google: "Google") -> None:
        self.google = google
        self.events: dict[tuple[str, str], dict[str, Any]] = {}
        self.waits: dict[str, int] = {}
        self.pending = 0
        self.fails = False
        self.without_meet: set[str] = set()
        self.invitations: list[tuple[str, str]] = []
        rows, row = "/calendar/v3/calendars/<calendar>/events", "/calendar/v3/calendars/<calendar>/events/<key>"
        for rule, view, method in (
            (rows, self.insert, "POST"),
            (rows, self.listed, "GET"),
            (row, self.get, "GET"),
            (row, self.patch, "PATCH"),
            (row, self.delete, "DELETE"),
        ):
            google.app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])

    def insert(self, calendar: str) -> Answer:
        """200 with the event. An id of one's own makes it repeatable: 409, also after deletion."""
        account = self._account(calendar)
        wish = _checked(request.get_json(silent=True))
        key = wish.get("id") or secrets.token_hex(13)
        if not OWN_ID.fullmatch(key):
            raise _invalid("Invalid resource id value.")
        if (account, key) in self.events:
            raise Refusal(409, "", "The requested identifier already exists.", errors="duplicate")
        if "start" not in wish or "end" not in wish:
            raise Refusal(400, "", "Missing end time.", errors="required")
        event = {
            "kind": "calendar#event",
            "id": key,
            "status": "confirmed",
            "htmlLink": f"{self.google.url}/calendar/event?eid={key}",  # the calendar's page, not the meeting's
            "created": zulu(clock.now()),
            "creator": {"email": account, "self": True},
            "organizer": {"email": account, "self": True},
            "iCalUID": f"{key}@google.com",
            "sequence": 0,
            "eventType": "default",
        }
        self._write(account, event, wish)
        self.events[account, key] = event
        return jsonify(event)

    def listed(self, calendar: str) -> Answer:
        """All, or those with a private property: `privateExtendedProperty=name=value`."""
        account = self._account(calendar)
        name, _, value = request.args.get("privateExtendedProperty", "").partition("=")
        mine = [event for (whose, _), event in self.events.items() if whose == account]
        shown = [event for event in mine if event["status"] != "cancelled" or "showDeleted" in request.args]
        if name:
            shown = [each for each in shown if _private(each).get(name) == value]
        return jsonify(kind="calendar#events", items=shown)

    def get(self, calendar: str, key: str) -> Answer:
        """Deleted ones too, as cancelled. Each time a pending conference comes nearer."""
        event = self._event(self._account(calendar), key)
        if self.waits.get(key):
            self.waits[key] -= 1
            if not self.waits[key]:
                self._settle(event)
        return jsonify(event)

    def patch(self, calendar: str, key: str) -> Answer:
        """Only what was sent; arrays are replaced whole."""
        account = self._account(calendar)
        event = self._alive(account, key)
        self._write(account, event, _checked(request.get_json(silent=True)))
        event["sequence"] += 1
        return jsonify(event)

    def delete(self, calendar: str, key: str) -> tuple[str, int]:
        """204; again: 410."""
        account = self._account(calendar)
        event = self._alive(account, key)
        event["status"] = "cancelled"
        self._invite(event)
        return "", 204

    def _write(self, account: str, event: dict[str, Any], wish: dict[str, Any]) -> None:
        # Without conferenceDataVersion=1 the wish for a conference is overlooked, without a word.
        wanted = wish.get("conferenceData", {}).get("createRequest") if _version() else None
        request_id = event.get("conferenceData", {}).get("createRequest", {}).get("requestId")
        if wanted:
            if wanted.get("conferenceSolutionKey", MEET) != MEET or account in self.without_meet:
                raise _invalid("Invalid conference type value.")
            if wanted.get("requestId") != request_id:  # the same one again is ignored
                self._ask_for_conference(event, wanted["requestId"])
        event |= {name: value for name, value in wish.items() if name not in {"id", "conferenceData"}}
        event |= {"updated": zulu(clock.now()), "etag": f'"{secrets.randbelow(10**16)}"'}
        self._invite(event)

    def _ask_for_conference(self, event: dict[str, Any], request_id: str) -> None:
        asked = {"requestId": request_id, "conferenceSolutionKey": MEET, "status": {"statusCode": "pending"}}
        event["conferenceData"] = {"createRequest": asked}
        if self.pending:
            self.waits[event["id"]] = self.pending
        else:
            self._settle(event)

    def _settle(self, event: dict[str, Any]) -> None:
        conference = event["conferenceData"]
        conference["createRequest"]["status"]["statusCode"] = "failure" if self.fails else "success"
        if self.fails:
            return
        code = "-".join("".join(secrets.choice("abcdefghijkmnop") for _ in range(size)) for size in (3, 4, 3))
        link = f"{self.google.url}/meet/{code}"
        event["hangoutLink"] = link
        conference["conferenceId"] = code
        conference["conferenceSolution"] = {"key": MEET, "name": "Google Meet"}
        conference["entryPoints"] = [{"entryPointType": "video", "uri": link, "label": f"meet.google.com/{code}"}]

    def _invite(self, event: dict[str, Any]) -> None:
        said = request.args.get("sendUpdates", "none")
        if said not in {"all", "externalOnly", "none"}:
            raise _invalid("Invalid sendUpdates value.")
        if said != "none":
            self.invitations += [(each["email"], event["id"]) for each in event.get("attendees", [])]

    def _account(self, calendar: str) -> str:
        account = self.google.account(CALENDAR)
        if unquote(calendar) not in {"primary", account}:
            raise Refusal(404, "", "Not Found", errors="notFound")
        return account

    def _event(self, account: str, key: str) -> dict[str, Any]:
        if (account, key) not in self.events:
            raise Refusal(404, "", "Not Found", errors="notFound")
        return self.events[account, key]

    def _alive(self, account: str, key: str) -> dict[str, Any]:
        event = self._event(account, key)
        if event["status"] == "cancelled":
            raise Refusal(410, "", "Resource has been deleted", errors="deleted")
        return event


def _version() -> bool:
    return request.args.get("conferenceDataVersion") == "1"


def _private(event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = event.get("extendedProperties", {}).get("private", {})
    return found


def _checked(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict) or set(said) - FIELDS:
        raise _invalid("Invalid JSON payload received.")
    for name in {"start", "end"} & set(said):
        _check_time(said[name])
    return said


def _check_time(said: dict[str, Any]) -> None:
    parse: Callable[[str], datetime] = datetime.fromisoformat
    try:
        moment = parse(said["dateTime"])
    except (KeyError, TypeError, ValueError):
        raise _invalid("Invalid start time.") from None
    if moment.tzinfo is None and "timeZone" not in said:
        raise Refusal(400, "", "Missing time zone definition for start time.", errors="required")


def _invalid(words: str) -> Refusal:
    return Refusal(400, "", words, errors="invalid")
