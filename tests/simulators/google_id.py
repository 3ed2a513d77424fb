"""Google's id_tokens and the keys they are signed with; and every way in which one can be a lie."""

import base64
import json
import secrets
import time
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET

LIES: dict[str, dict[str, Any]] = {
    "audience": {"aud": "somebody-elses-app", "azp": "somebody-elses-app"},
    "audience, for us": {"aud": "somebody-elses-app"},  # `azp` names us still
    "issuer": {"iss": "https://accounts.elsewhere.example"},
    "nonce": {"nonce": "of-another-sign-in"},
    "expired": {"iat": 1_500_000_000, "exp": 1_500_003_600},
    "unverified": {"email_verified": False},
    "nobody": {"sub": ""},
}


@cache
def signing_key(whose: str = "google") -> RSAKey:
    """One for all simulators of a process: making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": f"kid-of-{whose}", "use": "sig", "alg": "RS256"})


def public_keys() -> list[dict[str, Any]]:
    """What the address of the keys answers."""
    return [dict(signing_key().as_dict(private=False))]


def claims(issuer: str, sub: str, email: str, nonce: str) -> dict[str, Any]:
    """An id_token's, for our client."""
    # Real time, not the stand-in clock: whoever checks the signature reads the machine's.
    now = int(time.time())  # noqa: TID251 - see above
    return {
        "iss": issuer, "aud": CLIENT_ID, "azp": CLIENT_ID, "sub": sub, "email": email, "email_verified": True,
        "nonce": nonce, "iat": now, "exp": now + 3600,
    }  # fmt: skip


def signed(said: dict[str, Any], lie: str = "") -> str:
    """The token that says this; with a lie, one that nobody may believe (`unverified` and `nobody`: not for all)."""
    told = said | LIES.get(lie, {})
    key = signing_key()
    if lie == "unsigned":
        return ".".join(_part(each) for each in ({"alg": "none"}, told)) + "."
    if lie == "secret":  # the trick of signing with what the other side takes for a public matter
        return jwt.encode({"alg": "HS256", "kid": key.kid}, told, OctKey.import_key(CLIENT_SECRET.ljust(32, "-")))
    if lie == "key":
        return jwt.encode({"alg": "RS256", "kid": key.kid}, told, signing_key("a stranger"))
    return jwt.encode({"alg": "RS256", "kid": key.kid}, told, key)


def new_sub() -> str:
    """21 digits: no number that fits a computer's."""
    return str(10**20 + secrets.randbelow(10**20))


def _part(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
