"""The panel inside Zoom: whose it is, and which session is talked about there.

Zoom's word on who somebody is counts for the visitor who first showed it. People are known by the Zoom account that
they connected or sign in with, never by a name or an address.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from companion import clock
from companion.db import reading, transaction
from companion.errors import TooLate
from companion.model.calls import Call
from companion.model.connections import Connection, ConnectionState
from companion.model.people import LinkedAccount, Person
from companion.model.sessions import Meeting, MeetingState, Session
from companion.model.tickets import ShownContext
from companion.services import authorised, follow_call, providers, schedule, settle
from integrations import zoom, zoom_context
from integrations.errors import IntegrationError
from integrations.zoom import IN_MEETING
from integrations.zoom_context import AppContext

ZOOM = "zoom"
BEFORE, AFTER = timedelta(hours=12), timedelta(hours=6)
"""How near a session is that somebody may mean: since its planned end, and until its start."""
CAPABILITIES = (
    "authorize",
    "getAppContext",
    "getUserContext",
    "onAuthorized",
    "onMeeting",
    "onMyUserContextChange",
    "onRunningContextChange",
    "openUrl",
    "promptAuthorize",
    "sendAppInvitationToAllParticipants",
)
"""What the panel asks of Zoom's client: its page names them there, and the app's entry at Zoom has to as well."""
MOST_ASKED = 3  # meetings that Zoom is asked about while somebody waits


def shown(sealed: str, visitor_hash: str) -> AppContext | None:
    """What Zoom's client says of this visitor; None where it says nothing, or said it of another visitor before."""
    client = providers.offer(ZOOM).client
    context = zoom_context.read(sealed, client, clock.now()) if client else None
    return context if context is not None and _is_theirs(sealed, context, visitor_hash) else None


def whose(account: str) -> Person | None:
    """Who signs in here with this Zoom account, or has connected it. Nobody for somebody not signed in there."""
    if not account:
        return None
    with reading() as tx:
        for row in (LinkedAccount, Connection):
            held = select(row.person_id).where(row.provider == ZOOM, row.account == account)
            if (person_id := tx.scalar(held)) is not None:
                return tx.get_one(Person, person_id)
    return None


def meant(person_id: int, context: AppContext) -> Session | None:
    """Which of their sessions this is about: the one a deep link names, or the one whose call they are in.

    Zoom is asked for the call's uuid where it has not told it: its messages can be late, or switched off.
    """
    named = _named(context.action)
    if named:
        found = [session for session in schedule.upcoming(person_id) if session.id == named]
        return found[0] if found else None
    if not context.meeting:
        return None
    return _held_at(person_id, context.meeting) or _asked(person_id, context.meeting)


def near(person_id: int) -> list[Session]:
    """Their sessions around now, soonest first."""
    now = clock.now()
    return [each for each in schedule.upcoming(person_id) if each.starts_at - AFTER <= now <= each.ends_at + BEFORE]


def can_be_opened(meeting: Meeting, by: int) -> bool:
    """Whether this person can go from our page into the panel: their grant has to hold the scope for it."""
    if meeting.provider != ZOOM or meeting.state is not MeetingState.MADE:
        return False
    connection = authorised.find(by, ZOOM)
    if connection is None or connection.state is not ConnectionState.OK:
        return False
    return IN_MEETING in connection.scopes.split()


def link_into(session_id: int, by: int) -> str:
    """A link that opens this session's panel in their Zoom. Raises NotYours, and TooLate with one sentence."""
    schedule.find(session_id, by)
    offer = providers.offer(ZOOM)
    try:
        with authorised.authorised(by, offer) as http:
            return zoom.deep_link(http, offer.hosts, json.dumps({"session": session_id}))
    except IntegrationError as error:
        raise TooLate(f"{error.sentence} In Zoom, you find Alongside under Apps.") from error


def prune() -> None:
    """Forget who showed what is too old for anybody."""
    with transaction() as tx:
        tx.execute(delete(ShownContext).where(ShownContext.expires_at < clock.now()))


def _is_theirs(sealed: str, context: AppContext, visitor_hash: str) -> bool:
    """Whether this visitor showed it first. Its bytes count, not how they were spelt."""
    plain = sealed.strip().rstrip("=").replace("-", "+").replace("_", "/")
    digest = hashlib.sha256(plain.encode()).hexdigest()
    with suppress(IntegrityError), transaction() as tx:
        known = tx.get(ShownContext, digest)
        if known is None:
            tx.add(ShownContext(context_hash=digest, visitor_hash=visitor_hash, expires_at=context.expires_at))
            tx.flush()
            return True
        return known.visitor_hash == visitor_hash
    with reading() as tx:  # another request of this visitor, or another visitor, came in between
        known = tx.get(ShownContext, digest)
        return known is not None and known.visitor_hash == visitor_hash


def _named(action: str) -> int:
    """The session that a deep link of ours names; 0 where it names none. Zoom hands on whatever it was given."""
    try:
        said = json.loads(action) if action else None
    except (ValueError, RecursionError):
        return 0
    number = said.get("session") if isinstance(said, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _held_at(person_id: int, uuid: str) -> Session | None:
    """By what Zoom told of its calls before."""
    calls = (
        select(Meeting.session_id)
        .join(Call, Call.meeting_id == Meeting.id)
        .where(Meeting.provider == ZOOM, Call.instance == uuid)
    )
    with reading() as tx:
        ids = set(tx.scalars(calls))
    return next((each for each in schedule.upcoming(person_id) if each.id in ids), None)


def _asked(person_id: int, uuid: str) -> Session | None:
    """By asking Zoom about the meetings of their sessions around now, in their makers' names."""
    for meeting in _meetings(near(person_id))[:MOST_ASKED]:
        offer = providers.offer(ZOOM)
        with suppress(IntegrationError), authorised.authorised(meeting.made_by, offer) as http:
            status = offer.provider.status(http, offer.hosts, settle.there(meeting), "")
            follow_call.keep(ZOOM, meeting.reference, status.runs)
    return _held_at(person_id, uuid)


def _meetings(sessions: Sequence[Session]) -> list[Meeting]:
    """Those at Zoom, nearest to now first."""
    now = clock.now()
    order = {each.id: abs(each.starts_at - now) for each in sessions}
    at_zoom = (Meeting.session_id.in_(order), Meeting.provider == ZOOM, Meeting.state == MeetingState.MADE)
    with reading() as tx:
        rows = list(tx.scalars(select(Meeting).where(*at_zoom)))
    return sorted(rows, key=lambda row: order[row.session_id])
