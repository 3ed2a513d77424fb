"""What providers tell us unasked. One file here reads one provider's messages; `hooks()` finds them by its name."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Protocol

from integrations.meetings import Guest


class Kind(StrEnum):
    """What happened. `look`: something did, ask the provider what. `deleted`: ask too; believe it where we may not."""

    STARTED = "started"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"
    LOOK = "look"
    DELETED = "deleted"
    DEAUTHORISED = "deauthorised"


@dataclass(frozen=True)
class Event:
    """One thing that a provider told us. `key` is the same when it says it again, and nobody else's.

    `reference` names the meeting as `Meeting.reference` does, `instance` the run of it, `account` its host, or the
    person who took our app away. `started_at` and `ended_at` are of the run, as far as the message says.
    """

    key: str
    kind: Kind
    at: datetime
    reference: str = ""
    instance: str = ""
    account: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    guest: Guest | None = None


@dataclass(frozen=True)
class Challenge:
    """The provider tests whether it is us: `answer` is what it wants to hear, as JSON."""

    answer: Mapping[str, str] = field(repr=False)


class Forged(Exception):
    """Not from the provider, or too old to tell. The message says why, for the log, without what was sent."""


class Hook(Protocol):
    """How one provider's messages are read."""

    @property
    def settings(self) -> tuple[str, ...]:
        """What the settings must name for messages to be taken: `WEBHOOK_SECRET` is `ZOOM_WEBHOOK_SECRET` for Zoom."""

    def read(
        self, headers: Mapping[str, str], raw: bytes, said: Mapping[str, str], now: datetime
    ) -> Event | Challenge | None:
        """What a message says; None for what we have no use for. `raw` are the bytes as they came, `said` the settings
        by those names, and the hosts by theirs. Raises Forged, before a byte of the body is believed.
        """


@cache
def hooks() -> Mapping[str, Hook]:
    """All hooks by provider name."""
    found = {
        module.name: importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
    }
    return {name: module.hook for name, module in found.items()}
