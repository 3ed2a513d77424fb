"""The calls about a grant that are made without a browser: for a code, a new token for an old one, and giving it up."""

from collections.abc import Mapping
from typing import Any

from requests.auth import HTTPBasicAuth

from integrations import bounded, oauth
from integrations.answers import Answer, ask
from integrations.errors import GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.oauth import OAuth, Tokens
from integrations.offers import Offer

NOT_KNOWN = frozenset({"invalid_client", "unauthorized_client"})


def exchange(offer: Offer, code: str, redirect_uri: str, verifier: str) -> Mapping[str, Any]:
    """The token answer for a code that no redirect brought. Raises Refused for one that is no good, and Unavailable."""
    label = offer.provider.label
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    answer = _post(offer, _grant(offer).token, form)
    if answer.is_good:
        return answer.body
    if answer.text("error") in NOT_KNOWN:
        raise Refused(_unknown(label))
    if answer.status < 500 and answer.text("error"):
        raise Refused(f"This answer from {label} is too old, or was used before. Try again.")
    raise Unavailable(f"{label} has trouble of its own just now.")


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
    if answer.text("error") in NOT_KNOWN:
        raise Refused(_unknown(label))
    raise Unavailable(f"{label} has trouble of its own just now.")


def revoke(offer: Offer, tokens: Tokens) -> bool:
    """Whether the provider forgets the grant now: some listen to nobody but the person. Raises Unavailable.

    A grant that is already dead is fine.
    """
    grant = _grant(offer)
    if not grant.revoke:
        return False
    by_access = grant.revokes == "access"
    try:
        done = _given_up(offer, tokens.access if by_access else tokens.refresh or tokens.access)
        if done is None and by_access and tokens.refresh:
            # Only the hour of this one may be over. Whether Zoom takes it all the same is unverified.
            done = _given_up(offer, refresh(offer, tokens.refresh).access)
    except (GrantRevoked, Refused) as error:
        return isinstance(error, GrantRevoked)
    return done is not False


def _grant(offer: Offer) -> OAuth:
    assert offer.provider.oauth is not None, f"{offer.provider.name} needs no account"
    return offer.provider.oauth


def _given_up(offer: Offer, token: str) -> bool | None:
    """Whether the provider did as it was told; None when it knows no such token."""
    answer = _post(offer, _grant(offer).revoke, {"token": token})
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"{offer.provider.label} has trouble of its own just now.")
    return None if _is_dead(answer) or answer.text("error") == "invalid_token" else answer.is_good


def _post(offer: Offer, address: str, form: Mapping[str, str]) -> Answer:
    label, client = offer.provider.label, offer.client
    if client is None:
        raise Unavailable(f"{label} is switched off here.")
    with bounded.Session() as http:
        url, basic = address.format_map(offer.hosts), HTTPBasicAuth(client.id, client.secret)
        return ask(http, "POST", url, vendor=label, data=form, auth=basic)


def _unknown(label: str) -> str:
    return f"{label} does not know this installation. Whoever runs it needs to check its {label} settings."


def _is_dead(answer: Answer) -> bool:
    """Zoom says invalid_grant, or invalid_request with a reason, of dead tokens (raycast#10896, calcom/cal.diy#729).

    Microsoft says interaction_required where an organisation now wants another way of signing in (AADSTS50076).
    """
    error, reason = answer.text("error"), answer.text("reason").lower()
    return error in {"invalid_grant", "interaction_required"} or (
        error == "invalid_request" and reason.startswith("invalid token")
    )
