"""After a backup was put back: what browsers and other processes remember is newer than our rows."""

import secrets

from sqlalchemy import func, select, update

from companion.db import transaction
from companion.model.agendas import AgendaSnapshot
from companion.model.connections import Connection
from companion.model.letters import Letter, LetterState


def begin_anew() -> int:
    """Give every agenda another epoch and clear all leases; how many agendas there are.

    A browser that has an agenda of the old epoch keeps what it can't send readable, and never merges it into ours.
    Leases were taken by processes that are gone.
    """
    with transaction() as tx:
        tx.execute(update(AgendaSnapshot).values(epoch=secrets.token_hex(8)))
        tx.execute(update(Letter).where(Letter.state == LetterState.LEASED).values(state=LetterState.WAITING))
        tx.execute(update(Letter).where(Letter.leased_until.is_not(None)).values(leased_until=None))
        tx.execute(update(Connection).where(Connection.leased_until.is_not(None)).values(leased_until=None))
        return tx.scalars(select(func.count()).select_from(AgendaSnapshot)).one()
