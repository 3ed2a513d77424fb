"""Who may sit at an agenda. Asked again all the time, so that a removed partner is out within seconds."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from companion import db
from companion.errors import NotYours
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import SignIn
from companion.model.sessions import OPEN, Session


class Right(StrEnum):
    """What somebody may do with a session's agenda right now."""

    WRITE = "write"
    READ = "read"
    REMOVED = "removed"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class Claim:
    """One of a session's two people, on one device of theirs."""

    session_id: int
    mentorship_id: int
    person_id: int
    sign_in_id: int
    role: Role


def claim(session_id: int, person_id: int, sign_in_id: int) -> Claim:
    """This person's claim to sit at this session's agenda. Raises NotYours for strangers and for who was removed."""
    with db.reading() as tx:
        session = tx.get(Session, session_id)
        if session is None or not session.mentorship.is_active:
            raise NotYours
        role = session.mentorship.role_of(person_id)
        if role is None:
            raise NotYours
        return Claim(session_id, session.mentorship_id, person_id, sign_in_id, role)


def rights_of(claims: Collection[Claim]) -> dict[Claim, Right]:
    """What each may do now, asked for all at once: one look for two thousand seats costs little more than for one."""
    if not claims:
        return {}
    sessions = (
        select(Session.id, Session.state)
        .join(Mentorship, Mentorship.id == Session.mentorship_id)
        .where(Session.id.in_({each.session_id for each in claims}), Mentorship.state == MentorshipState.ACTIVE)
    )
    devices = select(SignIn.id).where(SignIn.id.in_({each.sign_in_id for each in claims}), SignIn.ended_at.is_(None))
    with db.reading() as tx:
        states = {row.id: row.state for row in tx.execute(sessions)}
        signed_in = set(tx.scalars(devices))

    def right(of: Claim) -> Right:
        if of.session_id not in states:
            return Right.REMOVED
        if of.sign_in_id not in signed_in:
            return Right.SIGNED_OUT
        return Right.WRITE if states[of.session_id] in OPEN else Right.READ

    return {each: right(each) for each in claims}
