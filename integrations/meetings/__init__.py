"""Video calls at other people's machines. One file here is one provider; `providers()` finds them."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol

import requests

from integrations.oauth import Hosts, OAuth


@dataclass(frozen=True)
class MeetingPlan:
    """What is to be met for. `starts_at` is the naive wall time in `zone` (IANA), `fold` told by its own attribute.

    `marker` is unique to this plan and finds its meeting after a lost answer. `link` is what a person pasted, if any.
    """

    title: str
    starts_at: datetime
    zone: str
    length: timedelta
    marker: str
    link: str = ""


@dataclass(frozen=True)
class Meeting:
    """A meeting at its provider. `reference` is the provider's lasting name of it, always text."""

    reference: str
    join_url: str


class MeetingStatus(StrEnum):
    """What the provider knows of a meeting right now."""

    PLANNED = "planned"
    LIVE = "live"
    OVER = "over"
    UNKNOWN = "unknown"


class Obstacle(StrEnum):
    """Why the guest might not come in, though the link is right."""

    OTHER_HOST = (
        "other_host"  # the meeting belongs to another account than the connected one, so the host can't open it
    )
    SIGN_IN = "sign_in"  # only people signed in at the provider are let in
    KNOCK = "knock"  # outsiders have to be let in by somebody inside


@dataclass(frozen=True)
class Guest:
    """Somebody in a call. `account` is the provider's own id of a signed-in person, else empty.

    `key` is one connection of one person; whoever drops and comes back has another.
    """

    key: str
    account: str
    name: str
    email: str = ""
    joined_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class CallRun:
    """One unbroken call at a meeting: from the first who comes to the last who goes. A meeting can have several.

    Either end may be unknown (None); a run whose `started_at` alone is known is going on. `people` is how many came in
    all, where the provider counts them.
    """

    instance: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    guests: tuple[Guest, ...] = ()
    people: int | None = None


@dataclass(frozen=True)
class Status:
    """A meeting as its provider has it. Times are aware; None where the provider has none."""

    now: MeetingStatus
    starts_at: datetime | None = None
    length: timedelta | None = None
    join_url: str = ""
    obstacles: frozenset[Obstacle] = frozenset()
    runs: tuple[CallRun, ...] = ()


class MeetingProvider(Protocol):
    """What every provider's file defines as `provider`. What a vendor can't do is said by doing nothing.

    `hosts` names its machines with their public addresses, `oauth` is None where nobody needs an account,
    `has_host_link` says whether `host_url` gives one. Verbs take an authorised session (a plain one without `oauth`)
    and the hosts to use, and raise IntegrationError alone.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def has_host_link(self) -> bool: ...
    @property
    def hosts(self) -> Mapping[str, str]: ...
    @property
    def oauth(self) -> OAuth | None: ...

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:
        """A new meeting. LostAnswer: it may exist, so `find` it before making another."""

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:
        """The meeting that an unanswered `create` with this marker left behind, if any."""

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:
        """The meeting put right: the plan's time, length and title, and the partner can come in. Raises Gone."""

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """No such meeting any more; none before is fine too."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting, account: str) -> Status:
        """The meeting as it is there, with the calls held in it. `account` is the connected one's id. Raises Gone."""

    def host_url(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> str:
        """A fresh link that opens the call as its host, to be shown to nobody else and kept nowhere; empty without."""

    def subscribe(self, http: requests.Session, hosts: Hosts, meeting: Meeting, topic: str) -> None:
        """Have the vendor tell `topic` of the calls of this one meeting. Asking again changes nothing."""


@cache
def providers() -> Mapping[str, MeetingProvider]:
    """All providers by name."""
    found = (importlib.import_module(f"{__name__}.{module.name}").provider for module in pkgutil.iter_modules(__path__))
    return {provider.name: provider for provider in found}
