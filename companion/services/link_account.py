"""Accounts at providers that open somebody's door here: linked from inside, then known by their lasting id alone.

An address never counts: it can change hands, and a provider may not have checked it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.errors import Invalid, NotYours, TooLate
from companion.model.letters import post
from companion.model.people import LinkedAccount, Person
from companion.services import proof, providers
from companion.services.proof import Proof


class NotLinked(TooLate):
    """The account is proven, and nobody's here."""


@dataclass(frozen=True)
class Way:
    """A way to sign in besides the letter: the provider's name, and what people call the account there."""

    provider: str
    label: str


def ways() -> list[Way]:
    """The ways that this installation has credentials for."""
    ready = (offer.provider for offer in providers.all_offers().values() if offer.is_ready)
    return [Way(each.name, each.oauth.signs_in) for each in ready if each.oauth and each.oauth.signs_in]


def way(provider: str) -> Way:
    """One of them. Raises Invalid."""
    for each in ways():
        if each.provider == provider:
            return each
    raise Invalid("provider", "There is no such way to sign in here.")


def of(person_id: int) -> list[LinkedAccount]:
    """The accounts that let this person in, the oldest first."""
    with reading() as tx:
        return list(
            tx.scalars(select(LinkedAccount).where(LinkedAccount.person_id == person_id).order_by(LinkedAccount.id))
        )


def link(person_id: int, provider: str, said: Mapping[str, Any]) -> LinkedAccount:
    """This account lets them in from now on, and a letter says so: whoever sits at their desk can't do it unseen.

    Raises TooLate when it is somebody else's here, and ProviderFailed.
    """
    brought = proof.read(provider, said)
    with transaction() as tx:
        proof.keep_connected(tx, brought)
        known, theirs = _known(tx, brought), proof.connected(tx, brought)
        holders = {row.person_id for row in (known, theirs) if row is not None}
        if holders <= {person_id}:
            row = known or _added(tx, person_id, brought)
            if row is not None and row.person_id == person_id:
                row.label = brought.account.label[:254]
                if known is None:
                    _tell(tx, row)
                return row
    # Raised only now: an exception in the transaction would undo that the other's connection lives on.
    raise TooLate(f"This {way(provider).label} account belongs to somebody else here. Link one of your own.")


def unlink(linked_id: int, by: int) -> None:
    """It lets nobody in any more. Their letter still does."""
    with transaction() as tx:
        row = tx.get(LinkedAccount, linked_id, with_for_update={"of": LinkedAccount})
        if row is None or row.person_id != by:
            raise NotYours
        tx.delete(row)


def arrived(provider: str, said: Mapping[str, Any]) -> Person:
    """Who comes in with this account. Raises NotLinked, ProviderFailed."""
    brought = proof.read(provider, said)
    with transaction() as tx:
        proof.keep_connected(tx, brought)
        known = _known(tx, brought)
        if known is not None:
            known.used_at = clock.now()
            return known.person
    label = way(provider).label
    raise NotLinked(
        f"Nobody here is linked to this {label} account. Sign in by e-mail once; then link it under Settings, "
        "and it opens the door from there on."
    )


def belongs_to(tx: Transaction, brought: Proof) -> int | None:
    """Who signs in with this account."""
    known = _known(tx, brought)
    return known.person_id if known is not None else None


def _known(tx: Transaction, brought: Proof) -> LinkedAccount | None:
    same = (LinkedAccount.provider == brought.provider, LinkedAccount.account == brought.account.id)
    return tx.scalars(select(LinkedAccount).where(*same).with_for_update(of=LinkedAccount)).first()


def _added(tx: Transaction, person_id: int, brought: Proof) -> LinkedAccount | None:
    with suppress(IntegrityError), tx.begin_nested():  # somebody linked it this very moment
        tx.add(
            LinkedAccount(
                person_id=person_id, provider=brought.provider, account=brought.account.id, created_at=clock.now()
            )
        )
    return _known(tx, brought)


def _tell(tx: Transaction, row: LinkedAccount) -> None:
    # SQLite gives the id of a row that was deleted to the next one: the time tells them apart.
    key = f"account_linked:{row.id}:{row.created_at.isoformat()}"
    post(tx, "account_linked", tx.get_one(Person, row.person_id), {"linked_id": row.id}, key)
