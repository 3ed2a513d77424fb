"""The panel inside Google Meet: which of somebody's sessions a call may be."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from companion import clock
from companion.db import reading
from companion.model.sessions import Meeting, MeetingState, Session, SessionState
from companion.services import schedule

CODE = re.compile(r"[a-z0-9-]{3,64}")
AROUND = timedelta(hours=12)
MOST = 6


@dataclass(frozen=True)
class Fitting:
    """Sessions of one person, the likeliest first. `is_this_call`: the first one has the link of the call."""

    sessions: list[Session]
    is_this_call: bool


def sessions_for(person_id: int, code: str) -> Fitting:
    """What a call with this code may be: the session with its link, then those of this half day, else the next ones.

    The code comes from a browser and proves nothing: it only chooses among sessions that are the person's anyway.
    """
    now = clock.now()
    nearest = sorted(
        schedule.upcoming(person_id), key=lambda each: (each.state is not SessionState.LIVE, abs(each.starts_at - now))
    )
    with_link = _with_link([each.id for each in nearest], code)
    fits = [each for each in nearest if each.id in with_link]
    others = [each for each in nearest if each.id not in with_link]
    around = [each for each in others if abs(each.starts_at - now) < AROUND]
    return Fitting((fits + (around or others))[:MOST], bool(fits))


def _with_link(session_ids: Collection[int], code: str) -> set[int]:
    with reading() as tx:
        made = tx.scalars(
            select(Meeting).where(Meeting.session_id.in_(session_ids), Meeting.state == MeetingState.MADE)
        )
        return {each.session_id for each in made if _leads_to(each.join_url, code)}


def _leads_to(join_url: str, code: str) -> bool:
    """Whether a link's path ends with the code, whoever made it and whatever Google hung on to it."""
    said = code.strip().lower()
    path = join_url.partition("?")[0].partition("#")[0]
    return bool(CODE.fullmatch(said)) and path.rstrip("/").rpartition("/")[2].lower() == said
