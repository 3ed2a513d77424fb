"""A new key for what is kept: every grant is sealed anew with the newest one, while the server goes on.

It may be killed at any time and run again: what is done is done, and until the end both keys open everything.
"""

from dataclasses import dataclass

from sqlalchemy import select

from companion.db import transaction
from companion.model.connections import Connection
from companion.services import sealed

AT_ONCE = 100  # rows in one transaction, so that nobody who wants a token waits long


@dataclass(frozen=True)
class Resealed:
    """How many rows are under the newest key now that weren't, and how many no key of ours opens."""

    anew: int
    unreadable: int


def reseal() -> Resealed:
    """Seal every grant with the newest key. What can't be opened stays as it is: its key may have been forgotten only.

    Rows that are written meanwhile get the newest key by themselves.
    """
    anew = unreadable = done = 0
    while batch := _batch(after=done):
        done = batch.last
        anew, unreadable = anew + batch.anew, unreadable + batch.unreadable
    return Resealed(anew, unreadable)


@dataclass(frozen=True)
class _Batch(Resealed):
    last: int


def _batch(after: int) -> _Batch | None:
    with transaction() as tx:
        following = select(Connection).where(Connection.id > after).order_by(Connection.id).limit(AT_ONCE)
        rows = tx.scalars(following.with_for_update()).all()
        old = [row for row in rows if not sealed.is_newest(row)]
        opened = [(row, tokens) for row in old if (tokens := sealed.unseal(row))]
        for row, tokens in opened:
            row.sealed = sealed.seal(row, tokens)
    return _Batch(len(opened), len(old) - len(opened), rows[-1].id) if rows else None
