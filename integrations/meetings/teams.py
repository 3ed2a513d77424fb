"""Microsoft Teams meetings, for one connected person. https://learn.microsoft.com/graph/api/resources/onlinemeeting

Written from Microsoft's pages and from reports of others, as read in November 2026; never tried against the real
service. What neither states is marked "unverified".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import requests

from integrations.answers import Answer, ask, safe_link, trouble
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Obstacle, Status
from integrations.oauth import Account, Hosts, OAuth

MINE = "/v1.0/me/onlineMeetings"


def whose(http: requests.Session, hosts: Hosts, _claims: Mapping[str, Any]) -> Account:
    """Graph says who granted. The sign-in name can change, the id lasts."""
    answer = _asked(http, "GET", f"{hosts['graph']}/v1.0/me")
    if not answer.text("id"):
        raise LostAnswer("Microsoft did not say whose account this is. Connect again.")
    return Account(answer.text("id"), answer.text("mail") or answer.text("userPrincipalName"))


class Teams:
    """A meeting outside all calendars. Whoever has its link can come in, and nobody is told of it but by us."""

    name = "teams"
    label = "Microsoft Teams"
    has_host_link = False
    hosts: Mapping[str, str] = {
        # `organizations` leaves personal accounts out, for which Graph makes no meetings. An app that was registered
        # for one organisation alone needs that organisation's id in its place: TEAMS_LOGIN_URL.
        "login": "https://login.microsoftonline.com/organizations",
        "graph": "https://graph.microsoft.com",
    }
    oauth = OAuth(
        authorize="{login}/oauth2/v2.0/authorize",
        token="{login}/oauth2/v2.0/token",  # noqa: S106 - an address
        # Microsoft has no way to give up one grant: `revokeSignInSessions` would sign the person out everywhere.
        revoke="",
        whose=whose,
        scopes={
            "OnlineMeetings.ReadWrite": "to make, move, check and cancel the links of your sessions",
            "User.Read": "to know whose account this is",
            "offline_access": "to do so without asking you each time",
        },
        # Consent is for all or nothing, and answers name scopes in other words than requests do: as addresses
        # (https://graph.microsoft.com/User.Read), at times in lower case. A missing one shows at its first use.
        needs=frozenset(),
        asks=("OnlineMeetings.ReadWrite", "User.Read", "offline_access"),
        # A refresh brings a new refresh token and leaves the old one alive, so a lost answer loses nothing.
        rotates=False,
        taken_away_at="myapps.microsoft.com",
    )

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:
        """The meeting of this marker: asked again, Graph gives the one that it made (200 instead of 201).

        Who may pass the lobby can't be said in this call, only changed afterwards.
        """
        answer = _asked(
            http, "POST", f"{hosts['graph']}{MINE}/createOrGet", json={**_plan(plan), "externalId": plan.marker}
        )
        reference, link = answer.text("id"), safe_link(answer.body.get("joinWebUrl"), hosts)
        if not reference or len(reference) > 200 or not link:
            raise LostAnswer("Microsoft Teams sent an answer that can’t be read.")
        made = Meeting(reference, link)
        try:
            _put_right(http, hosts, made, plan)
        except IntegrationError as error:
            if answer.status != 201:
                raise LostAnswer(error.sentence) from error
            # Made, and at its time. The open lobby alone is missing: `status` says so, and `move` tries again.
        return made

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:  # noqa: ARG002
        """Graph can't look a marker up without making its meeting: `create` with the same marker is the look-up."""
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:
        """The same link with another time, and without anybody waiting in the lobby."""
        _put_right(http, hosts, meeting, plan)
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Answers 204. The link still opens a call, and opening it brings the meeting back (msgraph-docs#17590)."""
        try:
            _asked(http, "DELETE", _address(hosts, meeting))
        except Gone:
            return

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:
        """Its time and its door. Whether a call is going on, Graph tells only with rights that an administrator gives.

        Whether the organisation lets in people who aren't signed in at all, it doesn't tell either.
        """
        answer = _asked(http, "GET", _address(hosts, meeting))
        starts_at, ends_at = _moment(answer.text("startDateTime")), _moment(answer.text("endDateTime"))
        return Status(
            MeetingStatus.UNKNOWN,
            starts_at=starts_at,
            length=ends_at - starts_at if starts_at and ends_at else None,
            join_url=safe_link(answer.body.get("joinWebUrl"), hosts),
            obstacles=_obstacles(answer.body, account),
        )

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:  # noqa: ARG002
        """Teams knows its organizer by the account that is signed in."""
        return ""

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """Nothing here listens to Microsoft: its meetings are looked at."""


provider = Teams()


def _plan(plan: MeetingPlan) -> dict[str, Any]:
    """Graph takes instants. Without a start it would take this moment."""
    starts_at = plan.starts_at.replace(tzinfo=ZoneInfo(plan.zone)).astimezone(UTC)
    return {
        "subject": plan.title,
        "startDateTime": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{starts_at + plan.length:%Y-%m-%dT%H:%M:%SZ}",
    }


def _put_right(http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> None:
    open_door = {"lobbyBypassSettings": {"scope": "everyone"}, "recordAutomatically": False}
    try:
        _asked(http, "PATCH", _address(hosts, meeting), json=_plan(plan) | open_door)
    except Refused:
        # An organisation may insist on its lobby (how Graph then answers is unverified): the time still counts.
        _asked(http, "PATCH", _address(hosts, meeting), json=_plan(plan))


def _address(hosts: Hosts, meeting: Meeting) -> str:
    # Old ids look like "user_19:meeting_x@thread.skype", new ones like base64 of that.
    return f"{hosts['graph']}{MINE}/{quote(meeting.reference, safe='')}"


def _obstacles(said: Mapping[str, Any], account: str) -> frozenset[Obstacle]:
    found = set()
    if _inside(said, "lobbyBypassSettings", "scope") != "everyone":
        found.add(Obstacle.KNOCK)
    organizer = _inside(said, "participants", "organizer", "identity", "user", "id")
    if account and organizer not in {account, None}:
        found.add(Obstacle.OTHER_HOST)
    return frozenset(found)


def _inside(said: object, *names: str) -> object:
    for name in names:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said


def _moment(said: str) -> datetime | None:
    """Graph writes seven decimals, and the year 1 where it lost the time (msgraph-docs#16874)."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment.year > 1 else None


def _asked(http: requests.Session, method: str, url: str, **parts: Any) -> Answer:
    answer = ask(http, method, url, vendor="Microsoft Teams", **parts)
    if answer.is_good:
        return answer
    raise trouble(answer) or _said_no(answer)


def _said_no(answer: Answer) -> IntegrationError:
    code, words = (_inside(answer.body, "error", name) for name in ("code", "message"))
    said = words if isinstance(words, str) else ""
    if code == "AuthenticationError":  # what a personal account is told (msgraph-docs#13612)
        return Refused("Microsoft Teams makes links for work and school accounts only.")
    # A scope that was never granted is a 403 like any other; only its message tells it apart.
    if answer.status == 401 or said.startswith("Missing scope permissions"):
        return GrantRevoked("Microsoft Teams no longer lets Alongside in. Connect Microsoft Teams again.")
    if answer.status in {404, 410}:
        return Gone("This meeting is no longer at Microsoft Teams. Make a new link.")
    return Refused(f"Microsoft Teams says: {said[:200]}" if said else "Microsoft Teams did not accept this.")
