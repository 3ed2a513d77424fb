"""Whether a provider would know this installation, found out without any person's account."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from requests.auth import HTTPBasicAuth

from integrations.answers import Answer, ask
from integrations.bounded import Session
from integrations.offers import Offer


class Says(StrEnum):
    """How a token endpoint takes our credentials. `redirect`: it knows us, but not the address people come back to."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    REDIRECT = "redirect"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Trial:
    """The outcome. `ahead` is how far our clock is ahead of theirs (whole seconds), `words` what nobody foresaw."""

    says: Says
    words: str = ""
    ahead: timedelta | None = None


def credentials(offer: Offer, redirect_uri: str, now: datetime) -> Trial:
    """Hands in a code that nobody was given: whoever knows the client blames the code, whoever doesn't, the client.

    No provider promises this order (RFC 6749, 5.2 only names the errors), so a good outcome is a strong hint, no proof.
    Raises Unavailable.
    """
    assert offer.client is not None
    assert offer.provider.oauth is not None
    form = {
        "grant_type": "authorization_code", "code": secrets.token_urlsafe(24), "redirect_uri": redirect_uri,
        "code_verifier": secrets.token_urlsafe(32),
    }  # fmt: skip
    url, basic = offer.provider.oauth.token.format_map(offer.hosts), HTTPBasicAuth(offer.client.id, offer.client.secret)
    with Session() as http:
        answer = ask(http, "POST", url, vendor=offer.provider.label, data=form, auth=basic)
    says = _says(answer)
    words = f"{answer.status} {answer.text('error')[:60]}".strip() if says is Says.UNCLEAR else ""
    return Trial(says, words, _ahead(answer.headers, now))


def zoom_challenge(secret: str, now: datetime) -> tuple[dict[str, str], bytes, str]:
    """A question as Zoom asks it of a webhook URL: headers, body, and the `encryptedToken` it wants to hear."""
    token = secrets.token_urlsafe(16)
    asked = {"event": "endpoint.url_validation", "payload": {"plainToken": token}, "event_ts": _seconds(now) * 1000}
    body, at = json.dumps(asked, separators=(",", ":")).encode(), str(_seconds(now))
    headers = {
        "Content-Type": "application/json", "x-zm-request-timestamp": at,
        "x-zm-signature": f"v0={_sealed(secret, f'v0:{at}:'.encode() + body)}",
    }  # fmt: skip
    return headers, body, _sealed(secret, token.encode())


def _says(answer: Answer) -> Says:
    error = answer.text("error")
    about = f"{error} {answer.text('reason')} {answer.text('error_description')}".lower()
    if error in {"invalid_client", "unauthorized_client"} or answer.status == 401:
        return Says.UNKNOWN
    if "redirect" in about:
        return Says.REDIRECT
    return Says.KNOWN if error == "invalid_grant" else Says.UNCLEAR


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return timedelta(seconds=round((now - theirs.astimezone(UTC)).total_seconds()))


def _seconds(now: datetime) -> int:
    return int(now.timestamp())


def _sealed(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
