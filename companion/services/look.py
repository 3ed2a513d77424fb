"""The link doctor: is the meeting still there, at its time, does it let the partner in, and how did its calls go?

It comes a day and a quarter of an hour before a session, around its planned end, when a provider says that something
happened, and on a button. It mends what it can; for the rest the finding names one way on.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, true, update
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import Refusal, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session
from companion.services import examine, follow_call, lanes, meet, providers, rounds, schedule, settle, tries
from companion.services.connect import ProviderFailed
from companion.services.examine import Look
from integrations.errors import Gone, IntegrationError, Unavailable

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than a look lasts


def soon(provider: str, reference: str) -> None:
    """Something happened to this meeting there: look at once. A reference nobody knows changes nothing."""
    known = (Meeting.provider == provider, Meeting.reference == reference, Meeting.reference != "")
    with transaction() as tx:
        tx.execute(update(Meeting).where(*known, Meeting.state == MeetingState.MADE).values(look_at=clock.now()))
        announce(tx, signals.meeting_waiting)


def believe_deleted(provider: str, reference: str) -> None:
    """The provider said that this meeting was deleted. Where its maker's grant is gone nobody can ask: so it is."""
    known = (Meeting.provider == provider, Meeting.reference == reference, Meeting.reference != "")
    cannot_ask = ~exists().where(*_connected())
    with reading() as tx:
        rows = tx.scalars(select(Meeting).where(*known, Meeting.state == MeetingState.MADE, cannot_ask)).all()
    for row in rows:
        tries.lost(row)


def at(session_id: int, by: int) -> None:
    """Look now, as a person asked for it. What was found stands on the session's page."""
    schedule.find(session_id, by)
    row = tries.newest(session_id)
    if row is None:
        raise TooLate("There is no link to check any more.")
    look = _begin(row.id, is_asked=True)
    if look is not None:
        _do(look)


def tick(provider: str | None = None) -> None:
    """Look where it is due, at this provider or at all. Called every few seconds; cheap when idle."""
    lanes.go(due(provider), if_due)


def if_due(meeting_id: int) -> bool:
    """Look, unless somebody did meanwhile. Gives whether there was an answer, or nothing to ask."""
    look = _begin(meeting_id)
    return look is None or _do(look)


def due(provider: str | None = None) -> list[int]:
    """Those whose time has come, and those whose maker has connected again.

    In two questions, so that neither reads what was long ago: that has no next look.
    """
    meetings, now = select(Meeting.id, Meeting.provider).order_by(Meeting.look_at), clock.now()
    with reading() as tx:
        waiting = tx.execute(meetings.where(Meeting.look_at <= now)).all()
        back = tx.execute(meetings.where(Meeting.look_at > now, *_is_back())).all()
    return [row.id for row in (*waiting, *back) if provider in {None, row.provider}]


def _is_back() -> tuple[ColumnElement[bool], ...]:
    """Its maker has connected again since we found that they must."""
    connected = exists().where(*_connected())
    return Meeting.finding == Finding.RECONNECT, Meeting.state == MeetingState.MADE, connected


def _connected() -> tuple[ColumnElement[bool], ...]:
    """A grant that works, of a meeting's maker at its provider."""
    return (
        Connection.person_id == Meeting.made_by,
        Connection.provider == Meeting.provider,
        Connection.state == ConnectionState.OK,
    )


def _begin(meeting_id: int, *, is_asked: bool = False) -> Look | None:
    """The right to look: for one that is due still, and for whoever asked."""
    now = clock.now()
    may = true() if is_asked else or_(Meeting.look_at <= now, and_(*_is_back()))
    with transaction() as tx:
        one = select(Meeting).where(Meeting.id == meeting_id, Meeting.state != MeetingState.CREATING, may)
        row = tx.scalars(one.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        session = tx.get_one(Session, row.session_id)
        if not session.is_open or providers.offer(row.provider).provider.oauth is None:
            row.look_at, row.finding = None, None  # there is nothing to see, or nobody to ask
            return None
        if tx.scalar(select(Meeting.id).where(Meeting.id == row.id, *_is_back())):
            _let_in_again(tx, row, now)
        row.look_at = now + LEASE
        is_visit = is_asked or rounds.is_visit(session, row.looked_at, now)
        return Look(row, session, row.look_at, is_visit, is_asked)


def _let_in_again(tx: Transaction, row: Meeting, now: datetime) -> None:
    """Or it would be looked at without end; what rested for its maker's sake alone may be told now."""
    row.finding = None
    if row.owed is not None:
        row.owed_from = now
    announce(tx, signals.meeting_changed, session_id=row.session_id)


def _do(look: Look) -> bool:
    """Whether there was an answer."""
    row = look.meeting
    if row.owed is Owed.MOVE:
        with suppress(ProviderFailed):
            (settle.at_once if look.is_asked else settle.if_due)(row.id)
    try:
        status = examine.asked(look) if row.state is MeetingState.MADE else None
    except Gone:
        tries.lost(row)
        status = None
    except IntegrationError as error:
        settle.note(error, row)
        examine.unanswered(look, error)
        return not isinstance(error, Unavailable)
    if status is None:
        _make_anew(look)
    else:
        follow_call.keep(row.provider, row.reference, status.runs)
        examine.note(look, status)
    return True


def _make_anew(look: Look) -> None:
    """At a visit, a meeting that was deleted is made again in its maker's name; in between, people are asked."""
    row, session = look.meeting, look.session
    newest = tries.newest(session.id)
    wanted = look.is_visit and session.state in tries.WANT_ONE and tries.standing(session.id) is None
    to_replace = wanted and newest is not None and newest.id == row.id and newest.finding is Finding.DELETED
    is_done = not to_replace or _replaced(row)
    with transaction() as tx:
        gone, now = tx.get_one(Meeting, row.id, with_for_update=True), clock.now()
        if now >= session.starts_at:
            gone.look_at = None
        elif is_done:
            gone.looked_at, gone.look_at = now, rounds.next_look(session, now)
        else:  # the visit isn't over: seldom while there is time, in the end every few minutes
            gone.look_at = now + max(examine.AGAIN, (session.starts_at - now) / 10)


def _replaced(row: Meeting) -> bool:
    try:
        meet.replace_link(row, row.made_by)
    except Refusal as refusal:
        log.warning("meeting %s is gone and can't be made anew: %s", row.id, refusal.sentence)
        return False
    return True
