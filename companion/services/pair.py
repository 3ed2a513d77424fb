"""How two people come to walk alongside, and how they part: accept, decline, close.

An invitation's link proves the invited address. Its page shows on GET and acts on POST, once.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock, links, signals
from companion.db import announce, reading, transaction
from companion.errors import Invalid, NotYours, Refusal, TooLate, TooMany
from companion.model.mentorships import Invitation, InvitationState, Mentorship, MentorshipState, Role
from companion.model.people import Person
from companion.services.addresses import address

TRIES = 5
AGAIN = timedelta(seconds=60)  # a button pressed twice
ANSWERED = {
    InvitationState.ACCEPTED: "This invitation has been accepted. Sign in to find your mentorship.",
    InvitationState.DECLINED: "This invitation has been declined. If that was a slip, ask for a new one.",
    InvitationState.WITHDRAWN: "This invitation has been taken back. Ask whoever sent it if you expected it.",
}


@dataclass(frozen=True)
class Accepted:
    """What came of it: the mentorship, who accepted, and the proof that lets their browser in."""

    mentorship: Mentorship
    person: Person
    proof: str


def opened(token: str) -> Invitation:
    """The invitation of this link, whatever became of it. Changes nothing. Raises NotYours."""
    with reading() as tx:
        return _read(tx, token)


def opened_by_code(email: str, code: str) -> str:
    """The token of the open invitation to this address with these six digits, for a device without the letter.

    Raises Invalid("code") alike for an unknown address and wrong digits, TooMany after five wrong tries.
    """
    to, digits = address(email), "".join(sign for sign in code if sign in "0123456789")
    with transaction() as tx:
        outcome = _by_code(tx, to, digits)
    # Raised only now: a counted try must be committed, and an exception in the transaction would undo it.
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def accept(token: str, as_person: int | None = None) -> Accepted:
    """Say yes: as the invited address (a new Person if need be), or as somebody already signed in who says so.

    The link is what allows it, so both are its reader's choice. Pressed twice within a minute it gives the same.
    Raises NotYours, TooLate.
    """
    with transaction() as tx:
        invitation = _read(tx, token, lock=True)
        person = _invited(tx, invitation) if as_person is None else tx.get_one(Person, as_person)
        if invitation.state is InvitationState.ACCEPTED:
            return _accepted_just_now(tx, invitation, person)
        if not invitation.is_open:
            raise TooLate(ANSWERED[invitation.state])
        if person.id == invitation.inviter_id:
            raise TooLate("This is your own invitation: only whoever you sent it to can accept it.")
        mentorship = _together(tx, invitation, person)
        invitation.state, invitation.answered_at = InvitationState.ACCEPTED, clock.now()
        invitation.mentorship_id = mentorship.id
        return Accepted(mentorship, person, invitation.nonce)


def decline(token: str) -> Invitation:
    """Say no. Whoever asked sees it; no reason is asked for."""
    with transaction() as tx:
        invitation = _read(tx, token, lock=True)
        if invitation.is_open:
            invitation.state, invitation.answered_at = InvitationState.DECLINED, clock.now()
        elif invitation.state is not InvitationState.DECLINED:
            raise TooLate(ANSWERED[invitation.state])
        return invitation


def close(mentorship_id: int, by: int) -> Mentorship:
    """End this mentorship, said by either of the two. What they wrote stays readable for both."""
    with transaction() as tx:
        mentorship = tx.get(Mentorship, mentorship_id, with_for_update={"of": Mentorship})
        if mentorship is None:
            raise NotYours
        mentorship.for_partner(by)
        if mentorship.is_active:
            mentorship.state, mentorship.closed_at = MentorshipState.CLOSED, clock.now()
            announce(tx, signals.mentorship_closed, mentorship_id=mentorship.id)
        return mentorship


def find(mentorship_id: int, by: int) -> Mentorship:
    """This mentorship, for one of its two people. Raises NotYours."""
    with reading() as tx:
        mentorship = tx.get(Mentorship, mentorship_id)
        if mentorship is None:
            raise NotYours
        return mentorship.for_partner(by)


def mentorships_of(person_id: int) -> list[Mentorship]:
    """All of this person's mentorships: those going on first, the newest first among them."""
    mine = (Mentorship.mentor_id == person_id) | (Mentorship.mentee_id == person_id)
    with reading() as tx:
        rows = tx.scalars(select(Mentorship).where(mine).order_by(Mentorship.started_at.desc(), Mentorship.id.desc()))
        return sorted(rows, key=lambda mentorship: not mentorship.is_active)


def invitations_of(person_id: int) -> list[Invitation]:
    """What this person asked others and nobody answered yet, the newest first."""
    with reading() as tx:
        mine = select(Invitation).where(Invitation.inviter_id == person_id, Invitation.state == InvitationState.OPEN)
        return list(tx.scalars(mine.order_by(Invitation.sent_at.desc(), Invitation.id.desc())))


def invitations_to(person: Person) -> list[Invitation]:
    """What others asked this person, at the address they sign in with, and wait to hear."""
    with reading() as tx:
        theirs = select(Invitation).where(Invitation.email == person.email, Invitation.state == InvitationState.OPEN)
        return list(tx.scalars(theirs.order_by(Invitation.sent_at.desc(), Invitation.id.desc())))


def together(tx: Transaction, mentor_id: int, mentee_id: int) -> Mentorship | None:
    """The active mentorship of these two in these roles."""
    theirs = select(Mentorship).where(Mentorship.mentor_id == mentor_id, Mentorship.mentee_id == mentee_id)
    return tx.scalars(theirs.where(Mentorship.state == MentorshipState.ACTIVE)).first()


def token_of(invitation: Invitation) -> str:
    """What its link carries."""
    return links.sign("invitation", invitation.id, invitation.nonce)


def _together(tx: Transaction, invitation: Invitation, person: Person) -> Mentorship:
    pair = {invitation.role: person, invitation.role.other: invitation.inviter}
    mentor, mentee = pair[Role.MENTOR], pair[Role.MENTEE]
    mentorship = together(tx, mentor.id, mentee.id)
    if mentorship is None:
        mentorship = Mentorship(
            mentor=mentor, mentee=mentee, purpose=invitation.purpose,
            state=MentorshipState.ACTIVE, started_at=clock.now(),
        )  # fmt: skip
        tx.add(mentorship)
        tx.flush()
    return mentorship


def _accepted_just_now(tx: Transaction, invitation: Invitation, person: Person) -> Accepted:
    # Later than this an old letter would be a key to the account for as long as it lies in a mailbox.
    mentorship = tx.get_one(Mentorship, invitation.mentorship_id)
    is_old = invitation.answered_at is None or clock.now() > invitation.answered_at + AGAIN
    if is_old or mentorship.role_of(person.id) is not invitation.role:
        raise TooLate(ANSWERED[InvitationState.ACCEPTED])
    return Accepted(mentorship, person, invitation.nonce)


def _invited(tx: Transaction, invitation: Invitation) -> Person:
    person = tx.scalars(select(Person).where(Person.email == invitation.email)).first()
    if person is None:
        person = Person(email=invitation.email, name="", zone="UTC", locale="en-GB", created_at=clock.now())
        tx.add(person)
        tx.flush()
    return person


def _by_code(tx: Transaction, to: str, digits: str) -> str | Refusal:
    to_them = select(Invitation).where(Invitation.email == to, Invitation.state == InvitationState.OPEN)
    asked = tx.scalars(to_them.with_for_update(of=Invitation)).all()
    for invitation in asked:
        code = links.code("invitation", invitation.id, invitation.nonce)
        if invitation.tries < TRIES and hmac.compare_digest(code, digits):
            return token_of(invitation)
    for invitation in asked:
        invitation.tries += 1
    if asked and all(invitation.tries > TRIES for invitation in asked):
        return TooMany("Too many wrong tries. Open the link in the letter instead.")
    return Invalid("code", "No open invitation fits this address and these digits. Look at the letter again.")


def _read(tx: Transaction, token: str, *, lock: bool = False) -> Invitation:
    try:
        invitation_id, nonce = links.read("invitation", token)
    except (links.BadLink, ValueError) as error:
        raise NotYours from error
    invitation = tx.get(Invitation, invitation_id, with_for_update={"of": Invitation} if lock else None)
    if invitation is None or not hmac.compare_digest(invitation.nonce, nonce):
        raise NotYours
    return invitation
