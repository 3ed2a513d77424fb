"""Winding up together: both agree to the action items as they are worded, and to when they talk next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from companion import clock, signals
from companion.db import announce, reading, transaction
from companion.errors import Invalid, TooLate
from companion.model.action_items import ActionItem
from companion.model.agreed import AgreedWording, WantedDate, agreed_by_both
from companion.model.mentorships import Role
from companion.model.sessions import Session, SessionState
from companion.services import follow_up, rhythm, schedule
from companion.services.schedule import Slot, locked


@dataclass(frozen=True)
class Agreed:
    """A partner agreed to an item of the agenda, whose wording then had this hash."""

    item: str
    role: Role
    wording: str


@dataclass(frozen=True)
class NextDate:
    """What is known of the next talk: the one that is planned; else what is offered, and what each has tapped."""

    planned: Session | None
    offered: list[datetime]
    wanted: Mapping[Role, datetime]

    def wanted_by(self, at: datetime) -> set[Role]:
        """For whom this time works."""
        return {role for role, each in self.wanted.items() if each == at}


def agree(session_id: int, by: int, wordings: Mapping[str, str]) -> None:
    """`by` agrees to these items (id → hash of the wording they saw), in place of all they agreed to before."""
    with transaction() as tx:
        session = _winding_up(tx, session_id, by)
        mine = (AgreedWording.session_id == session.id, AgreedWording.person_id == by)
        tx.execute(delete(AgreedWording).where(*mine))
        tx.add_all(
            AgreedWording(session_id=session.id, person_id=by, item_key=key, wording=said, at=clock.now())
            for key, said in wordings.items()
        )
        announce(tx, signals.wording_agreed, session_id=session.id)


def agreed(session: Session) -> list[Agreed]:
    """Who has agreed to what so far."""
    with reading() as tx:
        rows = tx.scalars(select(AgreedWording).where(AgreedWording.session_id == session.id)).all()
    roles = {row.person_id: session.mentorship.role_of(row.person_id) for row in rows}
    return [Agreed(row.item_key, role, row.wording) for row in rows if (role := roles[row.person_id])]


def settled(session_id: int, items: list[ActionItem]) -> set[str]:
    """Keys of the closed session's items that both agreed to, worded as they are."""
    with reading() as tx:
        return agreed_by_both(tx, session_id, items)


def next_date(session: Session) -> NextDate:
    """Of this pair, while they wind up this session."""
    planned = follow_up.next_after(session)
    with reading() as tx:
        rows = tx.scalars(select(WantedDate).where(WantedDate.session_id == session.id)).all()
    wanted = {role: row.starts_at for row in rows if (role := session.mentorship.role_of(row.person_id))}
    offered = [] if planned else [slot.instant() for slot in rhythm.offers(session.mentorship_id)]
    return NextDate(planned, offered, {role: at for role, at in wanted.items() if at in offered})


def want(session_id: int, by: int, starts_at: datetime) -> Session | None:
    """This offered time works for `by`. Where it works for both, the next talk is planned then.

    Gives the next talk, once there is one: two taps at once, or one too late, plan nothing twice.
    """
    session = schedule.find(session_id, by)
    coming = follow_up.next_after(session)
    if coming is not None:
        return coming
    slot = _offered(session, starts_at)
    with transaction() as tx:
        session = _winding_up(tx, session_id, by)
        tx.merge(WantedDate(session_id=session.id, person_id=by, starts_at=starts_at, at=clock.now()))
        announce(tx, signals.dates_changed, mentorship_id=session.mentorship_id)
        partner = tx.get(WantedDate, (session.id, session.mentorship.partner_of(by).id))
        if partner is None or partner.starts_at != starts_at:
            return None
        return _there(tx, session, starts_at) or schedule.planned(tx, session.mentorship_id, by, slot)


def _winding_up(tx: Transaction, session_id: int, by: int) -> Session:
    """The session's row, locked, while there is still something to agree on."""
    session = locked(tx, session_id, by)
    if session.state in (SessionState.CLOSED, SessionState.CANCELLED):
        raise TooLate("The lists have gone out already. The record has both, and the way to the next talk.")
    return session


def _offered(session: Session, starts_at: datetime) -> Slot:
    for slot in rhythm.offers(session.mentorship_id):
        if slot.instant() == starts_at:
            return slot
    raise Invalid("at", "That time isn’t offered any more. Pick another one.")


def _there(tx: Transaction, session: Session, starts_at: datetime) -> Session | None:
    """A talk that was planned for that time while we asked."""
    same = (Session.mentorship_id == session.mentorship_id, Session.starts_at == starts_at)
    return tx.scalar(select(Session).where(*same, Session.state == SessionState.PLANNED).limit(1))
