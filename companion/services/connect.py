"""A person's account at a provider: remembered, forgotten, listed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, transaction
from companion.errors import NotYours, Refusal
from companion.model.connections import Connection, ConnectionState
from companion.services import providers, renew, sealed
from companion.services.authorised import Unsigned, find
from integrations import grants, oauth
from integrations.errors import IntegrationError
from integrations.oauth import Account, Tokens
from integrations.offers import Offer

log = logging.getLogger(__name__)


class ProviderFailed(Refusal):
    """The provider did not do it; the sentence says why."""

    status = 502


@dataclass(frozen=True)
class Connectable:
    """A provider with accounts, and this person's connection to it, if any."""

    name: str
    label: str
    connection: Connection | None

    @property
    def is_connected(self) -> bool:
        """Its grant counts, as far as we know."""
        return self.connection is not None and self.connection.state is ConnectionState.OK


def connectable(person_id: int) -> list[Connectable]:
    """Every provider with accounts that can be connected here, or is."""
    with reading() as tx:
        mine = {row.provider: row for row in tx.scalars(select(Connection).where(Connection.person_id == person_id))}
    offered = (each for each in providers.all_offers().values() if each.provider.oauth)
    return [
        Connectable(each.provider.name, each.provider.label, mine.get(each.provider.name))
        for each in sorted(offered, key=lambda each: each.provider.label, reverse=True)
        if each.is_ready or each.provider.name in mine
    ]


def remember(person_id: int, provider: str, said: Mapping[str, Any]) -> Connection:
    """Keep a fresh grant. `said` is the token answer, with the checked id_token's claims as `userinfo`, if any.

    A person has one account at each provider, and an account belongs to one person: whoever proved it last.
    Raises ProviderFailed when the grant can't be used.
    """
    offer = providers.offer(provider)
    tokens = _granted(offer, said)
    account = _whose(offer, tokens, said)
    with transaction() as tx:
        known = tx.scalars(
            select(Connection)
            .where(Connection.provider == provider, Connection.account == account.id)
            .with_for_update()
        ).first()
        old = sealed.unseal(known) if known is not None and known.person_id == person_id else None
        if not tokens.refresh and (old is None or not old.refresh):
            raise ProviderFailed(f"{offer.provider.label} let us in for an hour only. Disconnect it and connect again.")
        tx.execute(delete(Connection).where(*_others(person_id, provider, account.id)))
        row = known or _added(tx, person_id, provider, account.id)
        row.person_id, row.label = person_id, account.label[:254]
        renew.put(row, tokens, old.refresh if old else "")
    return row


def forget(connection_id: int, by: int) -> bool:
    """Disconnect: the tokens are gone here at once. Gives whether the provider could be told to forget them too."""
    with transaction() as tx:
        row = tx.get(Connection, connection_id, with_for_update=True)
        if row is None or row.person_id != by:
            raise NotYours
        tokens = sealed.unseal(row)
        tx.delete(row)
    if tokens is None:
        return False
    try:
        grants.revoke(providers.offer(row.provider), tokens)
    except IntegrationError as error:
        log.warning("revoking a grant: %s", error)
        return False
    return True


def must_reconnect(person_id: int, provider: str) -> None:
    """The provider refused this person's grant though its token looked good (a scope was taken away, say)."""
    connection = find(person_id, provider)
    if connection is not None:
        renew.lost(connection.id, connection.version)


def _granted(offer: Offer, said: Mapping[str, Any]) -> Tokens:
    tokens, grant = oauth.read(said), providers.grant(offer.provider.name)
    if tokens is None:
        raise ProviderFailed(f"{offer.provider.label} sent an answer that can’t be read.")
    if tokens.scopes and not grant.needs <= set(tokens.scopes.split()):
        log.warning("%s granted %s only", offer.provider.name, tokens.scopes)
        raise ProviderFailed(f"{offer.provider.label} may not make meetings yet. Connect again with every box ticked.")
    return tokens


def _whose(offer: Offer, tokens: Tokens, said: Mapping[str, Any]) -> Account:
    claims = said.get("userinfo") or {}
    with Unsigned() as http:
        http.headers["Authorization"] = f"Bearer {tokens.access}"  # not in its row yet
        try:
            return providers.grant(offer.provider.name).whose(http, offer.hosts, claims)
        except IntegrationError as error:
            raise ProviderFailed(error.sentence) from error


def _added(tx: Transaction, person_id: int, provider: str, account: str) -> Connection:
    row = Connection(
        person_id=person_id, provider=provider, account=account, label="", scopes="", sealed="", version=0,
        created_at=clock.now(),
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def _others(person_id: int, provider: str, account: str) -> tuple[Any, ...]:
    return Connection.person_id == person_id, Connection.provider == provider, Connection.account != account
