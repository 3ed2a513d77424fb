"""The video call of a session: one link for both, made with one click, moved and cancelled along with its session.

The network is asked between two transactions; `tries` keeps what is known in case the answer never comes.
"""

from contextlib import suppress
from dataclasses import dataclass

import requests

from companion.db import reading
from companion.errors import Invalid
from companion.model.sessions import Meeting, MeetingState, Session, SessionState
from companion.services import connect, providers, tries
from companion.services.authorised import NotConnected, authorised, expect
from companion.services.connect import ProviderFailed
from companion.services.schedule import find
from companion.services.tries import Try
from integrations import meetings
from integrations.errors import Gone, GrantRevoked, IntegrationError, LostAnswer
from integrations.meetings import pasted
from integrations.offers import Offer

__all__ = [
    "NotConnected", "ProviderFailed", "choices", "current", "drop_link", "follow", "make_link", "paste_link", "place",
]  # fmt: skip

MOVES = 3  # how often a meeting runs after a session that keeps moving


COMMON = "zoom"  # what most pairs use already comes first, where nothing is connected


@dataclass(frozen=True)
class Choice:
    """A way to meet, as a person may choose it."""

    name: str
    label: str
    needs_account: bool


def current(session_id: int) -> Meeting | None:
    """The session's meeting: made, or being made this moment."""
    return tries.standing(session_id)


def place(meeting: Meeting) -> str:
    """Where it is, as people call it: "Zoom", or the host of a pasted link."""
    if meeting.provider == pasted.provider.name:
        return pasted.named_by_host(meeting.join_url)
    return providers.offer(meeting.provider).provider.label


def choices(person_id: int) -> list[Choice]:
    """The ways to meet here: first those this person has connected, last a pasted link."""
    connected = {each.name for each in connect.connectable(person_id) if each.is_connected}
    ready = [offer.provider for offer in providers.all_offers().values() if offer.is_ready]
    order = sorted(
        ready,
        key=lambda each: (each.name not in connected, each.oauth is None, each.name != COMMON, each.name == "pasted"),
    )
    return [Choice(each.name, each.label, each.oauth is not None) for each in order]


def make_link(session_id: int, provider: str, by: int, link: str = "") -> Meeting:
    """The session's link, made at this provider in this person's name; or the one that stands already.

    Raises NotConnected (the provider's consent comes first), NotYours, or another Refusal with one sentence.
    """
    offer = providers.offer(provider)
    find(session_id, by)
    if tries.standing(session_id) is None:
        expect(by, offer)
    begun = tries.begin(session_id, provider, by, link)
    if isinstance(begun, Meeting):
        return begun
    row = tries.keep(begun, _made(offer, begun, by))
    if _differs(begun):
        follow(session_id)
    return row


def paste_link(session_id: int, link: str, by: int) -> Meeting:
    """The session's link is one that a person brought along. Raises Refusal saying what is wrong with it."""
    try:
        return make_link(session_id, pasted.provider.name, by, link)
    except ProviderFailed as failed:  # no machine failed: the words that were pasted can't be used
        raise Invalid("link", failed.sentence) from failed


def drop_link(session_id: int, by: int) -> None:
    """The session has no link any more, whatever the provider says to it. Raises ProviderFailed when that was a no."""
    find(session_id, by)
    row = tries.standing(session_id)
    if row is not None and row.state is MeetingState.MADE:
        _drop(row)


def follow(session_id: int) -> None:
    """Move or cancel the meeting as its session was. Called after that commit; raises ProviderFailed."""
    for _ in range(MOVES):
        session, row = _session(session_id), tries.standing(session_id)
        if row is None or row.state is not MeetingState.MADE:
            return
        if session.state is SessionState.CANCELLED:
            _drop(row)
            return
        _move(row, session)
        if _session(session_id).version == session.version:
            return


def _made(offer: Offer, begun: Try, by: int) -> meetings.Meeting:
    try:
        with authorised(by, offer) as http:
            return _asked(offer, http, begun)
    except IntegrationError as error:
        tries.give_up(begun, unknown=begun.is_second or isinstance(error, LostAnswer))
        if isinstance(error, GrantRevoked):
            connect.must_reconnect(by, offer.provider.name)
            raise NotConnected(error.sentence) from error
        raise ProviderFailed(error.sentence) from error


def _asked(offer: Offer, http: requests.Session, begun: Try) -> meetings.Meeting:
    """Look first where an earlier answer was lost; look afterwards when this one was."""
    provider = offer.provider
    if begun.is_second and (found := provider.find(http, offer.hosts, begun.plan)):
        return found
    try:
        return provider.create(http, offer.hosts, begun.plan)
    except LostAnswer:
        with suppress(IntegrationError):
            if found := provider.find(http, offer.hosts, begun.plan):
                return found
        raise


def _move(row: Meeting, session: Session) -> None:
    offer = providers.offer(row.provider)
    try:
        with authorised(row.made_by, offer) as http:
            offer.provider.move(http, offer.hosts, _there(row), session.plan(row.marker))
    except Gone as error:
        tries.end(row)
        raise ProviderFailed(error.sentence) from error
    except IntegrationError as error:
        _note(error, row)
        raise ProviderFailed(f"{error.sentence} The link still works, but shows the old time there.") from error


def _drop(row: Meeting) -> None:
    offer = providers.offer(row.provider)
    tries.end(row)
    try:
        with authorised(row.made_by, offer) as http:
            offer.provider.cancel(http, offer.hosts, _there(row))
    except IntegrationError as error:
        _note(error, row)
        raise ProviderFailed(f"{error.sentence} The link is gone here, but not there.") from error


def _note(error: IntegrationError, row: Meeting) -> None:
    if isinstance(error, GrantRevoked):
        connect.must_reconnect(row.made_by, row.provider)


def _differs(begun: Try) -> bool:
    """Whether the session was moved or cancelled while its meeting was being made."""
    session, plan = _session(begun.session_id), begun.plan
    was, now = (plan.starts_at, plan.zone, plan.length), (session.wall, session.zone, session.length)
    return session.state is SessionState.CANCELLED or was != now


def _there(row: Meeting) -> meetings.Meeting:
    return meetings.Meeting(row.reference, row.join_url)


def _session(session_id: int) -> Session:
    with reading() as tx:
        return tx.get_one(Session, session_id)
