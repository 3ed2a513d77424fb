"""Zoom meetings, for one connected person. https://developers.zoom.us/docs/api/meetings/"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests

from integrations.answers import Answer, safe_link
from integrations.errors import Gone, LostAnswer
from integrations.meetings import CallRun, Meeting, MeetingPlan, MeetingStatus, Obstacle, Status
from integrations.oauth import Account, Hosts, OAuth
from integrations.zoom import IN_MEETING, asked, moment, number, runs

SCHEDULED = 2
MOST_PAGES = 5
MOST_MINUTES = 10_000


def whose(http: requests.Session, hosts: Hosts, _claims: Mapping[str, Any]) -> Account:
    """Zoom has no OpenID: the API says who granted."""
    answer = asked(http, "GET", f"{hosts['api']}/v2/users/me")
    if not answer.text("id"):
        raise LostAnswer("Zoom did not say whose account this is. Connect again.")
    return Account(answer.text("id"), answer.text("email"))


class Zoom:
    """One plain meeting for each session: people who meet one to one move single sessions, not series."""

    name = "zoom"
    label = "Zoom"
    has_host_link = True
    hosts: Mapping[str, str] = {"oauth": "https://zoom.us", "api": "https://api.zoom.us"}
    oauth = OAuth(
        authorize="{oauth}/oauth/authorize",
        token="{oauth}/oauth/token",  # noqa: S106 - an address
        revoke="{oauth}/oauth/revoke",
        whose=whose,
        # Nothing is sent as `scope`: an app's scopes are set in its Marketplace entry.
        scopes={
            "meeting:write:meeting": "to make the link",
            "meeting:read:meeting": "to see that it is still there, and that a call began or ended",
            "meeting:read:list_meetings": "to find a link whose answer got lost, instead of making a second one",
            "meeting:update:meeting": "to move it with your session",
            "meeting:delete:meeting": "to cancel it with your session",
            "meeting:read:past_meeting": "to know when a call ended, if Zoom forgets to say so",
            # For the messages about who came and left; the name of this scope is from memory, unverified.
            "meeting:read:participant": "to show you both who is in the call",
            "user:read:user": "to know whose account this is",
            IN_MEETING: "to stand beside the call inside Zoom",
        },
        needs=frozenset(
            {
                "meeting:write:meeting",
                "meeting:read:meeting",
                "meeting:read:list_meetings",
                "meeting:update:meeting",
                "meeting:delete:meeting",
                "user:read:user",
            }
        ),
        signs_in="Zoom",
        taken_away_at="marketplace.zoom.us, under Manage, Added Apps",
        rotates=True,
        revokes="access",
    )

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:
        """A scheduled meeting with passcode and waiting room. `start_url` lets anybody in as host: it is never read."""
        wish = _when_and_what(plan) | {"type": SCHEDULED, "agenda": _agenda(plan), "default_password": True}
        meeting = _meeting(asked(http, "POST", f"{hosts['api']}/v2/users/me/meetings", json=wish).body, hosts)
        if meeting is None:
            raise LostAnswer("Zoom sent an answer that can’t be read.")
        return meeting

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:
        """Zoom has no idempotency key, so the marker is looked for in the agendas of the person's meetings."""
        for said in _listed(http, hosts):
            if plan.marker in str(said.get("agenda")):
                return _meeting(said, hosts)
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:
        """The same link with another time. Zoom ignores a new start that is already past."""
        asked(http, "PATCH", _address(hosts, meeting), json=_when_and_what(plan))
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Answers 204 without a body."""
        try:
            asked(http, "DELETE", _address(hosts, meeting))
        except Gone:
            return

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:
        """The account's policy can override what was asked for, so obstacles are read from the answer's settings."""
        answer = asked(http, "GET", _address(hosts, meeting))
        starts_at, length = moment(answer.body.get("start_time")), answer.body.get("duration")
        held = runs(http, hosts, meeting.reference, answer)
        return Status(
            _now(answer.text("status"), starts_at, held),
            starts_at,
            timedelta(minutes=length) if isinstance(length, int) and 0 < length < MOST_MINUTES else None,
            safe_link(answer.body.get("join_url"), hosts),
            _obstacles(answer, account),
            held,
        )

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:
        """Zoom's `start_url`: whoever has it is the host for two hours."""
        return safe_link(asked(http, "GET", _address(hosts, meeting)).body.get("start_url"), hosts)

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """Zoom tells of all its meetings at once, as its app is set up."""


provider = Zoom()


def _address(hosts: Hosts, meeting: Meeting) -> str:
    return f"{hosts['api']}/v2/meetings/{meeting.reference}"


def _when_and_what(plan: MeetingPlan) -> dict[str, Any]:
    """What creating and putting right have in common. The host opens the door; nobody else has to sign in."""
    return {
        "topic": plan.title[:200],
        "start_time": _start(plan.starts_at, plan.zone),
        "timezone": plan.zone,
        "duration": round(plan.length.total_seconds() / 60),
        "settings": {
            "waiting_room": True,
            "join_before_host": False,
            "meeting_authentication": False,
            "use_pmi": False,
            "auto_recording": "none",
            "email_notification": False,  # else Zoom writes letters of its own
            "alternative_hosts_email_notification": False,
        },
    }


def _start(wall: datetime, zone: str) -> str:
    """Local time without offset: Zoom reads an offset as if it were UTC (calcom/cal.diy#3238).

    An hour that happens twice can't be told apart so; there the instant is sent in UTC, and `timezone` only shows it.
    """
    there = wall.replace(tzinfo=ZoneInfo(zone))
    if there.replace(fold=0).utcoffset() == there.replace(fold=1).utcoffset():
        return f"{wall:%Y-%m-%dT%H:%M:%S}"
    return f"{there.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _agenda(plan: MeetingPlan) -> str:
    # Lists cut agendas at 250 characters: the marker stays well inside.
    return f"Planned with Alongside. Reference {plan.marker}"


def _meeting(said: Mapping[str, Any], hosts: Hosts) -> Meeting | None:
    reference, link = number(said.get("id")), safe_link(said.get("join_url"), hosts)
    return Meeting(reference, link) if reference and link else None


def _now(word: str, starts_at: datetime | None, held: tuple[CallRun, ...]) -> MeetingStatus:
    """Zoom forgets that a call was held: then the meeting is `waiting` again, and its past calls tell."""
    ends = [run.ended_at for run in held if run.ended_at]
    if word == "waiting":
        return MeetingStatus.OVER if ends and starts_at and max(ends) > starts_at else MeetingStatus.PLANNED
    return MeetingStatus.LIVE if word == "started" else MeetingStatus.UNKNOWN


def _obstacles(answer: Answer, account: str) -> frozenset[Obstacle]:
    settings = answer.body.get("settings")
    demands = settings if isinstance(settings, dict) else {}
    host = answer.text("host_id")
    met = {
        Obstacle.OTHER_HOST: bool(account and host and host != account),
        Obstacle.SIGN_IN: any(demands.get(name) is True for name in ("meeting_authentication", "enforce_login")),
    }
    return frozenset(obstacle for obstacle, is_met in met.items() if is_met)


def _listed(http: requests.Session, hosts: Hosts) -> Iterator[Mapping[str, Any]]:
    page = ""
    for _ in range(MOST_PAGES):
        wish = {"type": "scheduled", "page_size": 300, "next_page_token": page}
        answer = asked(http, "GET", f"{hosts['api']}/v2/users/me/meetings", params=wish)
        meetings = answer.body.get("meetings")
        yield from (each for each in meetings if isinstance(each, dict)) if isinstance(meetings, list) else ()
        page = answer.text("next_page_token")
        if not page:
            return
