"""Consent at a provider, by Authlib: where people are sent, and what they bring back.

The state of each try rests in the signed-in device's row, so an answer that another browser began is nobody's here.
"""

import secrets
from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, request, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from companion.config import ConfigError
from companion.errors import Invalid, Refusal
from companion.services import providers
from companion.services.connect import ProviderFailed
from integrations.answers import CONNECT_SECONDS, TOTAL_SECONDS
from integrations.offers import Offer

NAME = "authlib.integrations.flask_client"


class Declined(Refusal):
    """The person said no at the provider, or the answer isn't to a question of this browser."""

    status = 409


def open_oauth(app: Flask) -> None:
    """Register every provider that this installation has credentials for. Raises ConfigError naming unfit hosts."""
    oauth = OAuth(app)
    try:
        offered = providers.all_offers()
    except ValueError as error:
        raise ConfigError(f"Alongside can't start with these settings:\n{error}") from error
    for name, offer in offered.items():
        if offer.client is not None and offer.provider.oauth is not None:
            oauth.register(name, **_registration(offer))


def consent(provider: str, session_id: int) -> Response:
    """To the provider's consent page; `session_id` is 0 or the session whose link is wanted afterwards."""
    # The state is random and kept on our side: what stands behind the dot comes back as we wrote it, or is refused.
    state = f"{secrets.token_urlsafe(32)}.{session_id}"
    redirect: Response = _client(provider).authorize_redirect(_callback(provider), state=state)
    return redirect


def brought_back(provider: str) -> Mapping[str, Any]:
    """The token answer for this callback request. Raises Declined or ProviderFailed; nothing has changed then."""
    label = providers.offer(provider).provider.label
    if request.args.get("error"):
        # Looked at before the state, as anybody can send a browser here saying so: it only ever leads back to a page.
        raise Declined(f"{label} was not connected.")
    try:
        answer: Mapping[str, Any] = _client(provider).authorize_access_token(allow_redirects=False)
    except (AuthlibBaseError, JoseError) as error:
        raise Declined(f"This answer from {label} is too old, or was meant for another window.") from error
    except (requests.RequestException, ValueError) as error:
        raise ProviderFailed(f"{label} did not answer in time.") from error
    return answer


def session_wanted() -> int:
    """The session that the try was for, as the callback's state says; 0 for none. It gives no rights."""
    number = request.args.get("state", "").rpartition(".")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0


def _client(provider: str) -> Any:  # noqa: ANN401 - Authlib has no types
    client = current_app.extensions[NAME].create_client(provider)
    if client is None:
        raise Invalid("provider", "There is no such way to meet here.")
    return client


def _callback(provider: str) -> str:
    return url_for("connections.callback", provider=provider, _external=True)


def _registration(offer: Offer) -> dict[str, Any]:
    grant = offer.provider.oauth
    assert grant is not None
    assert offer.client is not None
    # One number for connecting and one between bytes; Authlib alone would wait for ever.
    client_kwargs: dict[str, Any] = {
        "code_challenge_method": "S256", "default_timeout": (CONNECT_SECONDS, TOTAL_SECONDS),
    }  # fmt: skip
    if grant.scopes:
        client_kwargs["scope"] = " ".join(grant.scopes)
    registration: dict[str, Any] = {
        "client_id": offer.client.id,
        "client_secret": offer.client.secret,
        "authorize_url": grant.authorize.format_map(offer.hosts),
        "access_token_url": grant.token.format_map(offer.hosts),
        "authorize_params": dict(grant.asking) or None,
        "client_kwargs": client_kwargs,
    }
    if grant.issuer:
        # Written down instead of discovered: no call before the consent page, and no address but from the settings.
        registration["issuer"] = grant.issuer.format_map(offer.hosts)
        registration["jwks_uri"] = grant.keys.format_map(offer.hosts)
        registration["id_token_signing_alg_values_supported"] = ["RS256"]
    return registration
