"""The link doctor: is the meeting still there, at its time, does it let the partner in, and how did its calls go?

It comes a day and a quarter of an hour before a session, around its planned end, when a provider says that something
happened, and on a button. It mends what it can; for the rest the finding names one way on.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import and_, or_, select, update

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import Refusal, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session
from companion.services import examine, follow_call, mend, providers, rounds, schedule, settle, tries
from companion.services.connect import ProviderFailed
from companion.services.examine import Look
from integrations.errors import Gone, IntegrationError

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than a look lasts


def soon(provider: str, reference: str) -> None:
    """Something happened to this meeting there: look at once. A reference nobody knows changes nothing."""
    known = (Meeting.provider == provider, Meeting.reference == reference, Meeting.reference != "")
    with transaction() as tx:
        tx.execute(update(Meeting).where(*known, Meeting.state == MeetingState.MADE).values(look_at=clock.now()))
        announce(tx, signals.meeting_waiting)


def at(session_id: int, by: int) -> None:
    """Look now, as a person asked for it. What was found stands on the session's page."""
    schedule.find(session_id, by)
    row = tries.newest(session_id)
    if row is None:
        raise TooLate("There is no link to check any more.")
    look = _begin(row.id, is_asked=True)
    if look is not None:
        _do(look)


def tick() -> None:
    """Look where it is due. Called every few seconds; cheap when idle."""
    for meeting_id in _due():
        look = _begin(meeting_id)
        if look is not None:
            _do(look)


def _due() -> list[int]:
    """Those whose time has come, and those whose maker has connected again."""
    connected = and_(
        Connection.person_id == Meeting.made_by,
        Connection.provider == Meeting.provider,
        Connection.state == ConnectionState.OK,
    )
    back = and_(Meeting.finding == Finding.RECONNECT, Meeting.state == MeetingState.MADE, Connection.id.is_not(None))
    with reading() as tx:
        due = select(Meeting.id).outerjoin(Connection, connected).where(or_(Meeting.look_at <= clock.now(), back))
        return list(tx.scalars(due.order_by(Meeting.look_at)))


def _begin(meeting_id: int, *, is_asked: bool = False) -> Look | None:
    now = clock.now()
    with transaction() as tx:
        one = select(Meeting).where(Meeting.id == meeting_id, Meeting.state != MeetingState.CREATING)
        row = tx.scalars(one.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        session = tx.get_one(Session, row.session_id)
        if not session.is_open or providers.offer(row.provider).provider.oauth is None:
            row.look_at, row.finding = None, None  # there is nothing to see, or nobody to ask
            return None
        row.look_at = now + LEASE
        is_visit = is_asked or rounds.is_visit(session, row.looked_at, now)
        return Look(row, session, row.look_at, is_visit, is_asked)


def _do(look: Look) -> None:
    row = look.meeting
    if row.owed is Owed.MOVE:
        with suppress(ProviderFailed):
            settle.at_once(row.id)
    try:
        status = examine.asked(look) if row.state is MeetingState.MADE else None
    except Gone:
        tries.lost(row)
        status = None
    except IntegrationError as error:
        settle.note(error, row)
        examine.unanswered(look, error)
        return
    if status is None:
        _make_anew(look)
    else:
        follow_call.keep(row.provider, row.reference, status.runs)
        examine.note(look, status)


def _make_anew(look: Look) -> None:
    """At a visit, a meeting that was deleted is made again in its maker's name; in between, people are asked."""
    row, session = look.meeting, look.session
    newest = tries.newest(session.id)
    wanted = look.is_visit and session.state in tries.WANT_ONE and tries.standing(session.id) is None
    if wanted and newest is not None and newest.id == row.id and newest.finding is Finding.DELETED:
        try:
            mend.replace(row, row.made_by)
        except Refusal as refusal:
            log.warning("meeting %s is gone and can't be made anew: %s", row.id, refusal.sentence)
    with transaction() as tx:
        gone = tx.get_one(Meeting, row.id, with_for_update=True)
        gone.looked_at = clock.now()
        gone.look_at = rounds.next_look(session, gone.looked_at) if clock.now() < session.starts_at else None
