"""Consent at a provider, by Authlib: where people are sent, and what they bring back.

The state of each try rests in the row of this browser, so an answer that another browser began is nobody's here.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth, OAuthError
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, current_app, redirect, request
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.wrappers import Response

from companion import clock
from companion.config import ConfigError
from companion.errors import Invalid, Refusal
from companion.services import providers, set_up
from companion.services.connect import ProviderFailed
from companion.web import kept
from integrations import answers, bounded
from integrations.offers import Offer

log = logging.getLogger(__name__)

LIFE = timedelta(hours=1)  # of an unfinished consent
Answer = Mapping[str, Any]  # of a token endpoint, with the checked claims of its id_token as `userinfo`
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)  # Authlib's, where somebody else's JSON has other types
NAME = "authlib.integrations.flask_client"


class Declined(Refusal):
    """The person said no at the provider, or the answer isn't to a question of this browser."""

    status = 409


class Purpose(StrEnum):
    """What somebody goes to a provider for."""

    CONNECT = "connect"  # links are made in their name afterwards
    LINK = "link"  # they can sign in with the account afterwards
    SIGN_IN = "sign_in"


NO = {
    Purpose.CONNECT: "{} was not connected.",
    Purpose.LINK: "Nothing was linked. Your letter still lets you in.",
    Purpose.SIGN_IN: "You are not signed in. A letter lets you in as well.",
}


@dataclass(frozen=True)
class Errand:
    """Why somebody was sent there: the session whose link is wanted afterwards (or 0), the page they go on to.

    `instead`: the meeting in whose place that link is wanted, or 0.
    """

    purpose: Purpose
    session_id: int = 0
    leads_to: str = ""
    instead: int = 0


class Bound(OAuth2Session):
    """Authlib's session, whose calls end as all of ours do: the keys' as well as the code's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bounded.bind(self)
        self.register_compliance_hook("access_token_response", _understood)


class Asking(FlaskOAuth2App):
    """Authlib's client, on such sessions."""

    client_cls = Bound

    def fetch_jwk_set(self, force: bool = False) -> Any:  # noqa: ANN401 - Authlib's signature
        """The provider's keys. Authlib would keep whatever came, for as long as the process lives."""
        keys = super().fetch_jwk_set(force=force)
        try:
            KeySet.import_key_set(keys)
        except (JoseError, *UNREADABLE) as error:
            self.server_metadata.pop("jwks", None)
            raise ValueError("no keys in what was said to be keys") from error
        return keys


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


def consent(provider: str, errand: Errand) -> Response:
    """To the provider's consent page. What for is kept on our side, with the state: it can't change on the way."""
    client, grant = _client(provider), providers.grant(provider)
    connecting = errand.purpose is Purpose.CONNECT
    words = dict(grant.asking) if connecting else {}
    if asks := grant.asks if connecting else grant.asks_who:
        words["scope"] = " ".join(asks)
    begun = client.create_authorization_url(set_up.redirect_uri(provider), state=secrets.token_urlsafe(32), **words)
    until = (clock.now() + LIFE).isoformat()
    client.save_authorize_data(
        redirect_uri=set_up.redirect_uri(provider), errand={**asdict(errand), "until": until}, **begun
    )
    return redirect(begun["url"])


def errand_of(provider: str) -> Errand | None:
    """What this callback request is the answer to; None when this browser asked nothing of the kind. Works once.

    A no uses nothing up: people say it, go back in their browser, and say yes.
    """
    name = f"_state_{provider}_{request.args.get('state', '')}"
    found = kept.here().get(name) if request.args.get("error") else kept.here().take(name)
    if found is None:
        return None
    said = dict(found["data"]["errand"])
    if clock.now() >= datetime.fromisoformat(said.pop("until")):
        return None
    return Errand(**{**said, "purpose": Purpose(said["purpose"])})


def brought_back(provider: str, errand: Errand | None) -> Answer:
    """The token answer for this callback request. Raises Declined or ProviderFailed; nothing has changed then."""
    label = providers.offer(provider).provider.label
    if request.args.get("error"):
        # Looked at before the state, as anybody can send a browser here saying so: it only ever leads back to a page.
        raise Declined(NO[errand.purpose if errand else Purpose.CONNECT].format(label))
    if errand is None:
        raise Declined(f"This answer from {label} is too old, or was meant for another window.")
    try:
        answer: Answer = _client(provider).authorize_access_token(allow_redirects=False)
    except OAuthError as error:
        if error.error in {"invalid_client", "unauthorized_client"}:
            raise ProviderFailed(
                f"{label} does not know this installation. Whoever runs it needs to check its {label} settings."
            ) from error
        raise Declined(f"This answer from {label} is too old, or was meant for another window.") from error
    except (AuthlibBaseError, JoseError) as error:
        raise Declined(f"This answer from {label} is too old, or was meant for another window.") from error
    except requests.RequestException as error:
        raise ProviderFailed(f"{label} did not answer in time.") from error
    except UNREADABLE as error:
        raise ProviderFailed(f"{label} sent an answer that can’t be read.") from error
    return _believed(provider, answer)


def _client(provider: str) -> Any:  # noqa: ANN401 - Authlib has no types
    client = current_app.extensions[NAME].create_client(provider)
    if client is None:
        raise Invalid("provider", "There is no such way to meet here.")
    return client


def _understood(response: requests.Response) -> requests.Response:
    """The token answer. A refusal raises here: Authlib would lose Zoom's `reason`, and take one without `error` for a
    token.
    """
    if 200 <= response.status_code < 300:
        return response
    said = answers.object_in(response.content)
    error, why = str(said.get("error", ""))[:40], str(said.get("reason") or said.get("error_description") or "")[:200]
    log.warning("a code was refused", extra={"status": response.status_code, "error": error, "reason": why})
    if 400 <= response.status_code < 500 and error:
        raise OAuthError(error, why)
    raise requests.HTTPError(response=response)


def _believed(provider: str, answer: Answer) -> Answer:
    """The answer with those claims alone that were signed for us. Raises Declined.

    Authlib checks the rest, but takes a token for another audience when its `azp` names us.
    """
    if "id_token" not in answer:
        return {name: value for name, value in answer.items() if name != "userinfo"}
    ours = _client(provider).client_id
    if (answer.get("userinfo") or {}).get("aud") not in (ours, [ours]):
        raise Declined(f"This answer from {providers.offer(provider).provider.label} was meant for somebody else.")
    return answer


def _registration(offer: Offer) -> dict[str, Any]:
    grant = offer.provider.oauth
    assert grant is not None
    assert offer.client is not None
    registration: dict[str, Any] = {
        "client_cls": Asking,
        "client_id": offer.client.id,
        "client_secret": offer.client.secret,
        "authorize_url": grant.authorize.format_map(offer.hosts),
        "access_token_url": grant.token.format_map(offer.hosts),
        "client_kwargs": {"code_challenge_method": "S256"},
    }
    if grant.issuer:
        # Written down instead of discovered: no call before the consent page, and no address but from the settings.
        registration["issuer"] = grant.issuer.format_map(offer.hosts)
        registration["jwks_uri"] = grant.keys.format_map(offer.hosts)
        registration["id_token_signing_alg_values_supported"] = ["RS256"]
    return registration
