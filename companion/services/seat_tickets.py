"""Tickets that any process on the same database takes, each once. For who is alone, see `live.tickets`."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select

from companion import clock, db
from companion.model.tickets import SeatTicket
from companion.services.sit import Claim


def unused(person_id: int) -> int:
    """How many tickets this person holds."""
    mine = (SeatTicket.person_id == person_id, SeatTicket.expires_at > clock.now())
    with db.reading() as tx:
        return tx.scalar(select(func.count()).where(*mine)) or 0


def keep(ticket: str, claim: Claim, valid: timedelta) -> None:
    """This ticket opens this claim, for so long. Forgets those that opened nothing in time."""
    now = clock.now()
    with db.transaction() as tx:
        tx.execute(delete(SeatTicket).where(SeatTicket.expires_at < now))
        tx.add(
            SeatTicket(
                ticket_hash=_hash(ticket), session_id=claim.session_id, mentorship_id=claim.mentorship_id,
                person_id=claim.person_id, sign_in_id=claim.sign_in_id, role=claim.role, expires_at=now + valid,
            )
        )  # fmt: skip


def take(ticket: str) -> Claim | None:
    """What the ticket opens. Of several who show it at once, one gets in."""
    row = SeatTicket
    spent = delete(row).where(row.ticket_hash == _hash(ticket), row.expires_at > clock.now())
    wanted = (row.session_id, row.mentorship_id, row.person_id, row.sign_in_id, row.role)
    with db.transaction() as tx:
        found = tx.execute(spent.returning(*wanted)).one_or_none()
    return Claim(*found) if found else None


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
