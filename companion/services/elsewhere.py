"""What other processes on the same PostgreSQL database did: the facts they announced, and what they wrote in agendas.

With SQLite there is one process only, and nobody asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text

from companion import clock, db
from companion.db import Fact

KEPT = timedelta(hours=1)
"""How long facts are kept. Who looks every two seconds needs them no longer; whoever looks in the database might."""

GROWN = text("""
    SELECT room.id AS session_id, count(edit.seq) AS edits, coalesce(max(edit.seq), 0) AS last, folded.upto AS folded
    FROM unnest(CAST(:ids AS integer[]), CAST(:seqs AS bigint[])) AS room (id, seq)
    LEFT JOIN agenda_updates AS edit ON edit.session_id = room.id AND edit.seq > room.seq
    LEFT JOIN agenda_snapshots AS folded ON folded.session_id = room.id AND folded.upto > room.seq
    GROUP BY room.id, folded.upto
    HAVING count(edit.seq) > 0 OR folded.upto IS NOT NULL
""")


@dataclass(frozen=True)
class Growth:
    """What one agenda's log has after some seq: so many edits, the last of them; and whether some of it is folded."""

    session_id: int
    edits: int
    last: int
    is_folded: bool


def last_fact() -> int:
    """The id of the newest fact."""
    with db.reading() as tx:
        return tx.scalar(select(func.max(Fact.id))) or 0


def facts(after: int) -> Sequence[Fact]:
    """All facts after this one, in order, our own too."""
    with db.reading() as tx:
        return tx.scalars(select(Fact).where(Fact.id > after).order_by(Fact.id)).all()


def grown(seqs: Mapping[int, int]) -> list[Growth]:
    """Which of these agendas (session id → seq) have more than we know, in one look."""
    if not seqs:
        return []
    with db.reading() as tx:
        found = tx.execute(GROWN, {"ids": list(seqs), "seqs": list(seqs.values())})
        return [Growth(row.session_id, row.edits, row.last, row.folded is not None) for row in found]


def prune() -> None:
    """Forget facts that everybody has heard."""
    with db.transaction() as tx:
        tx.execute(delete(Fact).where(Fact.at < clock.now() - KEPT))
