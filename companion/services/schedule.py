"""When a pair talks: plan, move, cancel, and what the clock makes of it.

Wall times are the planner's own; impossible ones are said, doubled ones asked about, never guessed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import Invalid, NotYours, TooLate
from companion.model.letters import post
from companion.model.mentorships import Mentorship
from companion.model.sessions import OPEN, Session, SessionState, instant, is_doubled, place
from companion.services import owed

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=4)
FARTHEST = timedelta(days=732)


@dataclass(frozen=True)
class Slot:
    """What a planner chose: local wall time, its zone, how long. `fold` says which of two equal wall times is meant."""

    wall: datetime
    zone: str
    minutes: int
    fold: int | None = None

    def instant(self) -> datetime:
        """The UTC instant. Raises Invalid for a time that can't be meant."""
        if not SHORTEST <= timedelta(minutes=self.minutes) <= LONGEST:
            raise Invalid("minutes", "A session lasts from 10 minutes to 4 hours.")
        if self.fold is None and is_doubled(self.wall, self.zone):
            raise Invalid(
                "fold",
                f"{self.wall:%H:%M} comes twice in {place(self.zone)} that night: the clocks go back. Say which one.",
            )
        moment = instant(self.wall.replace(fold=self.fold or 0), self.zone)
        if moment <= clock.now():
            raise Invalid("time", "That time has passed. Pick one that lies ahead.")
        if moment > clock.now() + FARTHEST:
            raise Invalid("day", "That is more than two years away. Pick an earlier day.")
        return moment


def plan(mentorship_id: int, by: int, slot: Slot, title: str = "") -> Session:
    """A new session of this mentorship; its partner gets a letter."""
    with transaction() as tx:
        return planned(tx, mentorship_id, by, slot, title)


def planned(tx: Transaction, mentorship_id: int, by: int, slot: Slot, title: str = "") -> Session:
    """The same, as one part of a larger deed."""
    mentorship = tx.get(Mentorship, mentorship_id, with_for_update={"of": Mentorship})
    if mentorship is None:
        raise NotYours
    mentorship.for_partner(by)
    if not mentorship.is_active:
        raise TooLate("This mentorship has ended, so no session can be planned in it.")
    last = tx.scalar(select(func.max(Session.number)).where(Session.mentorship_id == mentorship_id)) or 0
    session = Session(
        mentorship=mentorship, mentorship_id=mentorship_id, number=last + 1, title=_title(title), wall=slot.wall,
        fold=slot.fold or 0, zone=slot.zone, minutes=slot.minutes, starts_at=slot.instant(), planned_by=by,
        state=SessionState.PLANNED, version=1, empty_since=clock.now(),
    )  # fmt: skip
    tx.add(session)
    tx.flush()
    _tell(tx, "session_planned", session, by)
    announce(tx, signals.session_planned, session_id=session.id)
    if _are_talking(tx, mentorship_id):
        announce(tx, signals.dates_changed, mentorship_id=mentorship_id)
    return session


def move(session_id: int, by: int, slot: Slot, title: str | None = None) -> Session:
    """Give the session another time, length or title. The partner gets a letter when time or length changed."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if not session.can_move:
            raise TooLate("You are both here already, so this session can’t be moved any more.")
        was, old_length, old_title = session.starts_at, session.minutes, session.title
        if title is not None:
            session.title = _title(title)
        if _same(session, slot):
            if session.title != old_title:
                owed.move(tx, session)
            return session
        session.starts_at = slot.instant()
        session.wall, session.fold, session.zone, session.minutes = slot.wall, slot.fold or 0, slot.zone, slot.minutes
        session.version += 1
        session.state, session.live_at = SessionState.PLANNED, None
        session.mentor_came = session.mentee_came = False
        session.call_verdict, session.over_because = "", None
        owed.move(tx, session)
        if (was, old_length) != (session.starts_at, session.minutes):
            _tell(tx, "session_moved", session, by, was=was.isoformat())
        announce(tx, signals.session_moved, session_id=session.id)
        return session


def cancel(session_id: int, by: int) -> Session:
    """Call the session off. What was prepared stays readable; the partner gets a letter."""
    with transaction() as tx:
        session = locked(tx, session_id, by)
        if session.state is SessionState.CANCELLED:
            return session
        if not session.can_move:
            raise TooLate("You are both here already. End the session instead: what you wrote is kept.")
        session.state = SessionState.CANCELLED
        session.version += 1
        owed.cancel(tx, session.id)
        _tell(tx, "session_cancelled", session, by)
        announce(tx, signals.session_cancelled, session_id=session.id)
        return session


def cancel_planned(mentorship_id: int) -> list[int]:
    """When a mentorship ends, what was planned is called off, and its meetings at the next beat. Gives the ids."""
    with transaction() as tx:
        rows = tx.scalars(
            select(Session).where(Session.mentorship_id == mentorship_id, Session.state == SessionState.PLANNED)
        ).all()
        for session in rows:
            session.state = SessionState.CANCELLED
            session.version += 1
            owed.cancel(tx, session.id, by_itself=True)
            announce(tx, signals.session_cancelled, session_id=session.id)
        return [session.id for session in rows]


def find(session_id: int, by: int) -> Session:
    """This session, for one of its partners. Raises NotYours."""
    with reading() as tx:
        session = tx.get(Session, session_id)
        if session is None:
            raise NotYours
        return session.for_partner(by)


def upcoming(person_id: int) -> list[Session]:
    """Every open session of this person's active mentorships, soonest first."""
    mine = (Mentorship.mentor_id == person_id) | (Mentorship.mentee_id == person_id)
    with reading() as tx:
        rows = tx.scalars(
            select(Session)
            .join(Session.mentorship)
            .where(mine, Mentorship.closed_at.is_(None), Session.state.in_(OPEN))
            .order_by(Session.starts_at)
        )
        return list(rows)


def of_mentorship(mentorship_id: int) -> list[Session]:
    """All sessions of a mentorship in the order of their times. The caller has asked who is asking."""
    with reading() as tx:
        rows = tx.scalars(select(Session).where(Session.mentorship_id == mentorship_id).order_by(Session.starts_at))
        return list(rows)


def as_entered(session: Session, zone: str) -> dict[str, str]:
    """A session's time as the planner's form would hold it."""
    local = session.starts_at.astimezone(ZoneInfo(zone))
    return {
        "day": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
        "minutes": str(session.minutes),
        "title": session.title,
        "fold": str(local.fold) if is_doubled(local.replace(tzinfo=None), zone) else "",
    }


def locked(tx: Transaction, session_id: int, by: int | None) -> Session:
    """The session's row, locked until the end of this transaction, for one of its partners (or for the clock)."""
    session = tx.get(Session, session_id, with_for_update={"of": Session})
    if session is None:
        raise NotYours
    if by is None:
        return session
    session.for_partner(by)
    if not session.mentorship.is_active:
        raise TooLate("This mentorship has ended, so its sessions can only be read.")
    return session


def _are_talking(tx: Transaction, mentorship_id: int) -> bool:
    """Whether a session of theirs is on or being wrapped up: only there is it asked when they talk next."""
    on = (Session.mentorship_id == mentorship_id, Session.state.in_((SessionState.LIVE, SessionState.OVER)))
    return tx.scalar(select(Session.id).where(*on).limit(1)) is not None


def _same(session: Session, slot: Slot) -> bool:
    return (session.wall, session.zone, session.minutes, session.fold) == (
        slot.wall,
        slot.zone,
        slot.minutes,
        slot.fold or 0,
    )


def _title(title: str) -> str:
    words = " ".join(title.split())
    if len(words) > 120:
        raise Invalid("title", "Keep the title under 120 characters.")
    return words


def _tell(tx: Transaction, kind: str, session: Session, by: int, **more: str) -> None:
    partner = session.mentorship.partner_of(by)
    facts = {"session_id": session.id, "by": by, **more}
    post(tx, kind, partner, facts, key=f"{kind}:{session.id}:{session.version}:{partner.id}")
