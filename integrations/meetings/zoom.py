"""Zoom meetings, for one connected person. https://developers.zoom.us/docs/api/meetings/"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import requests

from integrations.answers import Answer, ask, safe_link, trouble
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Status
from integrations.oauth import Account, Hosts, OAuth

MOST_PAGES = 5

# Zoom answers 400, not 401 or 403, to several kinds of dead grant: 4711 is a scope that was never granted, the others
# are tokens or apps switched off. https://github.com/zoom/zoomapps-sample-js/issues/25
REVOKED = frozenset({124, 4700, 4711, 4717, 4735, 4738, 4741})
NO_SUCH_MEETING = 3001


def whose(http: requests.Session, hosts: Hosts, _claims: Mapping[str, Any]) -> Account:
    """Zoom has no OpenID: the API says who granted."""
    answer = _asked(http, "GET", f"{hosts['api']}/v2/users/me")
    if not answer.text("id"):
        raise LostAnswer("Zoom did not say whose account this is. Connect again.")
    return Account(answer.text("id"), answer.text("email"))


class Zoom:
    """One plain meeting for each session: people who meet one to one move single sessions, not series."""

    name = "zoom"
    label = "Zoom"
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
            "user:read:user": "to know whose account this is",
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
        rotates=True,
        revokes="access",
    )

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:
        """A scheduled meeting with passcode and waiting room. `start_url` lets anybody in as host: it is never read."""
        wish = _when_and_what(plan) | {
            "type": 2,
            "agenda": _agenda(plan),
            "default_password": True,
            "settings": {
                "waiting_room": True,
                "join_before_host": False,
                "use_pmi": False,
                "auto_recording": "none",
                "email_notification": False,  # else Zoom writes letters of its own
            },
        }
        meeting = _meeting(_asked(http, "POST", f"{hosts['api']}/v2/users/me/meetings", json=wish).body, hosts)
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
        _asked(http, "PATCH", f"{hosts['api']}/v2/meetings/{meeting.reference}", json=_when_and_what(plan))
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Answers 204 without a body."""
        try:
            _asked(http, "DELETE", f"{hosts['api']}/v2/meetings/{meeting.reference}")
        except Gone:
            return

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:  # noqa: ARG002
        """Zoom forgets an ended instance's state: it says `waiting` again."""
        answer = _asked(http, "GET", f"{hosts['api']}/v2/meetings/{meeting.reference}")
        known = {"waiting": MeetingStatus.PLANNED, "started": MeetingStatus.LIVE}
        return Status(known.get(answer.text("status"), MeetingStatus.UNKNOWN))

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:
        """Zoom's `start_url`: whoever has it is the host for two hours."""
        return safe_link(
            _asked(http, "GET", f"{hosts['api']}/v2/meetings/{meeting.reference}").body.get("start_url"), hosts
        )


provider = Zoom()


def _when_and_what(plan: MeetingPlan) -> dict[str, Any]:
    return {
        "topic": plan.title[:200],
        "start_time": _start(plan.starts_at, plan.zone),
        "timezone": plan.zone,
        "duration": round(plan.length.total_seconds() / 60),
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
    """Ids are whole numbers here, and text in some webhooks: text at our edge, always."""
    number, link = said.get("id"), safe_link(said.get("join_url"), hosts)
    is_id = isinstance(number, int) or (isinstance(number, str) and number.isdecimal())
    return Meeting(str(number), link) if is_id and link else None


def _listed(http: requests.Session, hosts: Hosts) -> Iterator[Mapping[str, Any]]:
    page = ""
    for _ in range(MOST_PAGES):
        wish = {"type": "scheduled", "page_size": 300, "next_page_token": page}
        answer = _asked(http, "GET", f"{hosts['api']}/v2/users/me/meetings", params=wish)
        meetings = answer.body.get("meetings")
        yield from (each for each in meetings if isinstance(each, dict)) if isinstance(meetings, list) else ()
        page = answer.text("next_page_token")
        if not page:
            return


def _asked(http: requests.Session, method: str, url: str, **parts: Any) -> Answer:
    answer = ask(http, method, url, vendor="Zoom", **parts)
    if answer.is_good:
        return answer
    raise trouble(answer) or _said_no(answer)


def _said_no(answer: Answer) -> IntegrationError:
    code, words = answer.body.get("code"), answer.text("message")[:200]
    if answer.status == 401 or code in REVOKED:
        return GrantRevoked("Zoom no longer lets Alongside in. Connect Zoom again.")
    if answer.status == 404 and code == NO_SUCH_MEETING:
        return Gone("This meeting is no longer at Zoom. Make a new link.")
    return Refused(f"Zoom says: {words}" if words else "Zoom did not accept this.")
