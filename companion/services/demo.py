"""The demo pair: Ruth in Nairobi mentors Mateo in Santiago. Made once; each start brings their next session close."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.model.action_items import ActionItem
from companion.model.agendas import Record
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import Person
from companion.model.sessions import NEAR, OPEN, Session, SessionState
from companion.services import keep_agenda
from companion.services.agenda_log import Edit
from companion.services.agenda_past import NOBODY
from companion.services.demo_story import NEXT_AGENDA, PAST, Told

RUTH, MATEO = "ruth@example.org", "mateo@example.org"
HOME = ZoneInfo("Africa/Nairobi")
RHYTHM = timedelta(weeks=2)


def prepare() -> None:
    """Make the pair if they aren't here; shift their story so that the next session is minutes away."""
    with reading() as tx:
        known = tx.scalar(select(Person.id).where(Person.email == RUTH))
    if known is None:
        _make()
    else:
        _bring_close()


def _soon() -> datetime:
    """A round time that leaves some minutes to look around, and is near enough to begin at once."""
    at = clock.now() + timedelta(minutes=12)
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)


def _make() -> None:
    starts_at = _soon()
    with transaction() as tx:
        began = starts_at - RHYTHM * (len(PAST) + 1)
        ruth = Person(email=RUTH, name="Ruth Wanjiru", zone="Africa/Nairobi", locale="en-GB", created_at=began)
        mateo = Person(email=MATEO, name="Mateo Fuentes", zone="America/Santiago", locale="en-GB", created_at=began)
        pair = Mentorship(
            mentor=ruth, mentee=mateo, purpose="Lead a platform team by next summer",
            state=MentorshipState.ACTIVE, started_at=began,
        )  # fmt: skip
        tx.add(pair)
        tx.flush()
        _tell_past(tx, pair, starts_at, PAST)
        upcoming = _session(pair, len(PAST) + 1, "", starts_at)
        tx.add(upcoming)
        tx.flush()
        upcoming_id = upcoming.id
    keep_agenda.record([Edit(upcoming_id, NOBODY, NEXT_AGENDA)])  # both wrote in it


def _tell_past(tx: Transaction, pair: Mentorship, next_at: datetime, past: Sequence[Told]) -> None:
    for number, told in enumerate(past, start=1):
        session = _session(pair, number, told.title, next_at - RHYTHM * (len(past) + 1 - number))
        session.state, session.closed_at = SessionState.CLOSED, session.ends_at
        session.live_at, session.over_at = session.starts_at, session.ends_at
        tx.add(session)
        tx.flush()
        tx.add(Record(session_id=session.id, page=told.page(), seq=0, sealed_at=session.ends_at))
        for position, item in enumerate(told.items):
            day = session.starts_at.astimezone(HOME).date()
            tx.add(
                ActionItem(
                    mentorship_id=pair.id, session_id=session.id, key=f"demo{position}", text=item.text,
                    owner=Role(item.owner), due=day + timedelta(days=item.due_in) if item.due_in else None,
                    done_at=session.ends_at + timedelta(days=item.done_in) if item.done_in else None, position=position,
                )
            )  # fmt: skip


def _session(pair: Mentorship, number: int, title: str, starts_at: datetime) -> Session:
    return Session(
        mentorship=pair, mentorship_id=pair.id, number=number, title=title, zone=HOME.key, minutes=60, fold=0,
        wall=starts_at.astimezone(HOME).replace(tzinfo=None), starts_at=starts_at, planned_by=pair.mentor_id,
        version=1, state=SessionState.PLANNED, empty_since=clock.now(),
    )  # fmt: skip


def _bring_close() -> None:
    """Past sessions move along with the next one; where none is ahead, one is planned."""
    with transaction() as tx:
        pair = tx.scalars(select(Mentorship).join(Mentorship.mentor).where(Person.email == RUTH).limit(1)).one()
        sessions = tx.scalars(
            select(Session).where(Session.mentorship_id == pair.id).order_by(Session.starts_at)
        ).all()  # fmt: skip
        ahead = [each for each in sessions if each.state in OPEN]
        if not ahead and pair.is_active:
            tx.add(_session(pair, max(each.number for each in sessions) + 1, "", _soon()))
            return
        if ahead and not timedelta(minutes=3) < ahead[0].starts_at - clock.now() < NEAR:
            _shift(tx, sessions, _soon() - ahead[0].starts_at)


def _shift(tx: Transaction, sessions: Sequence[Session], by: timedelta) -> None:
    for each in sessions:
        each.starts_at += by
        each.wall = each.starts_at.astimezone(ZoneInfo(each.zone)).replace(tzinfo=None)
        each.live_at, each.over_at, each.closed_at = (
            moment + by if moment else None for moment in (each.live_at, each.over_at, each.closed_at)
        )
        if each.state is not SessionState.CLOSED:
            each.state, each.live_at, each.over_at, each.ended_at = SessionState.PLANNED, None, None, None
            each.empty_since, each.mentor_came, each.mentee_came = clock.now(), False, False
    days = timedelta(days=round(by / timedelta(days=1)))
    ids = [each.id for each in sessions]
    for item in tx.scalars(select(ActionItem).where(ActionItem.session_id.in_(ids))):
        item.due = item.due + days if item.due else None
        item.done_at = item.done_at + by if item.done_at else None
