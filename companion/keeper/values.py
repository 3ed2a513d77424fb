"""What the keeper answers with, and how it says no."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What became of one edit."""

    ok = "ok"
    bad = "bad"  # not an edit our pages can make: whoever sent it is not one of them
    missing = "missing"  # builds on edits that are not here: the sender resends by state vector
    too_big = "too_big"  # well-formed, but the agenda (or this text, or this list) is full
    busy = "busy"  # the agenda is long and was opened a moment ago: the sender tries again


@dataclass(frozen=True, slots=True)
class Answer:
    """`update` is what the asking browser lacks, `state` is the document's state vector (both Yjs v1)."""

    update: bytes
    state: bytes


@dataclass(frozen=True, slots=True)
class Fold:
    """A document as one Yjs update and as plain values (see `project.page`)."""

    snapshot: bytes
    page: dict[str, Any]


class KeeperGone(Exception):
    """No keeper process can be started, or each one dies at once: nothing can be checked now."""


class BadState(ValueError):
    """These bytes are no state vector of a document."""


class Poisoned(Exception):
    """The stored edits of this document break every process that reads them."""
