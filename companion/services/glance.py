"""What has happened since two people last talked, counted."""

from sqlalchemy import func, select

from companion.db import reading
from companion.model.action_items import ActionItem
from companion.model.mentorships import Mentorship, Role
from companion.model.sessions import Session, SessionState


def finished_since_talk(person_id: int) -> dict[int, int]:
    """By mentorship: how many action items the partner has finished since the last closed session. No zeros."""
    mentor = (ActionItem.owner == Role.MENTEE) & (Mentorship.mentor_id == person_id)
    mentee = (ActionItem.owner == Role.MENTOR) & (Mentorship.mentee_id == person_id)
    talk = (
        select(Session.mentorship_id, func.max(Session.over_at).label("at"))
        .where(Session.state == SessionState.CLOSED)
        .group_by(Session.mentorship_id)
        .subquery()
    )
    with reading() as tx:
        rows = tx.execute(
            select(ActionItem.mentorship_id, func.count())
            .join(Mentorship, Mentorship.id == ActionItem.mentorship_id)
            .join(talk, talk.c.mentorship_id == ActionItem.mentorship_id)
            .where(mentor | mentee, Mentorship.closed_at.is_(None))
            .where(ActionItem.dropped_at.is_(None), ActionItem.done_at > talk.c.at)
            .group_by(ActionItem.mentorship_id)
        )
        return {row[0]: row[1] for row in rows}
