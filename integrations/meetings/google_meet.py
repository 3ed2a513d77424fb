"""Google Meet links as spaces of their own: no calendar is read or written. https://developers.google.com/workspace/meet/api"""

from collections.abc import Mapping
from typing import Any

import requests

from integrations.answers import Answer, ask, safe_link, trouble
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer, Refused
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Status
from integrations.oauth import Account, Hosts, OAuth

MAKE_SPACES = "https://www.googleapis.com/auth/meetings.space.created"


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
    hosts: Mapping[str, str] = {
        "accounts": "https://accounts.google.com",
        "tokens": "https://oauth2.googleapis.com",
        "keys": "https://www.googleapis.com",
        "api": "https://meet.googleapis.com",
    }
    oauth = OAuth(
        authorize="{accounts}/o/oauth2/v2/auth",
        token="{tokens}/token",  # noqa: S106 - an address
        revoke="{tokens}/revoke",
        whose=whose,
        scopes={
            "openid": "to know whose account this is",
            "email": "to show you which account it is",
            MAKE_SPACES: "to make Meet links and see whether a call in them began or ended; no other calls",
        },
        needs=frozenset({MAKE_SPACES}),  # people can untick single scopes
        asks=("openid", "email", MAKE_SPACES),
        asks_who=("openid", "email"),
        signs_in="Google",
        # A refresh token comes for offline access only, and without `prompt` only at the very first consent.
        asking={"access_type": "offline", "prompt": "consent"},
        issuer="{accounts}",
        keys="{keys}/oauth2/v3/certs",
    )

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:  # noqa: ARG002 - a space has no time or title
        """A space that both can walk into.

        TRUSTED would make everybody outside the maker's organisation knock, and leave both outside when the maker
        joins from another account than the connected one. The link is the key, and only the two partners are shown it.
        """
        wish = {"config": {"accessType": "OPEN", "entryPointAccess": "ALL"}}
        answer = _asked(http, "POST", f"{hosts['api']}/v2/spaces", json=wish)
        name, link = answer.text("name"), safe_link(answer.text("meetingUri"), hosts)
        if not name.startswith("spaces/") or not link:
            raise LostAnswer("Google Meet sent an answer that can’t be read.")
        # The name lasts; a meeting code can be given to another meeting a year after its last use.
        return Meeting(name, link)

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:  # noqa: ARG002
        """Spaces can't be listed. One whose name never reached us stays empty and unknown, and harms nobody."""
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:  # noqa: ARG002
        """The link holds at any time."""
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Nothing at Google waits for anybody."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:  # noqa: ARG002
        """Live while the space holds a conference. Whether there has been one, the space doesn't say."""
        answer = _asked(http, "GET", f"{hosts['api']}/v2/{meeting.reference}")
        return Status(MeetingStatus.LIVE if answer.body.get("activeConference") else MeetingStatus.UNKNOWN)

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:  # noqa: ARG002
        """Meet knows its host by the account that is signed in."""
        return ""


provider = GoogleMeet()


def _asked(http: requests.Session, method: str, url: str, **parts: Any) -> Answer:
    answer = ask(http, method, url, vendor="Google Meet", **parts)
    if answer.is_good:
        return answer
    raise trouble(answer) or _said_no(answer)


def _said_no(answer: Answer) -> IntegrationError:
    error = answer.body.get("error")
    said: Mapping[str, Any] = error if isinstance(error, dict) else {}
    # A missing scope is a 403 like any other; only its details tell it apart.
    if answer.status == 401 or "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in str(said.get("details")):
        return GrantRevoked("Google Meet no longer lets Alongside in. Connect Google Meet again.")
    if answer.status == 404:
        return Gone("This meeting is no longer at Google Meet. Make a new link.")
    words = str(said.get("message") or "")[:200]
    return Refused(f"Google Meet says: {words}" if words else "Google Meet did not accept this.")
