"""The history of an agenda: every edit, by whom and when, also those that were folded into its snapshot.

A browser that may read the agenda replays it and finds there what each line said before. Here it is only kept.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading
from companion.model.agendas import AgendaPast, AgendaSnapshot, AgendaUpdate
from companion.model.mentorships import Role
from companion.model.sessions import Session, SessionState

KEPT = timedelta(days=30)
"""After a session ended. Until then nothing that anybody wrote is beyond recall; then what they deleted is gone."""

HEAD = struct.Struct(">IIB")  # when, as seconds of the Unix clock; bytes of the edit; whose
STORED = struct.Struct(">III")  # the same with the person's id
NOBODY = 0
"""Stands for whoever wrote what was folded before histories were kept, and for people who are gone."""

ROLES = {Role.MENTOR: 1, Role.MENTEE: 2}


@dataclass(frozen=True, slots=True)
class Past:
    """One edit. `at` in seconds of the Unix clock, 0 where that is not known."""

    at: int
    person_id: int
    data: bytes


def now() -> int:
    """This instant as edits note it."""
    return int(clock.now().timestamp())


def keep(tx: Transaction, session_id: int, edits: Iterable[Past], snapshot: bytes) -> None:
    """Keep edits that are about to be folded on top of this snapshot. Called in the transaction that folds them."""
    is_first = tx.scalar(select(AgendaPast.id).where(AgendaPast.session_id == session_id).limit(1)) is None
    before = [Past(0, NOBODY, snapshot)] if snapshot and is_first else []
    packed = b"".join(STORED.pack(each.at, each.person_id, len(each.data)) + each.data for each in (*before, *edits))
    tx.add(AgendaPast(session_id=session_id, data=zlib.compress(packed)))


def read(session_id: int) -> bytes:
    """All edits in order, each behind a HEAD; none of a session that ended long ago. Whoever calls knows who asks."""
    with reading() as tx:
        session = tx.get_one(Session, session_id)
        if not is_kept(session):
            return b""
        numbers = {session.mentorship.person_in(role).id: number for role, number in ROLES.items()}
        past = tx.scalars(select(AgendaPast.data).where(AgendaPast.session_id == session_id).order_by(AgendaPast.id))
        edits = [each for packed in past for each in _unpacked(packed)]
        if not edits and (snapshot := tx.get(AgendaSnapshot, session_id)) and snapshot.data:
            edits.append(Past(0, NOBODY, snapshot.data))
        tail = select(AgendaUpdate).where(AgendaUpdate.session_id == session_id).order_by(AgendaUpdate.seq)
        edits += [Past(each.at, each.person_id, each.data) for each in tx.scalars(tail)]
    return b"".join(
        HEAD.pack(each.at, len(each.data), numbers.get(each.person_id, NOBODY)) + each.data for each in edits
    )


def is_kept(session: Session) -> bool:
    """Whether the session ended so lately, or not yet, that its history is still there."""
    cancelled = session.starts_at if session.state is SessionState.CANCELLED else None
    ended = session.closed_at or cancelled or session.mentorship.closed_at
    return ended is None or ended > clock.now() - KEPT


def _unpacked(packed: bytes) -> Iterator[Past]:
    data, start = zlib.decompress(packed), 0
    while start < len(data):
        at, person_id, size = STORED.unpack_from(data, start)
        start += STORED.size + size
        yield Past(at, person_id, data[start - size : start])
