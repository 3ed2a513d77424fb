"""When a meeting is looked at: a day and a quarter of an hour before its session, then around the planned end."""

from datetime import datetime, timedelta

from companion.model.sessions import OPEN, Session

BEFORE = (timedelta(hours=24), timedelta(minutes=15))
BEFORE_THE_END = timedelta(minutes=5)
OFTEN, SELDOM = timedelta(minutes=1), timedelta(minutes=5)
LONG_AFTER, NO_LONGER = timedelta(hours=1), timedelta(hours=6)


def next_look(session: Session, now: datetime, *, is_told: bool = False) -> datetime | None:
    """When to look next; None: never. `is_told`: the provider says by itself when calls begin and end."""
    if session.state not in OPEN or now >= session.ends_at + NO_LONGER:
        return None
    fixed = [*_visits(session), session.ends_at - BEFORE_THE_END]
    ahead = next((moment for moment in fixed if moment > now), None)
    if ahead is not None:
        return ahead
    seldom = is_told or now >= session.ends_at + LONG_AFTER
    return now + (SELDOM if seldom else OFTEN)


def is_visit(session: Session, looked_at: datetime | None, now: datetime) -> bool:
    """Whether this look is the one a day or a quarter of an hour before: the first since then."""
    passed = [moment for moment in _visits(session) if moment <= now]
    return bool(passed) and now < session.ends_at and (looked_at is None or looked_at < passed[-1])


def _visits(session: Session) -> list[datetime]:
    return [session.starts_at - early for early in BEFORE]
