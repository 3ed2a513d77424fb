"""Two sessions of one pair at the same time: allowed, but said."""

from datetime import datetime

from sqlalchemy import select

from companion.db import reading
from companion.model.sessions import OPEN, Session
from companion.services.schedule import LONGEST


def overlapping(mentorship_id: int, start: datetime, end: datetime, but: int | None = None) -> Session | None:
    """An open session of this mentorship that shares some of start to end (UTC); `but` is the one being moved."""
    with reading() as tx:
        rows = tx.scalars(
            select(Session)
            .where(Session.mentorship_id == mentorship_id, Session.state.in_(OPEN))
            .where(Session.starts_at < end, Session.starts_at > start - LONGEST)
            .order_by(Session.starts_at)
        )
        return next((session for session in rows if session.id != but and session.ends_at > start), None)
