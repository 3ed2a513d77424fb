"""What is kept for browsers that nobody is signed in on: consents that they began and have not finished."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.errors import TooMany
from companion.model.people import Visit
from companion.services import devices

LIFE = timedelta(hours=1)
PER_NETWORK = 20  # visits begun in an hour, as for letters: whoever comes with a new cookie each time shuts nobody out
MOST = 10_000  # rows: whoever has many networks fills no disk; the oldest give way
BEGUN = "begun"


def kept(visitor_hash: str) -> dict[str, Any]:
    """What is kept for this browser; nothing after an hour."""
    with reading() as tx:
        visit = tx.get(Visit, visitor_hash)
        return dict(visit.kept) if visit is not None and visit.seen_at > clock.now() - LIFE else {}


def keep(visitor_hash: str, asked_from: str, changes: dict[str, Any]) -> None:
    """Change what is kept for this browser; None forgets a name. Raises TooMany.

    `asked_from` is the hash of its network, which has a row too: it counts the visits begun there in an hour.
    """
    now = clock.now()
    with transaction() as tx:
        tx.execute(delete(Visit).where(Visit.seen_at <= now - LIFE))
        visit = tx.get(Visit, visitor_hash, with_for_update=True) or _begun(tx, visitor_hash, asked_from)
        visit.kept, visit.seen_at = devices.changed(visit.kept, changes), now


def take(visitor_hash: str, name: str) -> Any:  # noqa: ANN401 - whatever was kept
    """What is kept by this name, which is forgotten at once: of two who ask, one gets it. None without."""
    with transaction() as tx:
        visit = tx.get(Visit, visitor_hash, with_for_update=True)
        if visit is None or visit.seen_at <= clock.now() - LIFE:
            return None
        found, visit.kept = visit.kept.get(name), devices.changed(visit.kept, {name: None})
        return found


def _begun(tx: Transaction, visitor_hash: str, asked_from: str) -> Visit:
    too_old = select(Visit.visitor_hash).order_by(Visit.seen_at.desc()).offset(MOST - 1)
    tx.execute(delete(Visit).where(Visit.visitor_hash.in_(too_old)))
    network = tx.get(Visit, asked_from, with_for_update=True) or _added(tx, asked_from)
    begun = network.kept.get(BEGUN, 0) + 1
    if begun > PER_NETWORK:
        raise TooMany("A lot of people are coming in this way just now. Sign in by e-mail, or try again in an hour.")
    network.kept = {BEGUN: begun}
    return _added(tx, visitor_hash)


def _added(tx: Transaction, name: str) -> Visit:
    with suppress(IntegrityError), tx.begin_nested():  # its other tab came first
        tx.add(Visit(visitor_hash=name, kept={}, seen_at=clock.now()))
    return tx.get_one(Visit, name, with_for_update=True)
