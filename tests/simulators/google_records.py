"""The calls held in Meet's spaces: one record each, with who was in it and when."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.google_api import CREATED, READONLY, Refusal, fits, page, zulu

if TYPE_CHECKING:
    from tests.simulators.google import Google

KEPT = timedelta(days=30)


@dataclass
class Stay:
    """One unbroken presence of one participant."""

    name: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass
class Participant:
    """`user` is `signedinUser` or `anonymousUser` as answered; coming back adds a stay."""

    name: str
    user: dict[str, Any]
    stays: list[Stay] = field(default_factory=list)

    @property
    def is_here(self) -> bool:
        return self.stays[-1].ended_at is None

    @property
    def display_name(self) -> str:
        return str(next(iter(self.user.values()))["displayName"])


@dataclass
class Record:
    """One call: from the first who comes until it ends. Coming back afterwards makes another."""

    name: str
    space: str
    started_at: datetime
    ended_at: datetime | None = None
    participants: list[Participant] = field(default_factory=list)


class Records:
    """All calls, and what the API tells of them."""

    def __init__(self, google: "Google") -> None:
        self.google = google
        self.rows: list[Record] = []
        record = "/v2/conferenceRecords/<record>"
        for rule, view in (
            ("/v2/conferenceRecords", self.listed),
            (record, self.get),
            (f"{record}/participants", self.participants),
            (f"{record}/participants/<participant>/participantSessions", self.stays),
        ):
            google.app.add_url_rule(rule, rule, view)

    def going_on(self, space: str) -> Record | None:
        """The call in this space now, if any."""
        return next((row for row in self.rows if row.space == space and row.ended_at is None), None)

    def start(self, space: str) -> Record:
        """The call that goes on there; a new one if none does."""
        running = self.going_on(space)
        if running is None:
            running = Record(f"conferenceRecords/{secrets.token_urlsafe(12)}", space, clock.now())
            self.rows.append(running)
            self.google.events.happened(space, "conference.v2.started", {"conferenceRecord": {"name": running.name}})
        return running

    def join(self, space: str, user: dict[str, Any]) -> None:
        """Somebody comes in; signed-in people are known again."""
        record = self.start(space)
        known = [each for each in record.participants if each.user == user and "signedinUser" in user]
        if not known:
            known = [Participant(f"{record.name}/participants/{len(record.participants) + 1}", user)]
            record.participants += known
        stay = Stay(f"{known[0].name}/participantSessions/{len(known[0].stays) + 1}", clock.now())
        known[0].stays.append(stay)
        self.google.events.happened(space, "participant.v2.joined", {"participantSession": {"name": stay.name}})

    def leave(self, space: str, name: str) -> None:
        """Somebody of this name goes; the last one ends the call."""
        record = self.going_on(space)
        if record is None:
            return
        here = [each for each in record.participants if each.is_here]
        for each in [each for each in here if each.display_name == name][:1]:
            self._gone(space, each)
            here.remove(each)
        if not here:
            self.end(space)

    def end(self, space: str) -> None:
        """The call is over for all."""
        record = self.going_on(space)
        if record is None:
            return
        for each in record.participants:
            if each.is_here:
                self._gone(space, each)
        record.ended_at = clock.now()
        self.google.events.happened(space, "conference.v2.ended", {"conferenceRecord": {"name": record.name}})

    def listed(self) -> Answer:
        """Newest start first; those of spaces this account owns, or was a guest in."""
        account = self._reader()
        fields = {
            "space.name": lambda row: row["space"],
            "space.meeting_code": lambda row: self.google.spaces[row["space"]]["meetingCode"],
            "start_time": lambda row: row["startTime"],
            "end_time": lambda row: row.get("endTime"),
        }
        said = request.args.get("filter", "")
        seen = [_record(row) for row in reversed(self.rows) if self._may_see(row, account)]
        rows = [row for row in seen if fits(said, fields, row)]
        return jsonify(page("conferenceRecords", rows, 25, 100))

    def get(self, record: str) -> Answer:
        """One."""
        return jsonify(_record(self._one(record)))

    def participants(self, record: str) -> Answer:
        """Newest first; no address, only an id of those who were signed in."""
        rows = [_participant(each) for each in reversed(self._one(record).participants)]
        fields = {
            "earliest_start_time": lambda row: row["earliestStartTime"],
            "latest_end_time": lambda row: row.get("latestEndTime"),
        }
        rows = [row for row in rows if fits(request.args.get("filter", ""), fields, row)]
        return jsonify(page("participants", rows, 100, 250))

    def stays(self, record: str, participant: str) -> Answer:
        """Every time somebody came."""
        name = f"conferenceRecords/{record}/participants/{participant}"
        found = [each for each in self._one(record).participants if each.name == name]
        if not found:
            raise Refusal(404, "NOT_FOUND", f"Requested entity was not found: {name}.")
        rows = [
            {"name": each.name, "startTime": zulu(each.began_at)}
            | ({"endTime": zulu(each.ended_at)} if each.ended_at else {})
            for each in reversed(found[0].stays)
        ]
        return jsonify(page("participantSessions", rows, 100, 250))

    def _reader(self) -> str:
        account = self.google.account(CREATED, READONLY)
        self.google.quotas.count("read", account)
        return account

    def _one(self, key: str) -> Record:
        account = self._reader()
        for row in self.rows:
            if row.name == f"conferenceRecords/{key}" and self._may_see(row, account):
                return row
        raise Refusal(404, "NOT_FOUND", f"Requested entity was not found: conferenceRecords/{key}.")

    def _may_see(self, record: Record, account: str) -> bool:
        mine = f"users/{self.google.sub(account)}"
        was_there = any(each.user.get("signedinUser", {}).get("user") == mine for each in record.participants)
        return record.space not in self.google.foreign and (self.google.owner(record.space) == account or was_there)

    def _gone(self, space: str, who: Participant) -> None:
        who.stays[-1].ended_at = clock.now()
        said = {"participantSession": {"name": who.stays[-1].name}}
        self.google.events.happened(space, "participant.v2.left", said)


def _record(row: Record) -> dict[str, Any]:
    said = {"name": row.name, "space": row.space, "startTime": zulu(row.started_at)}
    if row.ended_at is None:
        return said
    return said | {"endTime": zulu(row.ended_at), "expireTime": zulu(row.ended_at + KEPT)}


def _participant(each: Participant) -> dict[str, Any]:
    said = {"name": each.name, "earliestStartTime": zulu(each.stays[0].began_at), **each.user}
    left = each.stays[-1].ended_at
    return said | ({"latestEndTime": zulu(left)} if left else {})
