"""After the call: wrap up and close. Closing is a seal: before it the document is the truth, after it the rows.

A session that nobody finished is closed by the clock; one that nobody opened is only asked about.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock, config, signals
from companion.db import announce, reading, transaction
from companion.errors import TooLate
from companion.keeper import KeeperGone, Poisoned
from companion.model.action_items import ActionItem
from companion.model.agendas import Page, Record
from companion.model.letters import LetterLink, post
from companion.model.mentorships import Role
from companion.model.sessions import OverBecause, Session, SessionState
from companion.services import keep_agenda
from companion.services.schedule import locked

log = logging.getLogger(__name__)

LINKS_LAST = timedelta(days=60)
TRIES = 50


def close(session_id: int, by: int | None) -> Session:
    """Seal the agenda: the read-only record, the action items as rows, a letter to each partner. Once."""
    with reading() as tx:
        session = tx.get_one(Session, session_id)
        if by is not None:
            session.for_partner(by)
    signals.session_sealing.send(None, session_id=session_id)
    try:
        return _seal(session_id, by)
    finally:
        signals.session_unsealed.send(None, session_id=session_id)


def _seal(session_id: int, by: int | None) -> Session:
    for _ in range(TRIES):
        sealed = keep_agenda.sealed(session_id)  # asks the keeper; no transaction is open
        try:
            with transaction() as tx:
                session = locked(tx, session_id, by)
                if session.state is SessionState.CLOSED or (by is None and not _is_due(session)):
                    return session
                _refuse_unless_talked(session)
                keep_agenda.expect_last(tx, session_id, sealed.seq)
                _write(tx, session, sealed)
                return session
        except keep_agenda.Moved:
            continue  # another node committed an edit since we looked: look again
    raise TooLate("Your partner is still writing very fast. Nothing is lost: try again in a moment.")


def _is_due(session: Session) -> bool:
    """Whether the clock may close it now. Somebody may have said "still talking" since it looked."""
    return session.state is SessionState.OVER and closes_at(session) <= clock.now()


def _refuse_unless_talked(session: Session) -> None:
    if session.state is SessionState.CANCELLED:
        raise TooLate("This session was cancelled, so there is nothing to send.")
    if session.state is SessionState.PLANNED:
        raise TooLate("This session hasn't begun yet, so there are no lists to send.")


def _write(tx: Transaction, session: Session, sealed: "keep_agenda.Sealed") -> None:
    now = clock.now()
    page = Page.read(sealed.page)
    items = [
        ActionItem(
            mentorship_id=session.mentorship_id, session_id=session.id, key=item.id, text=item.text, owner=item.owner,
            due=item.due, done_at=item.done_at, position=position, mentorship=session.mentorship,
        )
        for position, item in enumerate(page.action_items)
    ]  # fmt: skip
    tx.add_all([Record(session_id=session.id, page=dict(sealed.page), seq=sealed.seq, sealed_at=now), *items])
    session.state, session.closed_at, session.over_at = SessionState.CLOSED, now, session.over_at or now
    tx.flush()
    for role in Role:
        person = session.mentorship.person_in(role)
        tx.add_all(
            LetterLink(item_id=item.id, person_id=person.id, verb="done", expires_at=now + LINKS_LAST)
            for item in items
            if item.owner is role and item.done_at is None
        )
        post(tx, "action_items", person, {"session_id": session.id}, key=f"action_items:{session.id}:{person.id}")
    announce(tx, signals.session_closed, session_id=session.id)


def next_after(session: Session) -> Session | None:
    """The pair's next planned session."""
    with reading() as tx:
        return tx.scalar(
            select(Session)
            .where(
                Session.mentorship_id == session.mentorship_id,
                Session.id != session.id,
                Session.state == SessionState.PLANNED,
                Session.starts_at > clock.now(),
            )
            .order_by(Session.starts_at)
            .limit(1)
        )


def closes_at(session: Session) -> datetime:
    """When the clock will close it, if nobody does before: later where it only guessed, and asked both by letter."""
    settings = config.current()
    wait = settings.answer_within if session.over_because is OverBecause.CLOCK else settings.close_after
    return (session.over_at or clock.now()) + wait


def tick() -> None:
    """Close what is over and nobody finished. Called every few seconds; cheap when idle."""
    now, settings = clock.now(), config.current()
    soonest = min(settings.close_after, settings.answer_within)
    with reading() as tx:
        over = select(Session).where(Session.state == SessionState.OVER, Session.over_at <= now - soonest)
        due = [session.id for session in tx.scalars(over) if _is_due(session)]
    for session_id in due:
        try:
            close(session_id, by=None)
        except (KeeperGone, Poisoned, TooLate):  # the others must not wait for it
            log.exception("session %s could not be closed; it is tried again", session_id)
