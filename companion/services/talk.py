"""The talk itself: it begins when a partner opens the agenda near its time, and is over when one of them says so.

The clock helps where people forget: a talk that everybody left is over half an hour after its planned end.
"""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Transaction

from companion import clock, config, signals
from companion.db import announce, reading, transaction
from companion.errors import TooLate
from companion.model.sessions import NEAR, OPEN, Session, SessionState
from companion.services.schedule import locked

SETTLE = timedelta(minutes=2)  # a reload empties a seat for a moment; that is not leaving


def start(session_id: int, by: int) -> Session:
    """We are talking now, said by a partner, whatever the plan was."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        _go_live(tx, session)
        return session


def someone_sits(session_id: int) -> None:
    """A partner opened the agenda: near its time that means they are talking."""
    with transaction() as tx:
        session = tx.get_one(Session, session_id)
        session.empty_since = None
        if session.is_near(clock.now()) and not session.never_happened(clock.now()):
            _go_live(tx, session)


def everybody_left(session_id: int) -> None:
    """The last seat of this session emptied."""
    with transaction() as tx:
        tx.execute(update(Session).where(Session.id == session_id).values(empty_since=clock.now()))


def nobody_sits() -> None:
    """This process has just started, so no seat is taken yet: what a crash left begins to count as empty."""
    with transaction() as tx:
        seated = Session.empty_since.is_(None)
        tx.execute(update(Session).where(Session.state.in_(OPEN), seated).values(empty_since=clock.now()))


def resume(session_id: int, by: int) -> Session:
    """We are still talking: the wrap-up waits."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if session.state is SessionState.CLOSED:
            raise TooLate("The lists have gone out, so this session stays closed. What you wrote is in its record.")
        if session.state is SessionState.OVER:
            session.state, session.over_at = SessionState.LIVE, None
            announce(tx, signals.session_resumed, session_id=session.id)
        return session


def end(session_id: int, by: int | None) -> Session:
    """The talk is over: on to the wrap-up. One partner's press is enough; a second press changes nothing."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if session.state is SessionState.PLANNED and not session.is_near(clock.now()):
            raise TooLate("This session hasn't begun yet. You can move or cancel it.")
        if session.state is SessionState.CANCELLED:
            raise TooLate("This session was cancelled. What you prepared is still here to read.")
        if session.state in (SessionState.PLANNED, SessionState.LIVE):
            session.state, session.over_at = SessionState.OVER, clock.now()
            announce(tx, signals.session_over, session_id=session_id)
        return session


def tick() -> None:
    """What the clock does to talks. Called every few seconds; cheap when idle."""
    for session_id in _waiting_to_begin():
        someone_sits(session_id)
    for session in _left_alone():
        end(session.id, by=None)


def _waiting_to_begin() -> list[int]:
    """Partners who opened the agenda early and stayed."""
    now = clock.now()
    with reading() as tx:
        planned = select(Session.id).where(Session.state == SessionState.PLANNED, Session.empty_since.is_(None))
        return list(tx.scalars(planned.where(Session.starts_at <= now + NEAR, Session.starts_at > now - NEAR)))


def _left_alone() -> list[Session]:
    """Talks that everybody hung up on."""
    now, wait = clock.now(), config.current().empty_after
    with reading() as tx:
        live = select(Session).where(Session.state == SessionState.LIVE, Session.empty_since <= now - SETTLE)
        rows = tx.scalars(live.where(Session.starts_at <= now - wait)).all()
    return [each for each in rows if now >= each.ends_at + wait and each.mentorship.is_active]


def _go_live(tx: Transaction, session: Session) -> None:
    if session.state is SessionState.PLANNED:
        session.state, session.live_at = SessionState.LIVE, clock.now()
        announce(tx, signals.session_live, session_id=session.id)
