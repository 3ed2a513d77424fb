"""A person's account at a provider: remembered, forgotten, listed."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.errors import NotYours, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.model.sessions import Finding, Meeting, MeetingState
from companion.services import link_account, links_ahead, proof, providers, renew, sealed
from companion.services.proof import Proof, ProviderFailed
from integrations import grants
from integrations.errors import IntegrationError
from integrations.oauth import OAuth, Tokens

__all__ = [
    "Connectable", "ProviderFailed", "connectable", "forget", "remember",
]  # fmt: skip

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Connectable:
    """A provider with accounts, and this person's connection to it, if any.

    `taken_away`: none any more, because the person took Alongside away there while a link of theirs was waiting.
    """

    name: str
    label: str
    oauth: OAuth
    connection: Connection | None
    taken_away: bool = False

    @property
    def is_connected(self) -> bool:
        """Its grant counts, as far as we know."""
        return self.connection is not None and self.connection.state is ConnectionState.OK

    @property
    def must_reconnect(self) -> bool:
        """The provider honours the grant no longer."""
        return self.connection is not None and not self.is_connected

    @property
    def is_locked(self) -> bool:
        """No key of this server opens it. Connecting again helps, and so do the right keys."""
        return self.is_connected and self.connection is not None and sealed.unseal(self.connection) is None

    @property
    def needs_its_person(self) -> bool:
        """Connecting again is the way on."""
        return self.must_reconnect or self.is_locked

    @property
    def granted(self) -> list[str]:
        """What the provider lets us do, scope by scope; what we asked for where it doesn't say."""
        said = self.connection.scopes.split() if self.connection is not None else []
        return said or list(self.oauth.asks or self.oauth.scopes)

    @property
    def reasons(self) -> dict[str, list[str]]:
        """Why we hold what we were granted, the most telling first, with the scopes that each needs."""
        found: dict[str, list[str]] = {why: [] for why in self.oauth.scopes.values()}
        for scope in self.granted:
            if why := self._why(scope):
                found[why].append(scope)
        return {why: scopes for why, scopes in found.items() if scopes}

    @property
    def unused(self) -> list[str]:
        """What was granted and serves nothing here."""
        return [each for each in self.granted if not self._why(each)]

    def _why(self, scope: str) -> str:
        """Microsoft answers with whole addresses, at times in lower case."""
        plain = {name.rsplit("/", 1)[-1].lower(): why for name, why in self.oauth.scopes.items()}
        return self.oauth.scopes.get(scope, "") or plain.get(scope.rsplit("/", 1)[-1].lower(), "")


def connectable(person_id: int) -> list[Connectable]:
    """Every provider with accounts that can be connected here, or is."""
    with reading() as tx:
        mine = {row.provider: row for row in tx.scalars(select(Connection).where(Connection.person_id == person_id))}
        gone = set(tx.scalars(select(Meeting.provider).where(*_taken_away(person_id))))
    return [
        Connectable(name, offer.provider.label, oauth, mine.get(name), name in gone and name not in mine)
        for name, offer in providers.all_offers().items()
        if (oauth := offer.provider.oauth) and (offer.is_ready or name in mine)
    ]


def remember(person_id: int, provider: str, said: Mapping[str, Any]) -> Connection:
    """Keep a fresh grant. `said` is the token answer, with the checked id_token's claims as `userinfo`, if any.

    A person has one account at each provider, and an account belongs to one person: whoever proved it last, but never
    away from whoever signs in with it. Another account in its place is given up at the provider.
    Raises TooLate when it is somebody else's, and ProviderFailed when the grant can't be used.
    """
    brought = proof.read(provider, said, needs=providers.grant(provider).needs)
    with transaction() as tx:
        is_theirs = link_account.belongs_to(tx, brought) in {None, person_id}
        replaced = _replaced(tx, person_id, brought) if is_theirs else []
        row = _kept(tx, person_id, brought) if is_theirs else None
        if row is None:
            proof.keep_connected(tx, brought)
    if row is None:  # only now: an exception in the transaction would undo that the other's connection lives on
        label = brought.offer.provider.label
        raise TooLate(f"Somebody else signs in here with this {label} account. Connect one of your own.")
    for tokens in replaced:
        _revoked(provider, tokens)
    return row


def forget(connection_id: int, by: int) -> str:
    """Disconnect: the tokens are gone here at once. Gives what is left to do there, if it was not told."""
    with transaction() as tx:
        row = tx.get(Connection, connection_id, with_for_update=True)
        if row is None or row.person_id != by:
            raise NotYours
        tokens = sealed.unseal(row)
        tx.delete(row)
        links_ahead.say_so(tx, by, row.provider)
    if tokens is not None and _revoked(row.provider, tokens):
        return ""
    label, where = providers.offer(row.provider).provider.label, providers.grant(row.provider).taken_away_at
    last_step = f": take Alongside away there too, at {where}." if where else "."
    return f"Disconnected, and the key is deleted here. {label} could not be told{last_step}"


def _revoked(provider: str, tokens: Tokens) -> bool:
    try:
        return grants.revoke(providers.offer(provider), tokens)
    except IntegrationError as error:
        log.warning("revoking a grant: %s", error)
        return False


def _kept(tx: Transaction, person_id: int, brought: Proof) -> Connection:
    provider, account, tokens = brought.provider, brought.account, brought.tokens
    known = proof.connected(tx, brought)
    old = sealed.unseal(known) if known is not None and known.person_id == person_id else None
    if not tokens.refresh and (old is None or not old.refresh):
        label = brought.offer.provider.label
        raise ProviderFailed(f"{label} let us in for an hour only. Disconnect it and connect again.")
    others = tx.scalars(select(Connection.id).where(*_others(person_id, provider, account.id))).all()
    tx.execute(delete(Connection).where(Connection.id.in_(others)))
    if known is not None and known.person_id != person_id:
        links_ahead.say_so(tx, known.person_id, provider)
    row = known or _added(tx, person_id, provider, account.id)
    row.person_id, row.label, row.granted_at = person_id, account.label[:254], clock.now()
    renew.put(row, tokens, old.refresh if old else "")
    if others:
        links_ahead.left_behind(tx, person_id, provider)
    else:
        links_ahead.say_so(tx, person_id, provider, look=True)
    return row


def _replaced(tx: Transaction, person_id: int, brought: Proof) -> list[Tokens]:
    """The grants of other accounts that this one takes the place of."""
    others = select(Connection).where(*_others(person_id, brought.provider, brought.account.id))
    return [tokens for row in tx.scalars(others.with_for_update()) if (tokens := sealed.unseal(row)) is not None]


def _added(tx: Transaction, person_id: int, provider: str, account: str) -> Connection:
    # SQLite gives the id of a row that was deleted to the next one: its versions must not be taken for the old one's.
    row = Connection(
        person_id=person_id, provider=provider, account=account, label="", scopes="", sealed="",
        version=secrets.randbelow(1_000_000_000), created_at=clock.now(),
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def _others(person_id: int, provider: str, account: str) -> tuple[Any, ...]:
    return Connection.person_id == person_id, Connection.provider == provider, Connection.account != account


def _taken_away(person_id: int) -> tuple[Any, ...]:
    """What `deauthorised` leaves of a link: its row, without number and address."""
    left = (Meeting.state == MeetingState.GONE, Meeting.finding == Finding.DELETED, Meeting.reference == "")
    return Meeting.made_by == person_id, *left
