"""What is kept for browsers that nobody is signed in on: consents that they began and have not finished."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.errors import TooMany
from companion.model.people import Visit
from companion.services import devices

LIFE = timedelta(hours=1)
MOST = 10_000  # rows: whoever comes with a new cookie each time fills no disk


def kept(visitor_hash: str) -> dict[str, Any]:
    """What is kept for this browser; nothing after an hour."""
    with reading() as tx:
        visit = tx.get(Visit, visitor_hash)
        return dict(visit.kept) if visit is not None and visit.seen_at > clock.now() - LIFE else {}


def keep(visitor_hash: str, changes: dict[str, Any]) -> None:
    """Change what is kept for this browser; None forgets a name. Raises TooMany."""
    now = clock.now()
    with transaction() as tx:
        tx.execute(delete(Visit).where(Visit.seen_at <= now - LIFE))
        visit = tx.get(Visit, visitor_hash, with_for_update=True) or _begun(tx, visitor_hash)
        visit.kept, visit.seen_at = devices.changed(visit.kept, changes), now


def take(visitor_hash: str, name: str) -> Any:  # noqa: ANN401 - whatever was kept
    """What is kept by this name, which is forgotten at once: of two who ask, one gets it. None without."""
    with transaction() as tx:
        visit = tx.get(Visit, visitor_hash, with_for_update=True)
        if visit is None or visit.seen_at <= clock.now() - LIFE:
            return None
        found, visit.kept = visit.kept.get(name), devices.changed(visit.kept, {name: None})
        return found


def _begun(tx: Transaction, visitor_hash: str) -> Visit:
    if (tx.scalar(select(func.count()).select_from(Visit)) or 0) >= MOST:
        raise TooMany("A lot of people are coming in this way just now. Sign in by e-mail, or try again in an hour.")
    with suppress(IntegrityError), tx.begin_nested():  # its other tab came first
        tx.add(Visit(visitor_hash=visitor_hash, kept={}, seen_at=clock.now()))
    return tx.get_one(Visit, visitor_hash, with_for_update=True)
