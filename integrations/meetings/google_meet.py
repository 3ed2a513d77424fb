"""Google Meet links as spaces of their own: no calendar is read or written. https://developers.google.com/workspace/meet/api"""

import re
from collections.abc import Mapping
from typing import Any

import requests

from integrations.answers import ask, safe_link, trouble
from integrations.errors import LostAnswer
from integrations.google import MeetApi, refused
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Obstacle, Status
from integrations.oauth import Account, Hosts, OAuth

MAKE_SPACES = "https://www.googleapis.com/auth/meetings.space.created"
# Both walk in. TRUSTED would make everybody outside the maker's organisation knock, and leave both outside when the
# maker joins from another account than the connected one. The link is the key, and only the partners are shown it.
OPEN = {"accessType": "OPEN", "entryPointAccess": "ALL"}
EVENTS = tuple(
    f"google.workspace.meet.{kind}.v2.{deed}"
    for kind, deed in (
        ("conference", "started"), ("conference", "ended"), ("participant", "joined"), ("participant", "left"),
    )
)  # fmt: skip
SPACE = re.compile(r"spaces/[^\s/?#\"]{1,180}")


def whose(_http: requests.Session, _hosts: Hosts, claims: Mapping[str, Any]) -> Account:
    """From the checked id_token. `sub` lasts; an address can change hands."""
    sub, email = claims.get("sub"), claims.get("email")
    if not isinstance(sub, str) or not sub:
        raise LostAnswer("Google did not say whose account this is. Connect again.")
    return Account(sub, email if isinstance(email, str) else "")


class GoogleMeet:
    """A space has a link and no time: moving and cancelling a session leave it as it is. The API has no delete."""

    name = "google_meet"
    label = "Google Meet"
    has_host_link = False
    hosts: Mapping[str, str] = {
        "accounts": "https://accounts.google.com",
        "tokens": "https://oauth2.googleapis.com",
        "keys": "https://www.googleapis.com",
        "api": "https://meet.googleapis.com",
        "events": "https://workspaceevents.googleapis.com",
    }
    oauth = OAuth(
        authorize="{accounts}/o/oauth2/v2/auth",
        token="{tokens}/token",  # noqa: S106 - an address
        revoke="{tokens}/revoke",
        whose=whose,
        scopes={
            "openid": "to know whose account this is",
            "email": "to show you which account it is",
            "https://www.googleapis.com/auth/userinfo.email": "to show you which account it is",  # its name in answers
            MAKE_SPACES: "to make Meet links and see whether a call in them began or ended; no other calls",
        },
        needs=frozenset({MAKE_SPACES}),  # people can untick single scopes
        asks=("openid", "email", MAKE_SPACES),
        asks_who=("openid", "email"),
        signs_in="Google",
        taken_away_at="myaccount.google.com/connections",
        # A refresh token comes for offline access only, and without `prompt` only at the very first consent.
        asking={"access_type": "offline", "prompt": "consent"},
        issuer="{accounts}",
        keys="{keys}/oauth2/v3/certs",
    )

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:  # noqa: ARG002 - a space has no time or title
        """A space that both can walk into."""
        answer = MeetApi(http, hosts).asked("POST", "api", "v2/spaces", json={"config": OPEN})
        name, link = answer.text("name"), safe_link(answer.text("meetingUri"), hosts)
        if not SPACE.fullmatch(name) or not link:
            raise LostAnswer("Google Meet sent an answer that can’t be read.")
        # The name lasts; a meeting code can be given to another meeting a year after its last use.
        return Meeting(name, link)

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:  # noqa: ARG002
        """Spaces can't be listed. One whose name never reached us stays empty and unknown, and harms nobody."""
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:  # noqa: ARG002
        """The link holds at any time. Doors that somebody closed are opened again, if the organisation allows it."""
        meet = MeetApi(http, hosts)
        if not _is_open(meet.space(meeting.reference)):
            mask = ",".join(f"config.{name}" for name in OPEN)
            meet.asked("PATCH", "api", f"v2/{meeting.reference}", params={"updateMask": mask}, json={"config": OPEN})
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Nothing at Google waits for anybody."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:  # noqa: ARG002
        """Whether the partner can walk in, and the calls of the last 30 days, after which Google forgets them."""
        meet = MeetApi(http, hosts)
        space, runs = meet.space(meeting.reference), meet.runs(meeting.reference)
        now = MeetingStatus.OVER if runs else MeetingStatus.UNKNOWN
        if space.get("activeConference") or any(run.ended_at is None for run in runs):
            now = MeetingStatus.LIVE
        obstacles = frozenset() if _is_open(space) else frozenset({Obstacle.KNOCK})
        return Status(now, join_url=safe_link(space.get("meetingUri"), hosts), obstacles=obstacles, runs=runs)

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:  # noqa: ARG002
        """Meet knows its host by the account that is signed in."""
        return ""

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """For seven days, mostly. Whether it serves personal accounts is unverified: looking stays the base."""
        wish = {
            "targetResource": f"//meet.googleapis.com/{meeting.reference}",
            "eventTypes": EVENTS,
            "notificationEndpoint": {"pubsubTopic": topic},
        }
        answer = ask(http, "POST", f"{hosts['events']}/v1/subscriptions", vendor="Google Meet", json=wish)
        there_already = 409  # one for each person and space
        if not answer.is_good and answer.status != there_already:
            raise trouble(answer) or refused(answer)


provider = GoogleMeet()


def _is_open(space: Mapping[str, Any]) -> bool:
    """Whether the doors stand as we set them; what Google leaves unsaid counts as ours."""
    config = space.get("config")
    return not isinstance(config, dict) or all(config.get(name, ours) == ours for name, ours in OPEN.items())
