"""Somebody deletes their account: they are forgotten; what they wrote with a partner stays the partner's, unsigned."""

import hmac
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session as Transaction

from companion import signals
from companion.db import announce, reading, transaction
from companion.errors import Invalid, NotYours
from companion.model.agendas import PrivateNote
from companion.model.calls import CallGuest
from companion.model.connections import Connection
from companion.model.letters import Letter, LetterLink, post
from companion.model.mentorships import Invitation, Mentorship
from companion.model.people import LinkedAccount, Person, SignIn, SignInLink
from companion.model.sessions import Meeting
from companion.services import connect, deauthorise, owed, pair, schedule, settle
from companion.services.proof import ProviderFailed

log = logging.getLogger(__name__)

MINE = (SignIn, SignInLink, LinkedAccount, PrivateNote, LetterLink, Letter, Connection)
"""What is about one person alone, and goes with them."""


@dataclass(frozen=True)
class Leaving:
    """What it means, for whoever is about to: with whom it ends, and at which providers a grant is given back."""

    partners: Sequence[Person]
    providers: Sequence[str]


def before(person_id: int) -> Leaving:
    """What leaving would mean now."""
    partners = [each.partner_of(person_id) for each in pair.mentorships_of(person_id) if each.is_active]
    return Leaving(partners, [each.label for each in connect.connectable(person_id) if each.connection])


def confirmed(person: Person, typed: str) -> None:
    """Whether they typed their own address. Raises Invalid."""
    if not hmac.compare_digest(typed.strip().lower().encode(), person.email.encode()):
        raise Invalid("email", f"Type {person.email} to delete this account.")


def leave(person_id: int) -> None:
    """Delete this person's account. Can be done again where it was interrupted; each step stands for itself.

    First what needs their grants (their links are called off), then the grants, then the person. Raises NotYours.
    """
    with reading() as tx:
        person = tx.get(Person, person_id)
        if person is None or person.has_left:
            raise NotYours
    accounts = _accounts(person_id)
    for mentorship in pair.mentorships_of(person_id):
        _part(mentorship, person_id)
    _call_off(person_id)
    for connection_id in _ids(select(Connection.id).where(Connection.person_id == person_id)):
        connect.forget(connection_id, by=person_id)
    with transaction() as tx:
        _erase(tx, person_id, accounts)
    log.info("person %s left", person_id)


def _part(mentorship: Mentorship, person_id: int) -> None:
    """It ends for both, and the partner is told; of one that ended long ago nobody needs to hear."""
    if mentorship.is_active:
        with transaction() as tx:  # before it ends: who tries again after a crash finds it still to do
            partner = tx.get_one(Person, mentorship.partner_of(person_id).id)
            post(tx, "partner_left", partner, {"mentorship_id": mentorship.id}, key=f"partner_left:{mentorship.id}")
        pair.close(mentorship.id, by=person_id)
    schedule.cancel_planned(mentorship.id)


def _call_off(person_id: int) -> None:
    """Tell providers what they are owed, while somebody can. What fails now, nobody can tell them any more."""
    for meeting_id in _ids(select(Meeting.id).where(Meeting.made_by == person_id, Meeting.owed.is_not(None))):
        with suppress(ProviderFailed):
            settle.at_once(meeting_id)


def _accounts(person_id: int) -> set[tuple[str, str]]:
    """Theirs at providers."""
    with reading() as tx:
        connected = tx.execute(select(Connection.provider, Connection.account).where(Connection.person_id == person_id))
        linked = select(LinkedAccount.provider, LinkedAccount.account).where(LinkedAccount.person_id == person_id)
        return {(row.provider, row.account) for row in (*connected, *tx.execute(linked))}


def _ids(wanted: Select[Any]) -> list[int]:
    with reading() as tx:
        return list(tx.scalars(wanted))


def _erase(tx: Transaction, person_id: int, accounts: set[tuple[str, str]]) -> None:
    person = tx.get_one(Person, person_id, with_for_update=True)
    devices = list(tx.scalars(select(SignIn.id).where(SignIn.person_id == person_id)))
    for provider in tx.scalars(select(Meeting.provider).where(Meeting.made_by == person_id).distinct()).all():
        deauthorise.forget_meetings(tx, provider, person_id)
    for meeting in tx.scalars(select(Meeting).where(Meeting.made_by == person_id)):
        meeting.spare_url = ""
        owed.clear(meeting)
    for provider, account in accounts:
        deauthorise.forget_account(tx, provider, account)
    tx.execute(delete(CallGuest).where(func.lower(CallGuest.email) == person.email))
    asked = select(Invitation.email).where(Invitation.inviter_id == person_id)
    tx.execute(delete(Letter).where(Letter.kind == "invitation", Letter.to_email.in_(asked)))
    tx.execute(delete(Letter).where(Letter.to_email == person.email))
    tx.execute(delete(SignInLink).where(SignInLink.email == person.email))
    tx.execute(delete(Invitation).where((Invitation.email == person.email) | (Invitation.inviter_id == person_id)))
    for kind in MINE:
        tx.execute(delete(kind).where(kind.person_id == person_id))
    person.erase()
    announce(tx, signals.signed_out, sign_in_ids=devices)
