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


class MeetingProvider(Protocol):
    """What every provider's file defines as `provider`. What a vendor can't do is said by doing nothing.

    `hosts` names its machines with their public addresses, `oauth` is None where nobody needs an account. Verbs
    take an authorised session (a plain one without `oauth`) and the hosts to use, and raise IntegrationError alone.
    """

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hosts(self) -> Mapping[str, str]: ...
    @property
    def oauth(self) -> OAuth | None: ...

    def create(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting:
        """A new meeting. LostAnswer: it may exist, so `find` it before making another."""

    def find(self, http: requests.Session, hosts: Hosts, plan: MeetingPlan) -> Meeting | None:
        """The meeting that an unanswered `create` with this marker left behind, if any."""

    def move(self, http: requests.Session, hosts: Hosts, meeting: Meeting, plan: MeetingPlan) -> Meeting:
        """The meeting with the plan's time, length and title. Gone when the provider no longer has it."""

    def cancel(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> None:
        """No such meeting any more; none before is fine too."""

    def status(self, http: requests.Session, hosts: Hosts, meeting: Meeting) -> MeetingStatus:
        """Whether people are in it."""


@cache
def providers() -> Mapping[str, MeetingProvider]:
    """All providers by name."""
    found = (importlib.import_module(f"{__name__}.{module.name}").provider for module in pkgutil.iter_modules(__path__))
    return {provider.name: provider for provider in found}
