"""The talk itself: it begins when a partner opens the agenda near its time, and is over when one of them says so.

The clock helps where people forget and no provider told us: half an hour after its planned end, a talk that everybody
left counts as over, and both are asked by letter whether it is.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session as Transaction

from companion import clock, config, signals
from companion.db import announce, reading, transaction
from companion.errors import TooLate
from companion.keeper import KeeperGone, Poisoned
from companion.model.calls import OVERRUN, Verdict
from companion.model.letters import post
from companion.model.mentorships import Role
from companion.model.sessions import NEAR, OPEN, OverBecause, Session, SessionState
from companion.services import follow_call, follow_up, keep_agenda
from companion.services.schedule import locked

log = logging.getLogger(__name__)

SETTLE = timedelta(minutes=2)  # a reload empties a seat for a moment; that is not leaving


def start(session_id: int, by: int) -> Session:
    """We are talking now, said by a partner, whatever the plan was."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        _go_live(tx, session)
        return session


def someone_sits(session_id: int, roles: Collection[Role] = ()) -> None:
    """The agenda is open for these partners. Both near its time are talking; one alone is, once the time has come."""
    now = clock.now()
    with transaction() as tx:
        session = tx.get_one(Session, session_id)
        session.empty_since = None
        session.mentor_came |= Role.MENTOR in roles
        session.mentee_came |= Role.MENTEE in roles
        if not session.is_near(now) or session.never_happened(now):
            return
        if now >= session.starts_at or len(set(roles)) == len(Role):
            _go_live(tx, session)


def everybody_left(session_id: int) -> None:
    """The last seat of this session emptied. Whoever prepared and left well before its time has not come."""
    with transaction() as tx:
        session = tx.get_one(Session, session_id)
        session.empty_since = clock.now()
        if not session.is_near(session.empty_since):
            session.mentor_came = session.mentee_came = False


def still_sit(session_ids: Collection[int]) -> None:
    """Seats of these are taken in this process, whatever another one made of it that started or emptied its own."""
    believed_empty = (Session.id.in_(session_ids), Session.empty_since.is_not(None))
    with reading() as tx:
        found = tx.scalars(select(Session.id).where(*believed_empty)).all()
    if found:
        with transaction() as tx:
            tx.execute(update(Session).where(Session.id.in_(found)).values(empty_since=None))


def nobody_sits() -> None:
    """This process has just started, so no seat is taken yet: what a crash left begins to count as empty."""
    with transaction() as tx:
        seated = Session.empty_since.is_(None)
        tx.execute(update(Session).where(Session.state.in_(OPEN), seated).values(empty_since=clock.now()))


def resume(session_id: int, by: int) -> Session:
    """We are still talking: the wrap-up waits, and the call that ended no longer counts."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if session.state is SessionState.CLOSED:
            raise TooLate("The lists have gone out, so this session stays closed. What you wrote is in its record.")
        if session.state is SessionState.OVER:
            session.state, session.over_at, session.ended_at = SessionState.LIVE, None, None
            session.over_because = None
            follow_call.hold(tx, session)
            announce(tx, signals.session_resumed, session_id=session.id)
        return session


def end(session_id: int, by: int | None) -> Session:
    """The talk is over: on to the wrap-up. One partner's press is enough; a second press changes nothing.

    For the clock (nobody) only where everybody has left it: somebody may have come back since it looked.
    """
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if by is None and not _is_left(session):
            return session
        if session.state is SessionState.PLANNED and not session.is_near(clock.now()):
            raise TooLate("This session hasn’t begun yet. You can move or cancel it.")
        if session.state is SessionState.CANCELLED:
            raise TooLate("This session was cancelled. What you prepared is still here to read.")
        if session.state in (SessionState.PLANNED, SessionState.LIVE):
            session.state, session.over_at = SessionState.OVER, clock.now()
            session.ended_at = session.over_at if by is not None else _hung_up_at(session)
            session.over_because = OverBecause.CLOCK if by is None else OverBecause.PERSON
            announce(tx, signals.session_over, session_id=session_id)
            if by is None:
                _ask_if_over(tx, session)
        return session


def tick() -> None:
    """What the clock does to talks. Called every few seconds; cheap when idle."""
    for session_id in _waiting_to_begin():
        someone_sits(session_id)
    for session in _left_alone():
        try:
            if session.both_came or follow_call.have_met(session) or _is_written(session.id):
                end(session.id, by=None)
            else:
                _ask_whether_they_talked(session.id)
        except (KeeperGone, Poisoned):  # the others must not wait for it
            log.exception("session %s can't be read, so its talk stays open", session.id)


def _waiting_to_begin() -> list[int]:
    """Partners who opened the agenda early and stayed."""
    now = clock.now()
    with reading() as tx:
        planned = select(Session.id).where(Session.state == SessionState.PLANNED, Session.empty_since.is_(None))
        return list(tx.scalars(planned.where(Session.starts_at <= now, Session.starts_at > now - NEAR)))


def _left_alone() -> list[Session]:
    """Talks that everybody hung up on."""
    now, wait = clock.now(), config.current().empty_after
    with reading() as tx:
        live = select(Session).where(Session.state == SessionState.LIVE, Session.empty_since <= now - SETTLE)
        rows = tx.scalars(live.where(Session.starts_at <= now - wait)).all()
    return [each for each in rows if _is_left(each)]


def _is_left(session: Session) -> bool:
    now, wait = clock.now(), config.current().empty_after
    has_left = session.empty_since is not None and session.empty_since <= now - SETTLE
    is_talk = session.state is SessionState.LIVE and session.mentorship.is_active
    return is_talk and has_left and now >= _not_before(session, wait)


def _not_before(session: Session, wait: timedelta) -> datetime:
    """When the clock may take it for over. A call known to go on is waited for, and so is who said "still talking"."""
    if session.call_verdict == Verdict.LIVE:
        return session.ends_at + max(wait, OVERRUN)
    if session.call_verdict == Verdict.HELD and session.empty_since is not None:
        return max(session.ends_at, session.empty_since) + wait
    return session.ends_at + wait


def _ask_if_over(tx: Transaction, session: Session) -> None:
    """Nobody told us that it is over, so both are asked. Without an answer it closes by itself, later than usual."""
    assert session.over_at is not None
    over_at, closes_at = session.over_at.isoformat(), follow_up.closes_at(session).isoformat()
    for role in Role:
        person = session.mentorship.person_in(role)
        facts = {"session_id": session.id, "over_at": over_at, "closes_at": closes_at}
        post(tx, "ask_if_over", person, facts, key=f"ask_if_over:{session.id}:{over_at}:{person.id}")


def _hung_up_at(session: Session) -> datetime:
    """When everybody was gone, as far as seats can tell; where nobody ever sat, as planned."""
    left = session.empty_since
    return left if left is not None and left > session.began_at else min(clock.now(), session.ends_at)


def _is_written(session_id: int) -> bool:
    """Whether somebody kept what was agreed, though the partner never opened the agenda."""
    page = keep_agenda.page(session_id)
    return bool(page.action_items or page.takeaway_mentor or page.takeaway_mentee)


def _ask_whether_they_talked(session_id: int) -> None:
    """One of them looked in and nobody wrote anything: that says nothing, so we ask."""
    with transaction() as tx:
        session = locked(tx, session_id, None)
        if _is_left(session):
            session.state, session.live_at = SessionState.PLANNED, None


def _go_live(tx: Transaction, session: Session) -> None:
    if session.state is SessionState.PLANNED:
        session.state, session.live_at = SessionState.LIVE, clock.now()
        announce(tx, signals.session_live, session_id=session.id)
