"""What a person does at a simulated provider, between leaving our page and coming back to it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import requests

from tests.simulators.google import CREATED


def decide(
    consent: str, decision: str = "allow", account: str = "ruth@zoom.example", granted: Sequence[str] = (CREATED,)
) -> str:
    """Their word on the provider's page at this address; gives the address that they are sent back to."""
    page = requests.get(consent, timeout=5)
    assert "SIMULATED" in page.text
    form = {"decision": decision, "account": account, "granted": granted}
    return requests.post(consent, data=form, timeout=5, allow_redirects=False).headers["Location"]


def path_of(address: str) -> str:
    """What of it our own pages answer to."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
