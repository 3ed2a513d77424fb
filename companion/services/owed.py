"""What a provider has not been told yet. Written in the transaction of the deed, so that no crash forgets it.

Whoever goes to tell it pushes `owed_from` ahead first, as a lease: who dies on the way leaves it to the next beat.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session
from companion.services import rounds
from integrations.meetings import MeetingPlan

LEASE = timedelta(seconds=60)  # longer than telling lasts, with a refresh of the grant before it
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Debt:
    """One thing to tell one provider. `plan` is what its meeting shall be like."""

    meeting: Meeting
    session: Session
    what: Owed
    plan: MeetingPlan


def move(tx: Transaction, session: Session) -> None:
    """The session's meeting has to be put right: whoever owes it goes to tell, or a beat does in a minute."""
    for row in _made(tx, session.id):
        owe(row, Owed.MOVE, LEASE)
        row.finding, row.look_at = None, rounds.next_look(session, clock.now())


def cancel(tx: Transaction, session_id: int, *, by_itself: bool = False) -> None:
    """The session has no meeting any more. `by_itself`: nobody here goes to tell it, so the next beat does."""
    for row in _made(tx, session_id):
        row.state, row.finding, row.look_at = MeetingState.GONE, None, None
        owe(row, Owed.CANCEL, timedelta(0) if by_itself else LEASE)
        announce(tx, signals.meeting_changed, session_id=session_id)
        announce(tx, signals.meeting_owed)


def owe(row: Meeting, what: Owed, after: timedelta = timedelta(0)) -> None:
    """The provider has to be told this, after so long: by whoever is at it just now, else by a beat."""
    row.owed, row.owed_from, row.owed_tries = what, clock.now() + after, 0


def clear(row: Meeting) -> None:
    """There is nothing to tell."""
    row.owed, row.owed_from, row.owed_tries = None, None, 0


def due(provider: str | None = None) -> list[int]:
    """The meetings whose providers, or this one, can be told something now."""
    meetings = select(Meeting.id, Meeting.provider).order_by(Meeting.owed_from)
    with reading() as tx:
        waiting = tx.execute(meetings.where(Meeting.owed.is_not(None), Meeting.owed_from <= clock.now())).all()
    return [row.id for row in waiting if provider in {None, row.provider}]


def take(meeting_id: int, *, early: bool = False) -> Debt | None:
    """The right to tell it; `early` for whoever caused it and doesn't wait. None when another is at it just now."""
    now = clock.now()
    with transaction() as tx:
        one = select(Meeting).where(Meeting.id == meeting_id, Meeting.owed.is_not(None))
        row = tx.scalars(one.with_for_update(skip_locked=True)).first()
        if row is None or row.owed is None or not (early or _is_due(row, now)):
            return None
        session = tx.get_one(Session, row.session_id)
        if now > session.ends_at + A_DAY:
            clear(row)
            return None
        row.owed_from, row.owed_tries = now + LEASE, row.owed_tries + 1
        return Debt(row, session, row.owed, session.plan(row.marker))


def paid(debt: Debt) -> None:
    """The provider was told. What was moved again meanwhile, or by somebody slower, is owed again."""
    with transaction() as tx:
        row, session = _locked(tx, debt)
        stands = row.state is MeetingState.MADE
        if debt.what is Owed.MOVE and stands and session.plan(row.marker) != debt.plan:
            owe(row, Owed.MOVE)
            announce(tx, signals.meeting_owed)
        elif row.owed is debt.what:
            clear(row)
            if stands:
                row.look_at = clock.now()  # did it get there?
                announce(tx, signals.meeting_waiting)


def later(debt: Debt, until: datetime | None = None) -> None:
    """It could not be told. The rest doubles each time, up to an hour, or lasts as long as the provider said."""
    with transaction() as tx:
        row, _ = _locked(tx, debt)
        if row.owed is debt.what:
            now = clock.now()
            row.owed_from = max(now + _rest(row.owed_tries), min(until or now, now + A_DAY))


def not_let_in(debt: Debt, *, for_good: bool) -> None:
    """Its maker must connect again, or (`for_good`) took the account away: then nobody can tell it any more."""
    with transaction() as tx:
        row, _ = _locked(tx, debt)
        if row.owed is debt.what and for_good:
            clear(row)
        elif row.owed is debt.what:
            row.owed_from = clock.now() + LONGEST_REST  # costs nothing: a grant that needs its person asks nobody
        if row.state is MeetingState.MADE and row.finding is not Finding.RECONNECT:
            row.finding = Finding.RECONNECT
            announce(tx, signals.meeting_changed, session_id=row.session_id)


def _made(tx: Transaction, session_id: int) -> list[Meeting]:
    made = select(Meeting).where(Meeting.session_id == session_id, Meeting.state == MeetingState.MADE)
    return list(tx.scalars(made.with_for_update()))


def _locked(tx: Transaction, debt: Debt) -> tuple[Meeting, Session]:
    """The row first: whoever moves the session changes that before the row, and we then read what they wrote."""
    row = tx.get_one(Meeting, debt.meeting.id, with_for_update=True)
    return row, tx.get_one(Session, row.session_id)


def _is_due(row: Meeting, now: datetime) -> bool:
    return row.owed_from is not None and row.owed_from <= now


def _rest(tries: int) -> timedelta:
    """With jitter, so that what failed together is not tried again in step."""
    return min(FIRST_REST * (1 << min(tries - 1, 10)), LONGEST_REST) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
