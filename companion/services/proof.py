"""What somebody brought back from a provider's consent page, and whose account stands behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.errors import Refusal
from companion.model.connections import Connection, ConnectionState
from companion.services import links_ahead, providers, renew
from companion.services.authorised import Unsigned
from integrations import oauth
from integrations.errors import IntegrationError, Unavailable
from integrations.oauth import Account, OAuth, Tokens
from integrations.offers import Offer

TRIES = 2  # Zoom's new tokens have killed the old ones by now: a hiccup here would cost somebody their connection


class ProviderFailed(Refusal):
    """The provider did not do it; the sentence says why."""

    status = 502


@dataclass(frozen=True)
class Proof:
    """A grant that has just been given, and the account that gave it."""

    offer: Offer
    tokens: Tokens
    account: Account

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.offer.provider.name

    @property
    def grant(self) -> OAuth:
        """How its provider grants."""
        return providers.grant(self.provider)


def read(provider: str, said: Mapping[str, Any], needs: frozenset[str] = frozenset()) -> Proof:
    """Who granted what. `said` is the token answer, with the checked id_token's claims as `userinfo`, if any.

    Raises ProviderFailed for an answer that can't be used, or that lacks a scope of `needs`.
    """
    offer, tokens = providers.offer(provider), oauth.read(said)
    if tokens is None:
        raise ProviderFailed(f"{offer.provider.label} sent an answer that can’t be read.")
    if tokens.scopes and not needs <= set(tokens.scopes.split()):
        raise ProviderFailed(_not_enough(offer))
    return Proof(offer, tokens, _whose(offer, tokens, said.get("userinfo") or {}))


def connected(tx: Transaction, proof: Proof) -> Connection | None:
    """The connection of this account here, whoever has it, locked."""
    same = (Connection.provider == proof.provider, Connection.account == proof.account.id)
    return tx.scalars(select(Connection).where(*same).with_for_update()).first()


def keep_connected(tx: Transaction, proof: Proof) -> None:
    """Where the account is connected here, its connection lives on through a grant that was given for something else.

    Zoom honours only the tokens that it issued last to a user (error 4741), so they take the place of those we hold.
    Google's old ones stay good, and are better: these were asked for less.
    """
    row = connected(tx, proof) if proof.grant.rotates and proof.tokens.refresh else None
    if row is not None:
        was_lost = row.state is not ConnectionState.OK
        renew.put(row, proof.tokens, "")
        if was_lost:
            links_ahead.say_so(tx, row.person_id, row.provider, look=True)
        row.granted_at = clock.now()


def _not_enough(offer: Offer) -> str:
    label = offer.provider.label
    who = providers.grant(offer.provider.name).signs_in or label
    return f"{who} didn’t let Alongside make {label} links. Try again and leave every box ticked there."


def _whose(offer: Offer, tokens: Tokens, claims: Mapping[str, Any]) -> Account:
    left = TRIES
    with Unsigned() as http:
        http.headers["Authorization"] = f"Bearer {tokens.access}"  # not in its row yet
        while True:
            left -= 1
            try:
                return providers.grant(offer.provider.name).whose(http, offer.hosts, claims)
            except IntegrationError as error:
                if not (left and isinstance(error, Unavailable)):
                    raise ProviderFailed(error.sentence) from error
