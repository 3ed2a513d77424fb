"""Somebody took Alongside away at a provider: what came from their account there is deleted here, at once."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session as Transaction

from companion import signals
from companion.db import announce, transaction
from companion.model.calls import Call, CallGuest
from companion.model.connections import Connection
from companion.model.events import ReceivedEvent
from companion.model.letters import post
from companion.model.mentorships import Role
from companion.model.people import LinkedAccount
from companion.model.sessions import OPEN, Finding, Meeting, MeetingState, Session
from companion.services.links_ahead import COMING
from integrations.hooks import Kind

SKEW = timedelta(minutes=2)  # by which the provider's clock and ours may differ


def deauthorised(provider: str, account: str, at: datetime) -> None:
    """Delete this account's grant, its sign-in, its meetings' data and what was told of it. Twice is fine.

    `at` is when it was taken away: told late, it must not end what the person granted anew since then.
    Links of sessions ahead are gone for both partners, who see it at once, have a letter of it, and can make another.
    """
    if not account:  # nobody's: an event that has been acted on before
        return
    with transaction() as tx:
        here = (Connection.provider == provider, Connection.account == account)
        rows = tx.scalars(select(Connection).where(*here).with_for_update()).all()
        if any((row.granted_at or row.created_at) > at + SKEW for row in rows):
            return
        for row in rows:
            forget_meetings(tx, provider, row.person_id)
            tx.delete(row)
        _forget_sign_in(tx, provider, account, at + SKEW)
        forget_account(tx, provider, account)


def forget_account(tx: Transaction, provider: str, account: str) -> None:
    """What the provider told of this account."""
    _forget_guest(tx, provider, account)
    _forget_events(tx, provider, account)


def _forget_sign_in(tx: Transaction, provider: str, account: str, until: datetime) -> None:
    """Whoever linked the account or came in with it later has let Alongside in again there."""
    theirs = (LinkedAccount.provider == provider, LinkedAccount.account == account)
    used_before = or_(LinkedAccount.used_at.is_(None), LinkedAccount.used_at <= until)
    tx.execute(delete(LinkedAccount).where(*theirs, LinkedAccount.created_at <= until, used_before))


def forget_meetings(tx: Transaction, provider: str, person_id: int) -> None:
    """Of past sessions too: the number and the link are the provider's data. The spare room is nobody's."""
    theirs = select(Meeting).where(Meeting.provider == provider, Meeting.made_by == person_id)
    for meeting in tx.scalars(theirs.with_for_update()).all():
        was_there, had_link = meeting.state is not MeetingState.GONE, meeting.state is MeetingState.MADE
        meeting.state, meeting.reference, meeting.join_url = MeetingState.GONE, "", ""
        meeting.owed, meeting.owed_from, meeting.look_at, meeting.there_at = None, None, None, None
        if was_there:
            meeting.finding = Finding.DELETED
            session = tx.get_one(Session, meeting.session_id)
            if session.state in OPEN:
                announce(tx, signals.meeting_changed, session_id=session.id)
            if had_link and session.state in COMING:
                _tell_both(tx, session, meeting)
        for call in tx.scalars(select(Call).where(Call.meeting_id == meeting.id)):
            tx.delete(call)


def _tell_both(tx: Transaction, session: Session, meeting: Meeting) -> None:
    """Earlier letters hold the link, which nobody here looks after any more."""
    for person in map(session.mentorship.person_in, Role):
        post(tx, "link_gone", person, {"meeting_id": meeting.id}, key=f"link_gone:{meeting.id}:{person.id}")


def _forget_guest(tx: Transaction, provider: str, account: str) -> None:
    """From calls that others held."""
    calls = select(Call.id).join(Meeting, Meeting.id == Call.meeting_id).where(Meeting.provider == provider)
    tx.execute(delete(CallGuest).where(CallGuest.account == account, CallGuest.call_id.in_(calls)))


def _forget_events(tx: Transaction, provider: str, account: str) -> None:
    """The word that it was taken away stays, without a name: said once more, it must not end a newer grant."""
    theirs = (
        ReceivedEvent.provider == provider,
        or_(ReceivedEvent.account == account, ReceivedEvent.guest_account == account),
    )
    tx.execute(delete(ReceivedEvent).where(*theirs, ReceivedEvent.kind != Kind.DEAUTHORISED))
    tx.execute(update(ReceivedEvent).where(*theirs).values(account="", guest_account=""))
