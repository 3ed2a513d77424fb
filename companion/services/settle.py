"""Tells providers what they are owed, until they have heard it: moves, cancels, and what came of a lost answer."""

import logging
from contextlib import suppress

import requests

from companion.errors import Refusal
from companion.model.sessions import Meeting, Owed
from companion.services import lanes, owed, providers, tries
from companion.services.authorised import authorised, find
from companion.services.connect import ProviderFailed
from companion.services.owed import Debt
from integrations import meetings
from integrations.errors import Gone, GrantRevoked, IntegrationError, Unavailable
from integrations.offers import Offer

log = logging.getLogger(__name__)

LOOKS = 3  # how often a meeting that may never have come about is looked for
MEANWHILE = {
    Owed.MOVE: "The link still works, but shows the old time there.",
    Owed.CANCEL: "The link is gone here, but not there yet.",
    Owed.LOOK_UP: "Nobody can say yet whether there is a link.",
}


def tick(provider: str | None = None) -> None:
    """Tell what is due, this provider or all. Called every few seconds; cheap when idle."""
    lanes.go(owed.due(provider), _told)


def if_due(meeting_id: int) -> None:
    """Tell it if its time has come. Raises ProviderFailed."""
    debt = owed.take(meeting_id)
    if debt is not None:
        tell(debt)


def at_once(meeting_id: int) -> None:
    """Tell it now, for whoever just caused it. Raises ProviderFailed saying what that means."""
    debt = owed.take(meeting_id, early=True)
    if debt is not None:
        tell(debt)


def tell(debt: Debt) -> None:
    """Tell the provider. Raises ProviderFailed when it didn't work; it is then told later, where that can help."""
    row = debt.meeting
    try:
        offer = providers.offer(row.provider)
        with authorised(row.made_by, offer) as http:
            _SAID[debt.what](offer, http, debt)
    except Gone as error:
        note(error, row)
        raise ProviderFailed(error.sentence) from error
    except (IntegrationError, Refusal) as error:
        log.warning("meeting %s still owes %s: %s", row.id, debt.what.value, error.sentence)
        raise ProviderFailed(_put_off(error, debt)) from error


def _told(meeting_id: int) -> bool:
    """Whether there was an answer, or nothing to tell. What failed is in the log, and due again."""
    try:
        if_due(meeting_id)
    except ProviderFailed as failed:
        return not isinstance(failed.__cause__, Unavailable)
    return True


def note(error: IntegrationError, row: Meeting) -> None:
    """What an answer about this meeting means beyond the deed that got it."""
    if isinstance(error, Gone):  # a grant that was refused, `Authorised` has ended
        tries.lost(row)


def there(row: Meeting) -> meetings.Meeting:
    """The meeting as its provider knows it."""
    return meetings.Meeting(row.reference, row.join_url)


def _move(offer: Offer, http: requests.Session, debt: Debt) -> None:
    offer.provider.move(http, offer.hosts, there(debt.meeting), debt.plan)
    owed.paid(debt)


def _cancel(offer: Offer, http: requests.Session, debt: Debt) -> None:
    with suppress(Gone):
        offer.provider.cancel(http, offer.hosts, there(debt.meeting))
    owed.paid(debt)


def _look_up(offer: Offer, http: requests.Session, debt: Debt) -> None:
    """An answer can be lost before the work is done, so once is not enough to say that nothing came of it."""
    found = offer.provider.find(http, offer.hosts, debt.plan)
    if found is None and debt.meeting.owed_tries < LOOKS:
        owed.later(debt)
    else:
        tries.resolve(debt.meeting.id, debt.session.id, found)


_SAID = {Owed.MOVE: _move, Owed.CANCEL: _cancel, Owed.LOOK_UP: _look_up}


def _put_off(error: IntegrationError | Refusal, debt: Debt) -> str:
    """When it is tried again, and the sentence for whoever waits."""
    row, meanwhile = debt.meeting, MEANWHILE[debt.what]
    if isinstance(error, GrantRevoked):
        owed.not_let_in(debt, for_good=find(row.made_by, row.provider) is None)
        return f"{error.sentence} {meanwhile}"
    owed.later(debt, until=error.until if isinstance(error, Unavailable) else None)
    return f"{error.sentence} {meanwhile} We keep trying."
