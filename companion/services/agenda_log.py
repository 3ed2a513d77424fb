"""The log of shared agendas in the database: one snapshot and a short tail of edits per session.

Every function is one transaction of its own. What the bytes say is the keeper's business, not ours.
"""

import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session as Transaction

from companion import db, signals
from companion.model.agendas import AgendaSnapshot, AgendaUpdate
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.sessions import OPEN, Session, SessionState
from companion.services import agenda_past


class NotKept(Exception):
    """The database did not take the edits: none of them is in the log."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One Yjs update of one person, as it came from their browser."""

    session_id: int
    person_id: int
    data: bytes


@dataclass(frozen=True)
class Log:
    """What is stored of one agenda: a snapshot of all edits up to `upto`, and the edits after it with their seqs."""

    snapshot: bytes
    upto: int
    tail: tuple[bytes, ...]
    seqs: tuple[int, ...]

    @property
    def rows(self) -> list[bytes]:
        """Everything in order, as the keeper takes it."""
        return [self.snapshot, *self.tail] if self.snapshot else list(self.tail)

    @property
    def last(self) -> int:
        """The seq of the last edit, 0 before the first."""
        return max(self.upto, *self.seqs) if self.seqs else self.upto


def read(session_id: int, after: int = -1) -> Log:
    """The log of one agenda: all of it, or what came `after` that seq, with the snapshot if some of that is in it.

    One statement, so that no compaction can slip between snapshot and tail.
    """
    folded = select(AgendaSnapshot.upto.label("seq"), AgendaSnapshot.data, literal(0).label("is_edit"))
    tail = select(AgendaUpdate.seq, AgendaUpdate.data, literal(1))
    both = folded.where(AgendaSnapshot.session_id == session_id, AgendaSnapshot.upto > after).union_all(
        tail.where(AgendaUpdate.session_id == session_id, AgendaUpdate.seq > after)
    )
    with db.reading() as tx:
        found = tx.execute(both.order_by("is_edit", "seq")).all()
    upto, snapshot = next(((row.seq, row.data) for row in found if not row.is_edit), (0, b""))
    edits = [row for row in found if row.is_edit]
    return Log(snapshot, upto, tuple(row.data for row in edits), tuple(row.seq for row in edits))


def append(edits: Sequence[Edit]) -> list[int | None]:
    """The seq of each edit, all in one commit; None where its session takes no edits any more. Raises NotKept."""
    try:
        if db.current().is_sqlite:
            return db.write_at_once(lambda connection: _append_to_sqlite(connection, edits))
        return _append(edits)
    except (SQLAlchemyError, sqlite3.Error) as error:
        # SQLAlchemy's own words would tell the log what people wrote.
        raise NotKept(str(getattr(error, "orig", error))) from error


def _append(edits: Sequence[Edit]) -> list[int | None]:
    wanted = {edit.session_id for edit in edits}
    still_open = (
        select(Session.id)
        .join(Mentorship, Mentorship.id == Session.mentorship_id)
        .where(Session.id.in_(wanted), Session.state.in_(OPEN), Mentorship.state == MentorshipState.ACTIVE)
        .order_by(Session.id)
        # Whoever closes one waits for us, or we see it closed. And whoever else appends to it waits too: within one
        # session seqs grow in the order of commits, so that who has read up to one has missed none before it.
        .with_for_update(key_share=True, of=Session)
    )
    with db.transaction() as tx:
        taken = set(tx.scalars(still_open))
        at = agenda_past.now()
        rows = [
            {"session_id": edit.session_id, "person_id": edit.person_id, "at": at, "data": edit.data}
            for edit in edits
            if edit.session_id in taken
        ]
        into = insert(AgendaUpdate).returning(AgendaUpdate.seq, sort_by_parameter_order=True)
        seqs = iter(tx.scalars(into, rows).all() if rows else ())
        return [next(seqs) if edit.session_id in taken else None for edit in edits]


def _append_to_sqlite(connection: sqlite3.Connection, edits: Sequence[Edit]) -> list[int | None]:
    taken = _still_open(connection, {edit.session_id for edit in edits})
    at = agenda_past.now()
    rows = [(edit.session_id, edit.person_id, at, edit.data) for edit in edits if edit.session_id in taken]
    if not rows:
        return [None] * len(edits)
    connection.executemany("INSERT INTO agenda_updates (session_id, person_id, at, data) VALUES (?, ?, ?, ?)", rows)
    (last,) = connection.execute("SELECT last_insert_rowid()").fetchone()
    # AUTOINCREMENT under BEGIN IMMEDIATE: nobody wrote in between, so the rows are numbered without a gap.
    seqs = iter(range(last - len(rows) + 1, last + 1))
    return [next(seqs) if edit.session_id in taken else None for edit in edits]


def _still_open(connection: sqlite3.Connection, session_ids: Collection[int]) -> set[int]:
    marks = ",".join("?" * len(session_ids))
    states = ",".join(f"'{state}'" for state in OPEN)
    found = connection.execute(
        f"SELECT s.id FROM sessions s JOIN mentorships m ON m.id = s.mentorship_id WHERE s.id IN ({marks})"  # noqa: S608 - only marks and our own words
        f" AND s.state IN ({states}) AND m.state = '{MentorshipState.ACTIVE}'",
        tuple(session_ids),
    )
    return {row[0] for row in found.fetchall()}


def shorten(session_id: int, log: Log, snapshot: bytes) -> bool:
    """Put `snapshot` in the place of the edits of `log`; not if the log changed beneath us."""
    if not log.snapshot:
        epoch(session_id)  # makes the row that we are about to write
    with db.transaction() as tx:
        mine = (AgendaSnapshot.session_id == session_id, AgendaSnapshot.upto == log.upto)
        if tx.scalar(select(AgendaSnapshot.session_id).where(*mine).with_for_update()) is None:
            return False
        folded = (AgendaUpdate.session_id == session_id, AgendaUpdate.seq <= log.last)
        tail = select(AgendaUpdate.at, AgendaUpdate.person_id, AgendaUpdate.data).where(*folded)
        edits = [agenda_past.Past(*each) for each in tx.execute(tail.order_by(AgendaUpdate.seq))]
        if len(edits) != len(log.tail):
            return False
        agenda_past.keep(tx, session_id, edits, log.snapshot)
        tx.execute(update(AgendaSnapshot).where(*mine).values(upto=log.last, data=snapshot))
        tx.execute(delete(AgendaUpdate).where(*folded))
        return True


def set_aside(session_id: int, seq: int) -> None:
    """Take one edit out of the log and begin a new epoch: browsers that still have it must not bring it back."""
    with db.transaction() as tx:
        tx.execute(delete(AgendaUpdate).where(AgendaUpdate.session_id == session_id, AgendaUpdate.seq == seq))
        mine = AgendaSnapshot.session_id == session_id
        tx.execute(update(AgendaSnapshot).where(mine).values(epoch=secrets.token_hex(8)))
        db.announce(tx, signals.agenda_mended, session_id=session_id)


def unfold(session_id: int) -> None:
    """Take the snapshot out, what was folded into it with it, and begin a new epoch. The count goes on."""
    with db.transaction() as tx:
        mine = AgendaSnapshot.session_id == session_id
        tx.execute(update(AgendaSnapshot).where(mine).values(data=b"", epoch=secrets.token_hex(8)))
        db.announce(tx, signals.agenda_mended, session_id=session_id)


def last(tx: Transaction, session_id: int) -> int:
    """The seq of the last edit, as this transaction sees it."""
    tail = tx.scalar(select(func.max(AgendaUpdate.seq)).where(AgendaUpdate.session_id == session_id))
    upto = tx.scalar(select(AgendaSnapshot.upto).where(AgendaSnapshot.session_id == session_id))
    return max(tail or 0, upto or 0)


def end(session_id: int) -> int:
    """The seq of the last edit now, 0 before the first."""
    with db.reading() as tx:
        return last(tx, session_id)


def epoch(session_id: int) -> str:
    """The name of this log's life. A browser that remembers another one must not push what it remembers."""
    known = select(AgendaSnapshot.epoch).where(AgendaSnapshot.session_id == session_id)
    with db.reading() as tx:
        if found := tx.scalar(known):
            return found
    try:
        with db.transaction() as tx:
            if found := tx.scalar(known):
                return found  # the partner's browser asked in the same moment
            fresh = AgendaSnapshot(session_id=session_id, upto=0, data=b"", epoch=secrets.token_hex(8))
            tx.add(fresh)
            return fresh.epoch
    except IntegrityError:  # it did, and PostgreSQL let both go on
        with db.reading() as tx:
            return tx.scalars(known).one()


def state(session_id: int) -> SessionState:
    """Where the session is in its life."""
    with db.reading() as tx:
        return tx.scalars(select(Session.state).where(Session.id == session_id)).one()
