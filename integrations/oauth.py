"""OAuth 2 as our neighbours practise it: what differs between them, and what a grant is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import requests

Hosts = Mapping[str, str]


@dataclass(frozen=True)
class Client:
    """This installation, as the provider knows it."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Account:
    """The provider's own lasting id of a person there, and what that person recognises it by (an address)."""

    id: str
    label: str


@dataclass(frozen=True)
class Tokens:
    """A grant as the provider hands it out. `lasts` counts from the answer; None when the provider didn't say."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts: timedelta | None
    scopes: str


@dataclass(frozen=True)
class OAuth:
    """How one provider grants access. Addresses are templates over its named hosts: "{oauth}/oauth/token".

    `scopes` says of each scope why we hold it, as the person reads it; those in `needs` must be in the answer.
    `asks` are the words sent as `scope` when connecting (empty where the app's entry at the provider sets them), and
    `asks_who` when somebody only signs in. `rotates`: a refresh token works once. `revokes` says which of the two
    tokens revocation takes; without an address in `revoke` the grant can only be taken back at the provider.
    With OpenID, `issuer` and `keys` check the id_token. `whose` tells the account, from an authorised session and the
    id_token's claims. `signs_in` is what people call the account they may sign in with ("Google"); empty where not.
    `taken_away_at` says where people take us away there themselves.
    """

    authorize: str
    token: str
    revoke: str
    whose: Callable[[requests.Session, Hosts, Mapping[str, Any]], Account]
    scopes: Mapping[str, str]
    needs: frozenset[str]
    asks: tuple[str, ...] = ()
    asks_who: tuple[str, ...] = ()
    asking: Mapping[str, str] = field(default_factory=dict)
    rotates: bool = False
    revokes: Literal["access", "refresh"] = "refresh"
    issuer: str = ""
    keys: str = ""
    signs_in: str = ""
    taken_away_at: str = ""


def read(said: Mapping[str, Any]) -> Tokens | None:
    """The grant in a token answer; None when it holds no access token, however good its status was."""
    words = {name: said.get(name) for name in ("access_token", "refresh_token", "scope")}
    access, again, scopes = (value if isinstance(value, str) else "" for value in words.values())
    lasts = said.get("expires_in")
    length = timedelta(seconds=lasts) if isinstance(lasts, int) and 0 < lasts < 10**9 else None
    return Tokens(access, again, length, scopes) if access else None
