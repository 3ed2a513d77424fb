"""Consent inside Zoom's client: asked for and given without leaving the panel; its code is exchanged here.

Zoom's client knows PKCE as `plain` only, so the challenge is the verifier itself, and whoever reads the page's traffic
has both. What guards the code are the state, which one visitor has once, and our client secret.
https://developers.zoom.us/docs/zoom-apps/authentication/
"""

import secrets
from dataclasses import dataclass

from companion.errors import Invalid
from companion.services import connect, providers, set_up
from companion.services.proof import ProviderFailed
from integrations import grants
from integrations.errors import IntegrationError

ZOOM = "zoom"


@dataclass(frozen=True)
class Question:
    """What Zoom's client is asked with. `verifier` is the challenge, too."""

    state: str
    verifier: str


def question() -> Question:
    """A new one: 43 characters each, as RFC 7636 has them."""
    return Question(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


def redirects() -> tuple[str, ...]:
    """The only addresses that a code may have been made for: the panel's own, and that of our consent in browsers."""
    return set_up.panel_url(ZOOM), set_up.redirect_uri(ZOOM)


def answered(person_id: int, code: str, redirect: str, verifier: str) -> None:
    """Connect the account that said yes. `redirect` is what Zoom's client says that the code was made for.

    Raises Invalid for an address that isn't ours, ProviderFailed, and TooLate when the account is somebody else's.
    """
    if redirect not in redirects():
        raise Invalid("redirect", "Zoom answered for another address than Alongside’s.")
    try:
        said = grants.exchange(providers.offer(ZOOM), code, redirect, verifier)
    except IntegrationError as error:
        raise ProviderFailed(error.sentence) from error
    connect.remember(person_id, ZOOM, said)
