"""The video call of a session: one link for both, made with one click, moved and cancelled along with its session.

The network is asked between two transactions; `tries` keeps what is known in case the answer never comes, `settle` what
the provider has not heard yet.
"""

from contextlib import suppress
from dataclasses import dataclass

import requests

from companion.db import transaction
from companion.errors import Invalid, TooLate
from companion.model.sessions import Finding, Meeting, MeetingState, Owed
from companion.services import connect, owed, providers, settle, tries
from companion.services.authorised import NotConnected, authorised, expect
from companion.services.connect import ProviderFailed
from companion.services.schedule import find, locked
from companion.services.tries import Try
from integrations import meetings
from integrations.errors import GrantRevoked, IntegrationError, LostAnswer
from integrations.meetings import pasted
from integrations.offers import Offer

__all__ = [
    "NotConnected", "ProviderFailed", "choices", "current", "deleted", "drop_link", "follow", "host_link", "make_link",
    "paste_link", "place", "replace_link",
]  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A way to meet, as a person may choose it."""

    name: str
    label: str
    needs_account: bool


def current(session_id: int) -> Meeting | None:
    """The session's meeting: made, or being made this moment."""
    return tries.standing(session_id)


def deleted(session_id: int) -> Meeting | None:
    """The session's last meeting, where it has none any more because somebody deleted that at the provider."""
    row = tries.newest(session_id)
    return row if row is not None and row.state is MeetingState.GONE and row.finding is Finding.DELETED else None


def place(meeting: Meeting) -> str:
    """Where it is, as people call it: "Zoom", or the host of a pasted link."""
    if meeting.provider == pasted.provider.name:
        return pasted.named_by_host(meeting.join_url)
    return providers.offer(meeting.provider).provider.label


def choices(person_id: int) -> list[Choice]:
    """The ways to meet here: first those this person has connected, last a pasted link."""
    connected = {each.name for each in connect.connectable(person_id) if each.is_connected}
    ready = [offer.provider for offer in providers.all_offers().values() if offer.is_ready]
    order = sorted(ready, key=lambda each: (each.name not in connected, each.oauth is None, each.name == "pasted"))
    return [Choice(each.name, each.label, each.oauth is not None) for each in order]


def make_link(session_id: int, provider: str, by: int, link: str = "", instead: int = 0) -> Meeting:
    """The session's link, made at this provider in this person's name; or the one that stands already.

    `instead`: the meeting in whose place it is wanted, if that is the one that stands: it goes when this one is there.
    Raises NotConnected (the provider's consent comes first), NotYours, or another Refusal with one sentence.
    """
    offer = providers.offer(provider)
    find(session_id, by)
    there = tries.standing(session_id)
    old = there if there is not None and there.id == instead and there.state is MeetingState.MADE else None
    if there is None or old is not None:
        expect(by, offer)
    if old is not None:
        return replace_link(old, by, asked_by=by, provider=provider, link=link)
    begun = tries.begin(session_id, provider, by, link, asked_by=by)
    return begun if isinstance(begun, Meeting) else _kept(begun, *_made(offer, begun, by))


def paste_link(session_id: int, link: str, by: int, instead: int = 0) -> Meeting:
    """The session's link is one that a person brought along. Raises Refusal saying what is wrong with it."""
    try:
        return make_link(session_id, pasted.provider.name, by, link, instead)
    except ProviderFailed as failed:  # no machine failed: the words that were pasted can't be used
        raise Invalid("link", failed.sentence) from failed


def replace_link(
    row: Meeting, by: int, asked_by: int | None = None, provider: str | None = None, link: str = ""
) -> Meeting:
    """The session's link in the place of this one, which goes when the new one is there; both get a letter.

    `provider`: another one than this one's. `asked_by`: who wanted another, and needs no letter of it. Gives the link
    that stands, where somebody was quicker.
    Raises as make_link does: then this one stays as it was.
    """
    offer = providers.offer(provider or row.provider)
    begun = tries.begin(row.session_id, offer.provider.name, by, link, instead=row.id, asked_by=asked_by)
    if isinstance(begun, Meeting):
        return begun
    try:
        made = _made(offer, begun, by)
    except ProviderFailed as failed:
        stays = " The link you have stays." if row.state is MeetingState.MADE else ""
        raise ProviderFailed(f"{failed.sentence}{stays}") from failed
    new = _kept(begun, *made)
    with suppress(ProviderFailed):  # owed, and told again by and by
        settle.at_once(row.id)
    return new


def drop_link(session_id: int, by: int, shown: int) -> None:
    """The session has no link any more, whatever the provider says to it. `shown` is the one this person saw.

    Raises ProviderFailed when the provider said no, and TooLate when another link stands by now.
    """
    find(session_id, by)
    with transaction() as tx:
        locked(tx, session_id, by=None)
        row = tries.shown(tx, session_id, shown)
        owed.cancel(tx, session_id)
    if row is not None:
        settle.at_once(row.id)


def follow(session_id: int) -> None:
    """Tell the provider what it is owed since the session changed. After that commit; raises ProviderFailed."""
    row = tries.newest(session_id)
    if row is not None and row.owed in {Owed.MOVE, Owed.CANCEL}:
        settle.at_once(row.id)


def host_link(session_id: int, by: int) -> str:
    """A fresh link that opens the call as its host: for its maker alone, to be followed at once and kept nowhere.

    Raises TooLate with one sentence; the plain link is the way in then.
    """
    find(session_id, by)
    row = tries.standing(session_id)
    if row is None or row.state is not MeetingState.MADE or row.made_by != by:
        raise TooLate("Only whoever made the link can start the call as its host. Join it as usual.")
    offer = providers.offer(row.provider)
    try:
        with authorised(by, offer) as http:
            url = offer.provider.host_url(http, offer.hosts, settle.there(row))
    except IntegrationError as error:
        settle.note(error, row)
        raise TooLate(f"{error.sentence} You can still join as usual.") from error
    if not url:
        raise TooLate(f"{offer.provider.label} has no such way in. Join as usual.")
    return url


def _kept(begun: Try, made: meetings.Meeting, was_found: bool) -> Meeting:
    row = tries.keep(begun, made, was_found=was_found)
    if row.owed is not None:
        settle.at_once(row.id)
    return row


def _made(offer: Offer, begun: Try, by: int) -> tuple[meetings.Meeting, bool]:
    """The meeting, and whether an earlier try had made it."""
    try:
        with authorised(by, offer) as http:
            return _asked(offer, http, begun)
    except IntegrationError as error:
        tries.give_up(begun, unknown=begun.is_second or isinstance(error, LostAnswer))
        if isinstance(error, GrantRevoked):
            raise NotConnected(error.sentence) from error
        raise ProviderFailed(error.sentence) from error


def _asked(offer: Offer, http: requests.Session, begun: Try) -> tuple[meetings.Meeting, bool]:
    """Look first where an earlier answer was lost; look afterwards when this one was."""
    provider = offer.provider
    if begun.is_second and (found := provider.find(http, offer.hosts, begun.plan)):
        return found, True
    try:
        return provider.create(http, offer.hosts, begun.plan), False
    except LostAnswer:
        with suppress(IntegrationError):
            if found := provider.find(http, offer.hosts, begun.plan):
                return found, False
        raise
