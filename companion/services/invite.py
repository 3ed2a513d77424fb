"""Asking somebody by letter to be one's mentor or mentee; taking it back, sending it again."""

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import aliased

from companion import clock
from companion.db import reading, transaction
from companion.errors import Invalid, NotYours, TooLate, TooMany
from companion.model.letters import Letter, post
from companion.model.mentorships import Invitation, InvitationState, Role
from companion.model.people import Person
from companion.services.addresses import address
from companion.services.pair import together

DAY = timedelta(days=1)
PER_INVITER, PER_ADDRESS, PER_INVITATION = 20, 5, 3  # letters a day
LONGEST_PURPOSE = 300


def invite(by: int, email: str, role: Role, purpose: str = "") -> Invitation:
    """Ask `email` to be this person's `role`. Raises Invalid, TooMany."""
    to, words = address(email), " ".join(purpose.split())
    if len(words) > LONGEST_PURPOSE:
        raise Invalid("purpose", f"Keep it under {LONGEST_PURPOSE} characters. There is room for more when you talk.")
    with transaction() as tx:
        inviter = tx.get_one(Person, by, with_for_update=True)
        _refuse_needless(tx, inviter, to, role)
        mine = select(func.count()).where(Invitation.inviter_id == by, Invitation.sent_at > clock.now() - DAY)
        if (tx.scalar(mine) or 0) >= PER_INVITER:
            raise TooMany("You have asked many people today. Ask the next ones tomorrow.")
        invitation = Invitation(
            inviter=inviter, email=to, role=role, purpose=words, nonce=secrets.token_urlsafe(32),
            state=InvitationState.OPEN, tries=0, sent_at=clock.now(),
        )  # fmt: skip
        tx.add(invitation)
        tx.flush()
        _send(tx, invitation)
        return invitation


def resend(invitation_id: int, by: int) -> Invitation:
    """Send the letter again: the same link, the same digits. Raises NotYours, TooLate, TooMany."""
    with transaction() as tx:
        invitation = _mine(tx, invitation_id, by)
        if not invitation.is_open:
            raise TooLate("This invitation has been answered or taken back, so it can’t be sent again.")
        invitation.sent_at = clock.now()
        _send(tx, invitation)
        return invitation


def withdraw(invitation_id: int, by: int) -> Invitation:
    """Take it back: its link then says so. Raises NotYours, TooLate."""
    with transaction() as tx:
        invitation = _mine(tx, invitation_id, by)
        if invitation.state is InvitationState.ACCEPTED:
            raise TooLate("This invitation has just been accepted. You can end the mentorship on its page.")
        if invitation.is_open:
            invitation.state, invitation.answered_at = InvitationState.WITHDRAWN, clock.now()
        return invitation


def find(invitation_id: int, by: int) -> Invitation:
    """This invitation, for whoever sent it. Raises NotYours."""
    with reading() as tx:
        return _of(tx.get(Invitation, invitation_id), by)


def put_away(invitation_id: int, by: int) -> Invitation:
    """A no has been read: it isn't shown any longer. Raises NotYours."""
    with transaction() as tx:
        invitation = _mine(tx, invitation_id, by)
        if invitation.state is InvitationState.DECLINED:
            invitation.state = InvitationState.WITHDRAWN
        return invitation


def declined_lately(by: int) -> list[Invitation]:
    """What this person asked and was told no, in the last two weeks, and has neither put away nor asked again."""
    later = aliased(Invitation)
    again = select(later.id).where(
        later.inviter_id == by, later.email == Invitation.email, later.role == Invitation.role,
        later.id > Invitation.id,
    )  # fmt: skip
    with reading() as tx:
        mine = select(Invitation).where(Invitation.inviter_id == by, Invitation.state == InvitationState.DECLINED)
        return list(tx.scalars(mine.where(Invitation.answered_at > clock.now() - 14 * DAY, ~again.exists())))


def _refuse_needless(tx: Transaction, inviter: Person, to: str, role: Role) -> None:
    if to == inviter.email:
        raise Invalid("email", "That is your own address. A mentorship takes two.")
    asked = select(Invitation.id).where(
        Invitation.inviter_id == inviter.id, Invitation.email == to,
        Invitation.role == role, Invitation.state == InvitationState.OPEN,
    )  # fmt: skip
    if tx.scalars(asked).first() is not None:
        raise Invalid("email", f"You have asked {to} to be your {role} already. You can send that invitation again.")
    known = tx.scalars(select(Person).where(Person.email == to)).first()
    if known is None:
        return
    pair = {role: known.id, role.other: inviter.id}
    if together(tx, pair[Role.MENTOR], pair[Role.MENTEE]) is not None:
        raise Invalid("email", f"{known.first_name} is your {role} already.")


def _send(tx: Transaction, invitation: Invitation) -> None:
    sent = _letters(tx, Letter.key.startswith(f"invitation:{invitation.id}:", autoescape=True))
    if sent >= PER_INVITATION or _letters(tx, Letter.to_email == invitation.email) >= PER_ADDRESS:
        raise TooMany(f"{invitation.email} has had several letters already. Try again tomorrow.")
    key = f"invitation:{invitation.id}:{clock.now():%Y%m%d%H%M%S}"
    post(tx, "invitation", invitation.email, {"invitation_id": invitation.id}, key=key)


def _letters(tx: Transaction, where: ColumnElement[bool]) -> int:
    recent = select(func.count()).where(Letter.kind == "invitation", Letter.created_at > clock.now() - DAY, where)
    return tx.scalar(recent) or 0


def _mine(tx: Transaction, invitation_id: int, by: int) -> Invitation:
    return _of(tx.get(Invitation, invitation_id, with_for_update={"of": Invitation}), by)


def _of(invitation: Invitation | None, by: int) -> Invitation:
    if invitation is None or invitation.inviter_id != by:
        raise NotYours
    return invitation
