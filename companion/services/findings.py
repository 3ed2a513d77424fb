"""What a look at this installation found, and the one call that such a look makes to itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integrations.answers import Answer, ask
from integrations.bounded import Session


class Verdict(StrEnum):
    """`warning`: it works, or may, but not as well as it could. `wrong`: people meet this fault."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and one sentence: what was seen and, unless all is well, what to do."""

    about: str
    verdict: Verdict
    sentence: str


def ask_ourselves(method: str, address: str, **parts: Any) -> Answer:
    """What our own address answers, asked as from outside. Raises Unavailable."""
    with Session() as http:
        return ask(http, method, address, vendor="Alongside", **parts)
