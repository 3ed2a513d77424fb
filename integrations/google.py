"""Google's Meet API as one authorised person sees it: spaces, the calls held in them, and what a refusal means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import requests

from integrations.answers import Answer, ask, trouble
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused, Unavailable
from integrations.meetings import CallRun, Guest
from integrations.oauth import Hosts

# Google says "too much" as 403, too. https://developers.google.com/workspace/calendar/api/guides/errors
TOO_MUCH = frozenset(
    {"RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"}
)
NO_SCOPE = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})
LONGEST = 200  # characters of a name
JOINERS = "\u200c\u200d"  # names in Persian and Hindi are written with them
PAGES = 5  # of a list are read, of 100 rows each; two people's space has a handful
RUNS_WITH_GUESTS = 5  # the newest; each costs a call


@dataclass(frozen=True)
class MeetApi:
    """Meet, asked in one person's name."""

    http: requests.Session
    hosts: Hosts

    def asked(self, method: str, host: str, path: str, **parts: Any) -> Answer:
        """The answer, if it is a good one. Raises what `refused` makes of others."""
        answer = ask(self.http, method, f"{self.hosts[host]}/{path}", vendor="Google Meet", **parts)
        if answer.is_good:
            return answer
        raise trouble(answer) or refused(answer)

    def space(self, name: str) -> Mapping[str, Any]:
        """A space as it is now."""
        try:
            answer = self.asked("GET", "api", f"v2/{name}")
        except Refused as error:
            # A space can't be deleted. Google shows it to its owner, who may have connected another account since.
            words = "Google Meet shows this meeting only to the account that made it. The link still works."
            raise Refused(words) from error
        if answer.text("name") != name:
            raise LostAnswer("Google Meet sent an answer that can’t be read.")
        return answer.body

    def runs(self, space: str) -> tuple[CallRun, ...]:
        """The calls of the last 30 days, newest first. None where Google serves the account none of them.

        Whether it serves personal accounts is unverified.
        """
        try:
            records = self._rows("v2/conferenceRecords", filter=f'space.name = "{space}"')
            found = [run for each in records if (run := _run(each))]
        except (Refused, Gone):
            return ()
        with_guests = [replace(run, guests=self._guests(run)) for run in found[:RUNS_WITH_GUESTS]]
        return (*with_guests, *found[RUNS_WITH_GUESTS:])

    def _guests(self, run: CallRun) -> tuple[Guest, ...]:
        try:
            people = [
                each for each in self._rows(f"v2/{run.instance}/participants") if isinstance(each.get("name"), str)
            ]
            return tuple(_guest(run, each, stay) for each in people for stay in self._stays(each, run))
        except (Refused, Gone):
            return ()

    def _stays(self, who: Mapping[str, Any], run: CallRun) -> list[Mapping[str, Any]]:
        """While the call goes on, each coming and going by itself: who came back is in it, though they left once."""
        if run.ended_at is None:
            return self._rows(f"v2/{who['name']}/participantSessions")
        return [{"name": who["name"], "startTime": who.get("earliestStartTime"), "endTime": who.get("latestEndTime")}]

    def _rows(self, path: str, **params: str) -> list[Mapping[str, Any]]:
        """The rows of a list, which is called like the end of its path."""
        found: list[Mapping[str, Any]] = []
        for _ in range(PAGES):
            answer = self.asked("GET", "api", path, params={"pageSize": "100", **params})
            found += [row for row in _list(answer.body.get(path.rpartition("/")[2])) if isinstance(row, dict)]
            params["pageToken"] = answer.text("nextPageToken")
            if not params["pageToken"]:
                break
        return found


def refused(answer: Answer) -> IntegrationError:
    """What a 4xx of Google's means for the caller."""
    error = answer.body.get("error")
    said: Mapping[str, Any] = error if isinstance(error, dict) else {}
    reasons = _reasons(said)
    # A 403 is not always a refusal: only its reasons tell a missing scope and a full quota apart.
    if answer.status == 401 or reasons & NO_SCOPE:
        return GrantRevoked("Google Meet no longer lets Alongside in. Connect Google Meet again.")
    if reasons & TOO_MUCH:
        return Unavailable("Google Meet takes no more requests for this account just now.")
    if answer.status == 404:
        return Gone("This meeting is no longer at Google Meet. Make a new link.")
    words = _words(said.get("message"))
    return Refused(f"Google Meet says: {words}" if words else "Google Meet did not accept this.")


def moment(said: object) -> datetime | None:
    """An aware time, if that is what was said."""
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _run(record: Mapping[str, Any]) -> CallRun | None:
    name, started, ended = record.get("name"), moment(record.get("startTime")), moment(record.get("endTime"))
    is_readable = name and _words(name) == name and started and (ended or "endTime" not in record)
    return CallRun(str(name), started, ended) if is_readable else None


def _guest(run: CallRun, participant: Mapping[str, Any], stay: Mapping[str, Any]) -> Guest:
    people = (participant.get(f"{kind}User") for kind in ("signedin", "anonymous", "phone"))
    who: Mapping[str, Any] = next((each for each in people if isinstance(each, dict)), {})
    # The id is that of Google's directory; that it equals `sub` of an id_token is unverified.
    account = _words(who.get("user")).removeprefix("users/")
    key = _words(str(stay.get("name")).removeprefix(f"{run.instance}/"))
    came, went = moment(stay.get("startTime")), moment(stay.get("endTime"))
    return Guest(key, account, _words(who.get("displayName")), joined_at=came, left_at=went)


def _words(said: object) -> str:
    """What can be stored and shown, as far as there is room; empty for what are no words."""
    characters = said if isinstance(said, str) else ""
    return "".join(each for each in characters if each.isprintable() or each in JOINERS)[:LONGEST]


def _reasons(error: Mapping[str, Any]) -> frozenset[str]:
    rows = [*_list(error.get("details")), *_list(error.get("errors"))]
    said = [error.get("status"), *(row.get("reason") for row in rows if isinstance(row, dict))]
    return frozenset(each for each in said if isinstance(each, str))


def _list(said: object) -> list[Any]:
    return said if isinstance(said, list) else []
