"""Any link a person brings along: Teams, Whereby, a room of their own."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import requests

from integrations.errors import Refused
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Status
from integrations.oauth import Hosts

LONGEST = 1000
# As people read a link aloud, and as some calendars show it: "zoom.us/j/123".
BARE = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}(:\d+)?([/?#].*)?", re.IGNORECASE)
KNOWN = {
    "zoom.us": "Zoom",
    "meet.google.com": "Google Meet",
    "teams.microsoft.com": "Teams",
    "teams.live.com": "Teams",
    "meet.jit.si": "Jitsi",
    "whereby.com": "Whereby",
    "webex.com": "Webex",
}


class Pasted:
    """The link is checked for what it is, never fetched: what it leads to is between the two partners."""

    name = "pasted"
    label = "Paste a link"
    has_host_link = False
    hosts: Mapping[str, str] = {}
    oauth = None

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:  # noqa: ARG002 - nobody is asked
        """The meeting behind `plan.link`. Refused when that is no https link, or one that would show a password."""
        link = _with_scheme(plan.link.strip())
        return Meeting(_host(link), link)

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:  # noqa: ARG002
        """No answer of ours gets lost."""
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:  # noqa: ARG002
        """Somebody else's link stays as it is."""
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """Whoever made the link cancels it there."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:  # noqa: ARG002
        """Nobody we could ask."""
        return Status(MeetingStatus.UNKNOWN)

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:  # noqa: ARG002
        """Nobody is host by a link."""
        return ""

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """Nobody we could ask."""


provider = Pasted()


def named_by_host(link: str) -> str:
    """What people call the place a link leads to: "Zoom", or the bare host."""
    host = urlsplit(link).hostname or ""
    for domain, name in KNOWN.items():
        if host == domain or host.endswith(f".{domain}"):
            return name
    return host


def _with_scheme(link: str) -> str:
    return f"https://{link}" if BARE.fullmatch(link) else link


def _host(link: str) -> str:
    """The link's host in lower case. Raises Refused with what to mend."""
    if len(link) > LONGEST:
        raise Refused(f"This link is longer than {LONGEST} characters. Copy just the link to the call.")
    if any(character <= " " or character in '\\\x7f<>"' for character in link):
        raise Refused("There is more than a link in this field. Copy just the link to the call.")
    no_link = Refused("This is not a link that opens a call. It should begin with https://")
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise no_link from error
    if not host or parts.scheme != "https" or "." not in host:
        raise no_link
    if parts.username is not None or parts.password is not None:
        raise Refused("This link holds a name or password before the @. Copy one without.")
    if _opens_as_host(host, parts.path, parts.query):
        raise Refused("This link opens the call as its host, so it is for nobody else. Copy the invitation’s link.")
    return host[:200]


def _opens_as_host(host: str, path: str, query: str) -> bool:
    """Zoom's `start_url`: /s/<number>, with a key of its host's in `zak`."""
    is_zoom = host == "zoom.us" or host.endswith(".zoom.us")
    is_start = re.match(r"/s/|/wc/[0-9]+/start", path) is not None
    return "zak" in parse_qs(query) or (is_zoom and is_start)
