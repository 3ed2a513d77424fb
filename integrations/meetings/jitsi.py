"""Jitsi rooms: a link is a room, made by opening it. No account, no API. https://jitsi.github.io/handbook/"""

import secrets
from collections.abc import Mapping

import requests

from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Status
from integrations.oauth import Hosts


class Jitsi:
    """Whoever knows a room's name can enter, so the name is random. A room can't be moved, cancelled or asked."""

    name = "jitsi"
    label = "Jitsi"
    has_host_link = False
    hosts: Mapping[str, str] = {"rooms": "https://meet.jit.si"}
    oauth = None

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:  # noqa: ARG002 - nobody is asked
        """160 random bits. Hex, as Jitsi folds room names to lower case and would halve the alphabet of base64."""
        room = secrets.token_hex(20)
        return Meeting(room, f"{hosts['rooms']}/{room}")

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:  # noqa: ARG002
        """No answer of ours gets lost."""
        return None

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:  # noqa: ARG002
        """A room has no time."""
        return meeting

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """A room that nobody opens isn't there."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:  # noqa: ARG002
        """Jitsi tells nobody."""
        return Status(MeetingStatus.UNKNOWN)

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:  # noqa: ARG002
        """Nobody is host by a link."""
        return ""

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """Jitsi tells nobody."""


provider = Jitsi()
