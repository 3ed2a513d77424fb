"""Signing in without a password: a letter with a link and six digits, either of which opens the door once.

Whoever asks gets the same answer, whether the address is known or not. The link's button works in the browser that
asked; any other types the digits of the same letter, so that a mail scanner that presses buttons stays outside.
"""

import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session as Transaction

from companion import clock, links
from companion.db import reading, transaction
from companion.errors import Invalid, Refusal, TooLate, TooMany
from companion.model.letters import post
from companion.model.people import Person, SignInLink
from companion.model.zones import canonical
from companion.services.addresses import address

LIFE = timedelta(minutes=15)
AGAIN = timedelta(seconds=60)  # a button pressed twice, a page sent twice
TRIES = 5
HOUR = timedelta(hours=1)
PER_ADDRESS, PER_NETWORK = 5, 20  # asks an hour

TOO_OLD = "This link has been used, replaced by a newer one, or is older than 15 minutes. Ask for a new one."
WRONG = "These are not the digits of our newest letter to you. Look again, or ask for a new one."


class Opening(StrEnum):
    """What the page of a link should show."""

    HERE = "here"  # one button: this browser asked for it
    ELSEWHERE = "elsewhere"  # another browser asked: type the six digits
    GONE = "gone"  # used, replaced, or too old


def ask(email: str, visitor_hash: str, asked_from: str, leads_to: str = "") -> None:
    """Send a link to this address if somebody has it. A newer ask replaces the older ones. Raises Invalid, TooMany.

    `leads_to` is the page that was wanted: the letter's link carries it along.
    """
    to, now = address(email), clock.now()
    with transaction() as tx:
        _refuse_too_many(tx, SignInLink.email == to, PER_ADDRESS)
        _refuse_too_many(tx, SignInLink.asked_from == asked_from, PER_NETWORK)
        older = update(SignInLink).where(SignInLink.email == to, SignInLink.used_at.is_(None))
        tx.execute(older.where(SignInLink.expires_at > now).values(expires_at=now))
        person = tx.scalars(select(Person).where(Person.email == to)).first()
        link = SignInLink(
            email=to, person_id=person.id if person else None, visitor_hash=visitor_hash, asked_from=asked_from,
            nonce=secrets.token_urlsafe(32), asked_at=now, expires_at=now + LIFE, tries=0,
        )  # fmt: skip
        tx.add(link)
        tx.flush()
        _post(tx, link, person, leads_to)


def _post(tx: Transaction, link: SignInLink, person: Person | None, leads_to: str) -> None:
    """The letter, for somebody. For nobody it is written too and taken back: time must not tell who is here."""
    written = tx.begin_nested()
    post(tx, "sign_in", person or link.email, {"link_id": link.id, "next": leads_to}, key=f"sign_in:{link.id}")
    if person is None:
        tx.flush()
        written.rollback()
    else:
        written.commit()


def asked_here(visitor_hash: str) -> SignInLink | None:
    """What this browser asked for last, while it still opens something."""
    with reading() as tx:
        return _asked_here(tx, visitor_hash)


def open_link(token: str, visitor_hash: str) -> Opening:
    """What to show for a link. Changes nothing, so a scanner may look at it as often as it likes."""
    with reading() as tx:
        link = _read(tx, token)
        if link is None or not (_is_open(link) or _was_just_used(link, visitor_hash)):
            return Opening.GONE
        return Opening.HERE if link.visitor_hash == visitor_hash else Opening.ELSEWHERE


def use_link(token: str, visitor_hash: str, code: str | None = None) -> tuple[Person, str]:
    """Who may come in by this link, and the proof that let them (for `identity.sign_in`). Works once.

    A browser that didn't ask for it must know the letter's six digits. Raises TooLate, Invalid("code"), TooMany.
    """
    with transaction() as tx:
        link = _read(tx, token, lock=True)
        outcome = _spend(tx, link, visitor_hash, code)
    return _let_in(outcome)


def use_code(visitor_hash: str, code: str) -> tuple[Person, str]:
    """The same by the six digits alone, in the browser that asked."""
    with transaction() as tx:
        outcome = _spend(tx, _asked_here(tx, visitor_hash, lock=True), visitor_hash, code)
    return _let_in(outcome)


def known(email: str) -> Person | None:
    """Whoever has this address."""
    with reading() as tx:
        return tx.scalars(select(Person).where(Person.email == email)).first()


def add_person(email: str, name: str = "", zone: str = "UTC") -> Person:
    """Let somebody in who nobody invites: the first person of an installation. Raises Invalid."""
    to, where = address(email), canonical(zone)
    if where is None:
        raise Invalid("zone", f"{zone} is no time zone. Give an IANA name, such as Africa/Nairobi.")
    with transaction() as tx:
        if tx.scalars(select(Person).where(Person.email == to)).first() is not None:
            raise Invalid("email", f"{to} is already here.")
        person = Person(email=to, name=" ".join(name.split())[:80], zone=where, locale="en-GB", created_at=clock.now())
        tx.add(person)
        tx.flush()
        return person


def _let_in(outcome: tuple[Person, str] | Refusal) -> tuple[Person, str]:
    # Raised only now: a counted try must be committed, and an exception in the transaction would undo it.
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _spend(
    tx: Transaction, link: SignInLink | None, visitor_hash: str, code: str | None
) -> tuple[Person, str] | Refusal:
    """Use up a locked link, or count a wrong try."""
    if link is None or not (_is_open(link) or _was_just_used(link, visitor_hash)):
        return TooLate(TOO_OLD)
    if link.tries >= TRIES:
        return TooMany("Too many wrong tries for this letter. Ask for a new one.")
    asked_here = link.visitor_hash == visitor_hash and code is None
    digits = code_of(link) if asked_here else _digits(code or "")
    if not digits:
        return Invalid("code", "Type the six digits of the letter.")
    person = tx.get(Person, link.person_id) if link.person_id is not None else None
    if person is None or not hmac.compare_digest(digits, code_of(link)):
        link.tries += 1
        return Invalid("code", WRONG)
    if link.used_at is None:
        link.used_at, link.visitor_hash = clock.now(), visitor_hash
    return person, link.nonce


def _refuse_too_many(tx: Transaction, where: ColumnElement[bool], most: int) -> None:
    asked = select(func.count()).select_from(SignInLink).where(where, SignInLink.asked_at > clock.now() - HOUR)
    if (tx.scalar(asked) or 0) >= most:
        raise TooMany("That is a lot of letters in one hour. Use the newest one you have, or ask again later.")


def code_of(link: SignInLink) -> str:
    """The six digits of this letter."""
    return links.code("sign-in", link.id, link.nonce)


def _digits(said: str) -> str:
    """Only the digits: people paste spaces and dashes along."""
    return "".join(sign for sign in said if sign in "0123456789")


def _read(tx: Transaction, token: str, *, lock: bool = False) -> SignInLink | None:
    try:
        link_id, nonce = links.read("sign-in", token)
    except (links.BadLink, ValueError):
        return None
    link = tx.get(SignInLink, link_id, with_for_update=lock)
    return link if link is not None and hmac.compare_digest(link.nonce, nonce) else None


def _asked_here(tx: Transaction, visitor_hash: str, *, lock: bool = False) -> SignInLink | None:
    newest = select(SignInLink).where(SignInLink.visitor_hash == visitor_hash).order_by(SignInLink.id.desc()).limit(1)
    link = tx.scalars(newest.with_for_update() if lock else newest).first()
    return link if link is not None and (_is_open(link) or _was_just_used(link, visitor_hash)) else None


def _is_open(link: SignInLink) -> bool:
    return link.used_at is None and clock.now() < link.expires_at


def _was_just_used(link: SignInLink, visitor_hash: str) -> bool:
    return link.used_at is not None and link.visitor_hash == visitor_hash and clock.now() < link.used_at + AGAIN
