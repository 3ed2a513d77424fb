"""The history of an agenda ends some time after its session: then what people deleted is gone from the database."""

from sqlalchemy import and_, delete, or_, select

from companion import clock
from companion.db import reading, transaction
from companion.model.agendas import AgendaPast, AgendaUpdate
from companion.model.mentorships import Mentorship
from companion.model.sessions import Session, SessionState
from companion.services import keep_agenda
from companion.services.agenda_past import KEPT

AT_ONCE = 50
"""Sessions; the next hour takes the next."""


def prune() -> None:
    """Forget the histories of sessions that ended long ago. Edits that were never folded hold deleted words too."""
    for session_id in _due():
        keep_agenda.compact(session_id)
        with transaction() as tx:
            tx.execute(delete(AgendaPast).where(AgendaPast.session_id == session_id))


def _due() -> list[int]:
    long_ago = clock.now() - KEPT
    is_over = or_(
        Session.closed_at < long_ago,
        and_(Session.state == SessionState.CANCELLED, Session.starts_at < long_ago),
        Mentorship.closed_at < long_ago,
    )
    has_past = or_(Session.id.in_(select(AgendaPast.session_id)), Session.id.in_(select(AgendaUpdate.session_id)))
    with reading() as tx:
        return list(tx.scalars(select(Session.id).join(Mentorship).where(is_over, has_past).limit(AT_ONCE)))
