"""The rows behind a session's meeting. One says "creating" before a provider is asked, so that two presses make one
meeting, and a try whose answer was lost is looked up by its marker instead of made again.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import TooLate
from companion.model.letters import post
from companion.model.mentorships import Role
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session, SessionState
from companion.services import owed, providers, rounds
from companion.services.authorised import Unsigned
from companion.services.schedule import locked
from integrations import meetings
from integrations.meetings import MeetingPlan

A_TRY = timedelta(seconds=60)  # longer than one lasts: create, look up, and a refresh before either
LOOK_AGAIN = 0.05  # seconds
STALE = "This has changed meanwhile. Look at the page once more."
SPARE = "jitsi"
NEWEST_FIRST = (Meeting.created_at.desc(), Meeting.id.desc())  # a try found again is as new as its last press
WANT_ONE = frozenset({SessionState.PLANNED, SessionState.LIVE})


@dataclass(frozen=True)
class Try:
    """A meeting that is ours to make. `is_second`: an earlier try's answer was lost, so look for it first.

    `instead`: the meeting in whose place it comes. That one stands until this one does. `asked_by`: who wanted another.
    """

    row_id: int
    session_id: int
    plan: MeetingPlan
    is_second: bool
    instead: int | None = None
    asked_by: int | None = None


def standing(session_id: int) -> Meeting | None:
    """The session's meeting: made, or being made this moment."""
    with reading() as tx:
        return _standing(_rows(tx, session_id))


def shown(tx: Transaction, session_id: int, meeting_id: int) -> Meeting | None:
    """The session's link, if it still is the one a person was shown; none if there is none. Raises TooLate."""
    made = next((row for row in _rows(tx, session_id) if row.state is MeetingState.MADE), None)
    if made is not None and made.id != meeting_id:
        raise TooLate(STALE)
    return made


def begin(
    session_id: int, provider: str, by: int, link: str, instead: int | None = None, asked_by: int | None = None
) -> Try | Meeting:
    """The right to make the session's meeting, or the meeting that somebody else's press made meanwhile.

    Raises NotYours, or TooLate for a session that is over.
    """
    deadline = time.monotonic() + A_TRY.total_seconds()
    while True:
        with transaction() as tx:
            session = locked(tx, session_id, by)
            if session.state not in WANT_ONE:
                raise TooLate("This session is over, so it needs no link.")
            rows = _rows(tx, session_id)
            there = _standing(rows, but=instead)
            if there is None:
                if providers.offer(provider).provider.oauth is not None:  # a machine is asked, which takes a while
                    announce(tx, signals.meeting_changed, session_id=session_id)
                return replace(_begun(tx, session, rows, (provider, by), link), instead=instead, asked_by=asked_by)
        if there.state is MeetingState.MADE:
            return there
        if time.monotonic() > deadline:
            raise TooLate("A link is being made for this session already. Look again in a minute.")
        time.sleep(LOOK_AGAIN)


def keep(begun: Try, made: meetings.Meeting, *, was_found: bool = False) -> Meeting:
    """The meeting is there: both partners are told. Gives the session's link, or a meeting nobody wants any more.

    `was_found`: an earlier try made it, so it may hold another time than the session has by now.
    """
    with transaction() as tx:
        session, row = _both(tx, begun.row_id, begun.session_id)
        as_planned = not was_found and replace(session.plan(row.marker), link=begun.plan.link) == begun.plan
        _land(tx, session, row, made, as_planned=as_planned, instead=begun.instead)
        had_one = any(_was_one(each) for each in _rows(tx, session.id) if each.id != row.id)
        if had_one and row.state is MeetingState.MADE:
            _tell(tx, session, row, begun.asked_by)
    return row


def resolve(row_id: int, session_id: int, found: meetings.Meeting | None) -> None:
    """What came of a lost answer: the session's link if it still wants one, else owed a cancel; or nothing at all."""
    with transaction() as tx:
        session, row = _both(tx, row_id, session_id)
        if row.owed is not Owed.LOOK_UP or _is_fresh(row):
            return  # somebody presses again just now, and looks for it first
        if found is not None:
            _land(tx, session, row, found, as_planned=False)
        else:
            row.state = MeetingState.GONE
            owed.clear(row)
            announce(tx, signals.meeting_changed, session_id=session_id)


def give_up(begun: Try, *, unknown: bool) -> None:
    """Nothing was made, or (`unknown`) nobody can say: then the row stays, for its marker."""
    with transaction() as tx:
        row = tx.get_one(Meeting, begun.row_id, with_for_update=True)
        if unknown:
            row.state = MeetingState.GONE
            owed.owe(row, Owed.LOOK_UP, owed.FIRST_REST)
        else:
            tx.delete(row)
        announce(tx, signals.meeting_changed, session_id=row.session_id)


def lost(row: Meeting) -> None:
    """The provider has no such meeting any more: somebody deleted it there, or it grew too old."""
    with transaction() as tx:
        session, row = _both(tx, row.id, row.session_id)
        if row.state is not MeetingState.MADE:
            return
        row.state, row.finding, row.there_at = MeetingState.GONE, Finding.DELETED, None
        row.look_at = rounds.next_look(session, clock.now())
        owed.clear(row)
        announce(tx, signals.meeting_changed, session_id=row.session_id)


def newest(session_id: int) -> Meeting | None:
    """The session's meeting; else the last one there was, whatever became of it; else the last try at one."""
    with reading() as tx:
        rows = _rows(tx, session_id)
    return _standing(rows) or next(filter(_was_one, rows), next(iter(rows), None))


def _land(
    tx: Transaction, session: Session, row: Meeting, made: meetings.Meeting, *, as_planned: bool,
    instead: int | None = None,
) -> None:  # fmt: skip
    """The session's link from now on, in the place of another if need be; or owed a cancel, as nobody wants it."""
    others = [each for each in _rows(tx, session.id) if each.id != row.id and each.state is MeetingState.MADE]
    row.reference, row.join_url = made.reference, made.join_url
    wants_one = session.state in WANT_ONE and session.mentorship.is_active
    if wants_one and all(each.id == instead for each in others):
        for old in others:
            tx.refresh(old, with_for_update=True)
            old.state, old.finding, old.look_at = MeetingState.GONE, None, None
            owed.owe(old, Owed.CANCEL, owed.LEASE)
        row.state, row.finding, row.look_at = MeetingState.MADE, None, clock.now()
        row.spare_url = _spare(session, row)
        if as_planned:
            owed.clear(row)
        else:
            owed.owe(row, Owed.MOVE)
    else:
        row.state = MeetingState.GONE
        owed.owe(row, Owed.CANCEL)
    announce(tx, signals.meeting_changed, session_id=session.id)  # first: two people wait for it
    announce(tx, signals.meeting_owed if row.owed else signals.meeting_waiting)


def _spare(session: Session, row: Meeting) -> str:
    """A room that needs no account and asks nobody, for the day the link fails."""
    offer = providers.all_offers().get(SPARE)
    if offer is None or providers.offer(row.provider).provider.oauth is None:
        return ""
    return offer.provider.create(Unsigned(), offer.hosts, session.plan("")).join_url


def _both(tx: Transaction, row_id: int, session_id: int) -> tuple[Session, Meeting]:
    """The session first, so that nobody moves it between our looking and our writing."""
    session = tx.get_one(Session, session_id, with_for_update={"of": Session})
    return session, tx.get_one(Meeting, row_id, with_for_update=True)


def _standing(rows: Sequence[Meeting], but: int | None = None) -> Meeting | None:
    """The one that people can use before one that is on its way; `but`: not this one, which is to be replaced."""
    others = [row for row in rows if row.id != but]
    made = next((row for row in others if row.state is MeetingState.MADE), None)
    return made or next((row for row in others if _is_fresh(row)), None)


def _tell(tx: Transaction, session: Session, row: Meeting, asked_by: int | None) -> None:
    """Earlier letters hold the link that is no more. Who asked for the new one has it before them."""
    for person in map(session.mentorship.person_in, Role):
        if person.id != asked_by:
            facts = {"meeting_id": row.id, "by": asked_by}
            post(tx, "new_link", person, facts, key=f"new_link:{row.id}:{person.id}")


def _begun(tx: Transaction, session: Session, rows: Sequence[Meeting], whose: tuple[str, int], link: str) -> Try:
    """A new row, or the one of a try that was never answered. Other people's are not looked up: not their account."""
    provider, by = whose
    unanswered = [row for row in rows if not row.reference and row.state is not MeetingState.MADE]
    again = next((row for row in unanswered if (row.provider, row.made_by) == whose), None)
    for row in unanswered:
        row.state = MeetingState.GONE
    row = again or Meeting(session_id=session.id, provider=provider, made_by=by, marker=secrets.token_hex(16))
    row.state, row.created_at = MeetingState.CREATING, clock.now()
    owed.owe(row, Owed.LOOK_UP, A_TRY)  # should nobody live to see the answer
    tx.add(row)
    tx.flush()
    return Try(row.id, session.id, replace(session.plan(row.marker), link=link), is_second=again is not None)


def _rows(tx: Transaction, session_id: int) -> Sequence[Meeting]:
    """All that there were, the last one first."""
    return tx.scalars(select(Meeting).where(Meeting.session_id == session_id).order_by(*NEWEST_FIRST)).all()


def _was_one(row: Meeting) -> bool:
    return bool(row.reference) or row.finding is not None


def _is_fresh(row: Meeting) -> bool:
    return row.state is MeetingState.CREATING and row.created_at > clock.now() - A_TRY
