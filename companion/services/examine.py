"""One look at a meeting: what its provider says of it, what was mended, and what it means for the link."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from sqlalchemy.orm import Session as Transaction

from companion import clock, config, signals
from companion.db import announce, transaction
from companion.model.letters import post
from companion.model.sessions import Finding, Meeting, MeetingState, Owed, Session
from companion.services import providers, rounds, settle
from companion.services.authorised import authorised, find
from companion.services.tries import WANT_ONE
from integrations import meetings
from integrations.errors import GrantRevoked, IntegrationError, Refused, Unavailable
from integrations.hooks import hooks
from integrations.meetings import Obstacle, Status
from integrations.offers import Offer

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)  # where nobody answered
A_MINUTE = timedelta(minutes=1)
FOUND = {
    Obstacle.OTHER_HOST: Finding.OTHER_HOST,
    Obstacle.SIGN_IN: Finding.SIGN_IN,
    Obstacle.KNOCK: Finding.KNOCK,
}
CAN_BE_MENDED = frozenset({Finding.SIGN_IN, Finding.KNOCK})
FOR_ITS_MAKER = frozenset({Finding.MOVED, *FOUND.values()})  # who must connect again has a letter of that already


@dataclass(frozen=True)
class Look:
    """One look at one meeting, ours alone until `until`. `is_visit`: one of the doctor's, or asked for by a person."""

    meeting: Meeting
    session: Session
    until: datetime
    is_visit: bool
    is_asked: bool


def asked(look: Look) -> Status:
    """What the provider says, after we tried once to let the partner in. Our own change makes it tell us of one."""
    row, session, offer = look.meeting, look.session, providers.offer(look.meeting.provider)
    connection = find(row.made_by, row.provider)
    there, account = settle.there(row), connection.account if connection else ""
    with authorised(row.made_by, offer) as http:
        status = offer.provider.status(http, offer.hosts, there, account)
        if look.is_visit or row.looked_at is None:
            _subscribe(http, offer, there)
        if _can_be_mended(look, status):
            with suppress(Refused):
                offer.provider.move(http, offer.hosts, there, session.plan(row.marker))
                status = offer.provider.status(http, offer.hosts, there, account)
        return status


def _subscribe(http: requests.Session, offer: Offer, there: meetings.Meeting) -> None:
    """Where the settings name a topic, ask to be told of calls; looks around the planned end stand in for it else."""
    topic = config.current().provider_env.get(f"{offer.provider.name.upper()}_PUBSUB_TOPIC")
    if topic:
        try:
            offer.provider.subscribe(http, offer.hosts, there, topic)
        except IntegrationError as error:
            log.warning("no messages about a meeting: %s", error.sentence)


def _can_be_mended(look: Look, status: Status) -> bool:
    finding = _finding(look.session, status)
    is_new = look.is_asked or finding is not look.meeting.finding
    return is_new and finding in CAN_BE_MENDED and look.session.state in WANT_ONE


def _finding(session: Session, status: Status) -> Finding:
    """Another time matters as long as the session can still take one: not once both are here."""
    if session.can_move and status.starts_at is not None and abs(status.starts_at - session.starts_at) >= A_MINUTE:
        return Finding.MOVED
    return next((finding for obstacle, finding in FOUND.items() if obstacle in status.obstacles), Finding.FINE)


def note(look: Look, status: Status) -> None:
    """What was found, while it still matters: before and during the talk."""

    def found(tx: Transaction, row: Meeting, session: Session) -> None:
        row.looked_at, row.join_url = clock.now(), status.join_url or row.join_url
        if session.state in WANT_ONE and row.owed is not Owed.MOVE:
            row.finding, row.there_at = _finding(session, status), status.starts_at
            _tell_its_maker(tx, look, row, session)

    _write(look, found)


def unanswered(look: Look, error: IntegrationError) -> None:
    """A grant that died is found; silence is, at a visit, and is tried again before the talk."""

    def found(_tx: Transaction, row: Meeting, session: Session) -> None:
        now = clock.now()
        matters = now < session.ends_at
        if isinstance(error, GrantRevoked):
            row.looked_at, row.finding = now, Finding.RECONNECT if matters else row.finding
            return
        log.warning("meeting %s could not be looked at: %s", row.id, error.sentence)
        if look.is_visit and matters:
            row.finding = Finding.UNREACHABLE
        if row.look_at is not None and now < session.starts_at:
            until = error.until if isinstance(error, Unavailable) else None
            row.look_at = min(row.look_at, max(now + AGAIN, until or now))

    _write(look, found)


def _write(look: Look, found: Callable[[Transaction, Meeting, Session], None]) -> None:
    """Write what was found and when to look next; both are told when it changed or was asked for."""
    with transaction() as tx:
        row = tx.get_one(Meeting, look.meeting.id, with_for_update=True)
        session = tx.get_one(Session, row.session_id)
        asked_meanwhile = row.look_at if row.look_at != look.until else None
        before = _shown(row)
        row.look_at = rounds.next_look(session, clock.now(), is_told=_is_told(row.provider))
        if row.state is MeetingState.MADE:
            found(tx, row, session)
        row.look_at = asked_meanwhile or row.look_at
        if look.is_visit or _shown(row) != before:
            announce(tx, signals.meeting_changed, session_id=row.session_id)


def _tell_its_maker(tx: Transaction, look: Look, row: Meeting, session: Session) -> None:
    """One letter for each thing that only they can mend, from the doctor's own visits: who asked, sees it."""
    if look.is_visit and not look.is_asked and row.finding is not None and row.finding in FOR_ITS_MAKER:
        role, found = session.mentorship.role_of(row.made_by), row.finding.value
        assert role is not None
        maker = session.mentorship.person_in(role)
        post(tx, "link_trouble", maker, {"meeting_id": row.id, "finding": found}, key=f"link_trouble:{row.id}:{found}")


def _shown(row: Meeting) -> tuple[object, ...]:
    return row.finding, row.there_at, row.join_url


def _is_told(provider: str) -> bool:
    """Whether this provider tells us by itself when calls begin and end."""
    hook, said = hooks().get(provider), config.current().provider_env
    return hook is not None and all(said.get(f"{provider.upper()}_{name}") for name in hook.settings)
