"""The two calls about a grant that are made without a browser: a new token for an old one, and giving it up."""

from collections.abc import Mapping

import requests
from requests.auth import HTTPBasicAuth

from integrations import oauth
from integrations.answers import Answer, ask
from integrations.errors import GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.oauth import OAuth, Tokens
from integrations.offers import Offer


def refresh(offer: Offer, token: str) -> Tokens:
    """A new grant for a refresh token.

    Raises GrantRevoked when the grant is dead, LostAnswer when it may be used up though nothing reached us,
    Unavailable and Refused (our own credentials) when it is still good.
    """
    label, form = offer.provider.label, {"grant_type": "refresh_token", "refresh_token": token}
    answer = _post(offer, _grant(offer).token, form)
    tokens = oauth.read(answer.body)
    if answer.is_good and tokens:
        return tokens
    if answer.is_good:
        raise LostAnswer(f"{label} sent an answer that can’t be read.")
    if _is_dead(answer):
        raise GrantRevoked(f"{label} no longer lets Alongside in. Connect {label} again.")
    if answer.text("error") in {"invalid_client", "unauthorized_client"}:
        raise Refused(f"{label} does not know this installation. Whoever runs it needs to check its {label} settings.")
    raise Unavailable(f"{label} has trouble of its own just now.")


def revoke(offer: Offer, tokens: Tokens) -> None:
    """Tell the provider to forget the grant. Raises Unavailable; a grant that is already dead is fine."""
    grant = _grant(offer)
    token = tokens.access if grant.revokes == "access" else tokens.refresh or tokens.access
    answer = _post(offer, grant.revoke, {"token": token})
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"{offer.provider.label} has trouble of its own just now.")


def _grant(offer: Offer) -> OAuth:
    assert offer.provider.oauth is not None, f"{offer.provider.name} needs no account"
    return offer.provider.oauth


def _post(offer: Offer, address: str, form: Mapping[str, str]) -> Answer:
    label, client = offer.provider.label, offer.client
    if client is None:
        raise Unavailable(f"{label} is switched off here.")
    with requests.Session() as http:
        url, basic = address.format_map(offer.hosts), HTTPBasicAuth(client.id, client.secret)
        return ask(http, "POST", url, vendor=label, data=form, auth=basic)


def _is_dead(answer: Answer) -> bool:
    """Zoom says invalid_grant, or invalid_request with a reason, of dead tokens (raycast#10896, calcom/cal.diy#729)."""
    error, reason = answer.text("error"), answer.text("reason").lower()
    return error == "invalid_grant" or (error == "invalid_request" and reason.startswith("invalid token"))
