"""The shared agenda of a session: what is recorded, what it says, when it is folded. The database is its only truth.

Whatever asks the keeper does so outside of transactions.
"""

import logging
import threading
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session as Transaction

from companion import config, db
from companion.keeper import Answer, Keeper, KeeperGone, Poisoned, Verdict
from companion.model.agendas import Page
from companion.model.sessions import SessionState
from companion.services import agenda_log
from companion.services.agenda_log import Edit, Log

log = logging.getLogger(__name__)

TAIL_EDITS, TAIL_BYTES = 500, 64 * 1024
"""A longer tail is folded into the snapshot: opening an agenda reads all of it.

With 200 edits, folding took an eighth of a busy process's time; reading 500 costs an opening 2 ms (27 Nov 2026).
"""


class Moved(Exception):
    """The log grew since it was read: read it again."""


@dataclass(frozen=True)
class Sealed:
    """An agenda as the log ending at `seq` has it: as plain values (for `Page.read`) and as one Yjs update."""

    page: Mapping[str, Any]
    seq: int
    snapshot: bytes


def check(edits: Sequence[Edit]) -> list[Verdict]:
    """What the keeper says of each edit. The good ones are in its documents from now on. Raises keeper.KeeperGone."""
    return keeper().check([(str(edit.session_id), edit.data) for edit in edits])


def record(edits: Sequence[Edit]) -> list[int | None]:
    """Commit edits that the keeper found good: the log's seq of each, None where the session takes no more.

    Raises NotKept: then none is in the log, and the caller makes the keeper `forget` those agendas.
    """
    return agenda_log.append(edits)


def rows_of(session_id: int) -> list[bytes]:
    """Snapshot and tail as stored, oldest first."""
    return agenda_log.read(session_id).rows


def answer(session_id: int, state_vector: bytes) -> Answer:
    """What a browser in that state lacks, and what state the log is in. Raises keeper.BadState."""
    return keeper().answer(str(session_id), state_vector)


def epoch(session_id: int) -> str:
    """The name of this log's life. A browser that remembers another one must not push what it remembers."""
    return agenda_log.epoch(session_id)


def state(session_id: int) -> SessionState:
    """Where the session is in its life."""
    return agenda_log.state(session_id)


def sealed(session_id: int) -> Sealed:
    """The agenda exactly as the log has it now. Needs no open room."""
    stored = agenda_log.read(session_id)
    if not stored.rows:
        return Sealed({}, stored.last, b"")
    fold = keeper().fold(stored.rows)
    return Sealed(fold.page, stored.last, fold.snapshot)


def expect_last(tx: Transaction, session_id: int, seq: int) -> None:
    """Raises Moved if the log doesn't end at `seq`. The caller holds the session's row, so it can't move afterwards."""
    if agenda_log.last(tx, session_id) != seq:
        raise Moved(f"session {session_id} is no longer at {seq}")


def page(session_id: int) -> Page:
    """What the agenda says now, for pages made on the server."""
    return Page.read(sealed(session_id).page)


def compact(session_id: int) -> Log | None:
    """Fold the tail into the snapshot. What was folded; None if that was nothing, or the log moved meanwhile."""
    stored = agenda_log.read(session_id)
    if not stored.tail or not agenda_log.shorten(session_id, stored, keeper().snapshot(stored.rows)):
        return None
    return stored


def forget(session_ids: Collection[int]) -> None:
    """Make the keeper drop what it holds of these agendas: it opens them again from the log when next asked."""
    with suppress(KeeperGone):  # it holds nothing then
        keeper().drop([str(session_id) for session_id in session_ids])


def mend(session_id: int) -> None:
    """Set aside the stored edit that breaks whoever reads the agenda, and open it again without.

    Should never be needed: the keeper's gate refuses what is known to break readers before it is stored.
    """
    stored = agenda_log.read(session_id)
    first_bad = bisect_left(range(len(stored.tail) + 1), x=True, key=lambda count: _breaks(stored, count)) - 1
    if first_bad < 0 or first_bad == len(stored.tail):
        log.error("the agenda of session %s can't be read, and no single edit is to blame", session_id)
        return
    seq = stored.seqs[first_bad]
    kept = config.current().data_dir / f"set-aside-{session_id}-{seq}.bin"
    kept.write_bytes(stored.tail[first_bad])
    agenda_log.set_aside(session_id, seq)
    log.error("edit %s of session %s broke its readers and was set aside as %s", seq, session_id, kept)
    forget([session_id])


def _breaks(stored: agenda_log.Log, count: int) -> bool:
    """Whether the snapshot and the first `count` edits after it break their reader."""
    try:
        keeper().fold([row for row in (stored.snapshot, *stored.tail[:count]) if row])
    except Poisoned:
        return True
    return False


def _mend_soon(doc: str) -> None:
    threading.Thread(target=mend, args=(int(doc),), name=f"mend {doc}", daemon=True).start()


_keeper: Keeper | None = None
_lock = threading.Lock()


def keeper() -> Keeper:
    """This process's keeper, started when first asked for."""
    global _keeper  # noqa: PLW0603 - one process, one keeper
    with _lock:
        if _keeper is None:
            _keeper = Keeper(lambda doc: rows_of(int(doc)), db.refuse_in_transaction, _mend_soon)
            _keeper.start()
        return _keeper


def stop_keeper() -> None:
    """End the keeper's processes. The next question starts a new one."""
    global _keeper  # noqa: PLW0603 - see above
    with _lock:
        if _keeper is not None:
            _keeper.stop()
            _keeper = None
