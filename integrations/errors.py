"""What can go wrong at someone else's machine, told apart by what the caller does next.

IntegrationError
├── GrantRevoked     connect again
├── Refused          tell the person, in the other side's words
├── Gone             it is no longer there: make a new one, or be glad that it is
└── Unavailable      try again later
    └── LostAnswer   ... but look first: the other side may have done it
"""

from datetime import datetime


class IntegrationError(Exception):
    """The other side did not do what was asked. The message is a sentence a person can read."""

    @property
    def sentence(self) -> str:
        """What happened and what to do."""
        return str(self)


class GrantRevoked(IntegrationError):
    """The person's grant no longer counts: they connect again."""


class Refused(IntegrationError):
    """The other side said no, and would say so again: the person is told why."""


class Gone(IntegrationError):
    """What was asked about is no longer at the other side."""


class Unavailable(IntegrationError):
    """No answer, or "not now": worth another try, after `until` (aware) when the other side named a time."""

    def __init__(self, sentence: str, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


class LostAnswer(Unavailable):
    """The question arrived and the answer didn't, or can't be read: it may have been done."""
