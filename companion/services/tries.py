"""The rows behind a session's meeting. One says "creating" before a provider is asked, so that two presses make one
meeting, and a try whose answer was lost is looked up by its marker instead of made again.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import TooLate
from companion.model.sessions import Meeting, MeetingState, Session, SessionState
from companion.services.schedule import locked
from integrations import meetings
from integrations.meetings import MeetingPlan

A_TRY = timedelta(seconds=60)  # longer than one lasts: create, look up, and a refresh before either
LOOK_AGAIN = 0.05  # seconds


@dataclass(frozen=True)
class Try:
    """A meeting that is ours to make. `is_second`: an earlier try's answer was lost, so look for it first."""

    row_id: int
    session_id: int
    plan: MeetingPlan
    is_second: bool


def standing(session_id: int) -> Meeting | None:
    """The session's meeting: made, or being made this moment."""
    with reading() as tx:
        return _standing(tx, session_id)


def begin(session_id: int, provider: str, by: int, link: str) -> Try | Meeting:
    """The right to make the session's meeting, or the meeting that somebody else's press made meanwhile.

    Raises NotYours, or TooLate for a session that is over.
    """
    deadline = time.monotonic() + A_TRY.total_seconds()
    while True:
        with transaction() as tx:
            session = locked(tx, session_id, by)
            if session.state not in {SessionState.PLANNED, SessionState.LIVE}:
                raise TooLate("This session is over, so it needs no link.")
            there = _standing(tx, session_id)
            if there is None:
                return _begun(tx, session, provider, by, link)
        if there.state is MeetingState.MADE:
            return there
        if time.monotonic() > deadline:
            raise TooLate("A link is being made for this session already. Look again in a minute.")
        time.sleep(LOOK_AGAIN)


def keep(begun: Try, made: meetings.Meeting) -> Meeting:
    """The meeting is there: both partners are told."""
    with transaction() as tx:
        row = tx.get_one(Meeting, begun.row_id, with_for_update=True)
        row.state, row.reference, row.join_url = MeetingState.MADE, made.reference, made.join_url
        announce(tx, signals.meeting_changed, session_id=row.session_id)
    return row


def give_up(begun: Try, *, unknown: bool) -> None:
    """Nothing was made, or (`unknown`) nobody can say: then the row stays, for its marker."""
    with transaction() as tx:
        row = tx.get_one(Meeting, begun.row_id, with_for_update=True)
        if unknown:
            row.state = MeetingState.GONE
        else:
            tx.delete(row)
        announce(tx, signals.meeting_changed, session_id=row.session_id)


def end(row: Meeting) -> None:
    """The session has no link any more."""
    with transaction() as tx:
        tx.get_one(Meeting, row.id, with_for_update=True).state = MeetingState.GONE
        announce(tx, signals.meeting_changed, session_id=row.session_id)


def _standing(tx: Transaction, session_id: int) -> Meeting | None:
    return next((row for row in _rows(tx, session_id) if row.state is MeetingState.MADE or _is_fresh(row)), None)


def _begun(tx: Transaction, session: Session, provider: str, by: int, link: str) -> Try:
    """A new row, or the one of a try that was never answered. Other people's are not looked up: not their account."""
    unanswered = [row for row in _rows(tx, session.id) if not row.reference]
    again = next((row for row in unanswered if (row.provider, row.made_by) == (provider, by)), None)
    for row in unanswered:
        row.state = MeetingState.GONE
    row = again or Meeting(session_id=session.id, provider=provider, made_by=by, marker=secrets.token_hex(16))
    row.state, row.created_at = MeetingState.CREATING, clock.now()
    tx.add(row)
    tx.flush()
    return Try(row.id, session.id, replace(session.plan(row.marker), link=link), is_second=again is not None)


def _rows(tx: Transaction, session_id: int) -> Iterator[Meeting]:
    yield from tx.scalars(select(Meeting).where(Meeting.session_id == session_id).order_by(Meeting.id.desc()))


def _is_fresh(row: Meeting) -> bool:
    return row.state is MeetingState.CREATING and row.created_at > clock.now() - A_TRY
