"""The shared agenda of a session: what is recorded, what it says, when it is folded. The database is its only truth.

Whatever asks the keeper does so outside of transactions.
"""

import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session as Transaction

from companion import config, db
from companion.keeper import Answer, Keeper, KeeperGone, Poisoned, Verdict
from companion.model.agendas import Page
from companion.model.sessions import SessionState
from companion.services import agenda_log
from companion.services.agenda_log import Edit, Log

log = logging.getLogger(__name__)

TAIL_EDITS, TAIL_BYTES = 2_000, 128 * 1024
"""A longer tail is folded into the snapshot at once: opening an agenda reads all of it, 2,000 in some 8 ms."""

TAIL_AT_REST = 500
"""A longer one is folded when nobody writes for a moment. Folding takes up to a fifth of a busy process's time."""


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
    """The agenda exactly as the log has it now. Needs no open room. What breaks its readers is set aside first."""
    try:
        return _sealed(session_id)
    except Poisoned:
        mend(session_id)
        return _sealed(session_id)


def _sealed(session_id: int) -> Sealed:
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
    if not stored.tail:
        return None
    try:
        snapshot = keeper().snapshot(stored.rows)
    except Poisoned:
        mend(session_id)
        return None
    return stored if agenda_log.shorten(session_id, stored, snapshot) else None


def forget(session_ids: Collection[int]) -> None:
    """Make the keeper drop what it holds of these agendas: it opens them again from the log when next asked."""
    with suppress(KeeperGone):  # it holds nothing then
        keeper().drop([str(session_id) for session_id in session_ids])


def mend(session_id: int) -> None:
    """Set aside what is stored of the agenda and breaks whoever reads it or writes on, and open it again without.

    The keeper's gate refuses what is known to break readers before it is stored, but an older version may have let it
    in. What is set aside stays in the data directory; browsers begin anew and offer their words to copy.
    """
    with _mending:
        kept = list(iter(partial(_set_worst_aside, session_id), None))
    forget([session_id])
    if kept:
        log.error("the agenda of session %s could not be read; set aside: %s", session_id, ", ".join(kept))


def _set_worst_aside(session_id: int) -> str | None:
    """The file that now holds the first row that is not sound on top of those before it; None when all are."""
    stored = agenda_log.read(session_id)
    if keeper().is_sound(stored.rows):
        return None
    sound = bisect_left(range(len(stored.tail)), x=True, key=lambda last: not _is_sound(stored, last))
    if sound == 0 and not _is_sound(stored, -1):
        return _put_away(f"{session_id}-to-{stored.upto}", stored.snapshot, partial(agenda_log.unfold, session_id))
    seq = stored.seqs[sound]
    return _put_away(f"{session_id}-{seq}", stored.tail[sound], partial(agenda_log.set_aside, session_id, seq))


def _put_away(name: str, data: bytes, take_out: Callable[[], None]) -> str:
    file = config.current().data_dir / f"set-aside-{name}.bin"
    file.write_bytes(data)
    take_out()
    return file.name


def _is_sound(stored: agenda_log.Log, last: int) -> bool:
    """Whether the snapshot and the edits after it can be read, up to the one with this number."""
    return keeper().is_sound([row for row in (stored.snapshot, *stored.tail[: last + 1]) if row])


def _mend_soon(doc: str) -> None:
    threading.Thread(target=mend, args=(int(doc),), name=f"mend {doc}", daemon=True).start()


_mending = threading.Lock()
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
