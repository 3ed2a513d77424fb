"""The links that one person made at one provider, and that sessions still count on."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading
from companion.model.sessions import OPEN, Finding, Meeting, MeetingState, Session, SessionState

COMING = (SessionState.PLANNED, SessionState.LIVE)


def counted(person_id: int) -> dict[str, int]:
    """How many coming sessions have a link that this person made, by provider."""
    theirs = (Meeting.made_by == person_id, Meeting.state == MeetingState.MADE, Session.state.in_(COMING))
    by_provider = select(Meeting.provider, func.count().label("links")).join(Session, Session.id == Meeting.session_id)
    with reading() as tx:
        return {row.provider: row.links for row in tx.execute(by_provider.where(*theirs).group_by(Meeting.provider))}


def say_so(tx: Transaction, person_id: int, provider: str, *, look: bool = False) -> None:
    """The connection behind them has changed, so what is said of them has too. `look`: they can be checked again."""
    for row in _made(tx, person_id, provider, to_change=look):
        announce(tx, signals.meeting_changed, session_id=row.session_id)
        if look:
            row.look_at = clock.now()
            announce(tx, signals.meeting_waiting)


def left_behind(tx: Transaction, person_id: int, provider: str) -> None:
    """Another account took the place of the one that made them: asked for them, it would know of none."""
    for row in _made(tx, person_id, provider, to_change=True):
        row.finding = Finding.OTHER_HOST
        announce(tx, signals.meeting_changed, session_id=row.session_id)


def _made(tx: Transaction, person_id: int, provider: str, *, to_change: bool) -> list[Meeting]:
    theirs = (Meeting.made_by == person_id, Meeting.provider == provider, Meeting.state == MeetingState.MADE)
    links = select(Meeting).join(Session, Session.id == Meeting.session_id)
    wanted = links.where(*theirs, Session.state.in_(OPEN)).order_by(Meeting.id)
    return list(tx.scalars(wanted.with_for_update(of=Meeting) if to_change else wanted))
