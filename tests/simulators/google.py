"""A simulated Google: OpenID Connect and Meet spaces. One server plays all of Google's hosts."""

import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET, Code, consent, knows_client
from tests.simulators.server import Simulator

API = "https://www.googleapis.com/auth/"
CREATED = f"{API}meetings.space.created"
LIFE = timedelta(hours=1)
ACCESS_TYPES = {"ACCESS_TYPE_UNSPECIFIED", "OPEN", "TRUSTED", "RESTRICTED"}
ENTRY_POINTS = {"ENTRY_POINT_ACCESS_UNSPECIFIED", "ALL", "CREATOR_APP_ONLY"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Grant:
    """What one account granted. `access` holds live access tokens; the refresh token stays the same."""

    account: str
    scopes: tuple[str, ...]
    refresh: str
    access: dict[str, datetime] = field(default_factory=dict)


class Refusal(Exception):
    """An API error in Google's form."""

    def __init__(self, code: int, status: str, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.error: dict[str, Any] = {"code": code, "message": message, "status": status}
        if reason:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            self.error["details"] = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}]


@cache
def signing_key() -> RSAKey:
    """One for all simulators of a process: making one takes a while."""
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(8), "use": "sig", "alg": "RS256"})


class Google(Simulator):
    """`spaces` by name; a name in `foreign` was not made by this app. `live` holds the names of spaces in use."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, Code] = {}
        self.grants: list[Grant] = []
        self.spaces: dict[str, dict[str, Any]] = {}
        self.foreign: set[str] = set()
        self.live: set[str] = set()
        self.created_at: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self.subs: dict[str, str] = {}
        self.key = signing_key()
        self.app.register_error_handler(Refusal, lambda refusal: (jsonify(error=refusal.error), refusal.code))
        for rule, view, methods in (
            ("/.well-known/openid-configuration", self.discovery, ["GET"]),
            ("/oauth2/v3/certs", lambda: jsonify(keys=[self.key.as_dict(private=False)]), ["GET"]),
            ("/o/oauth2/v2/auth", lambda: consent(self, "Google", (CREATED,)), ["GET", "POST"]),
            ("/token", self.token, ["POST"]),
            ("/revoke", self.revoke, ["POST"]),
            ("/v2/spaces", self.create, ["POST"]),
            ("/v2/spaces/<key>", self.get, ["GET"]),
            ("/meet/<code>", self.call, ["GET"]),
        ):
            self.app.add_url_rule(rule, rule, view, methods=methods)

    def settings(self) -> dict[str, str]:
        """The product's settings that lead here."""
        hosts = {f"GOOGLE_MEET_{host}_URL": self.url for host in ("ACCOUNTS", "TOKENS", "KEYS", "API")}
        return {"GOOGLE_MEET_CLIENT_ID": CLIENT_ID, "GOOGLE_MEET_CLIENT_SECRET": CLIENT_SECRET, **hosts}

    def discovery(self) -> Answer:
        """The names of Google's own document, with this server's addresses."""
        return jsonify(
            issuer=self.url,
            authorization_endpoint=f"{self.url}/o/oauth2/v2/auth",
            token_endpoint=f"{self.url}/token",
            revocation_endpoint=f"{self.url}/revoke",
            jwks_uri=f"{self.url}/oauth2/v3/certs",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
            code_challenge_methods_supported=["plain", "S256"],
        )

    def token(self) -> Answer:
        """`/token`: Basic or form credentials."""
        if not knows_client(in_form=True):
            return _oauth_error(401, "invalid_client", "The OAuth client was not found.")
        said = request.form
        if said.get("grant_type") == "refresh_token":
            return self._refresh(said.get("refresh_token", ""))
        code = self.codes.get(said.get("code", ""))
        if code is None or not code.fits(said.get("redirect_uri", ""), said.get("code_verifier", "")):
            return _oauth_error(400, "invalid_grant", "Malformed auth code.")
        code.is_used = True
        return jsonify(self._first_answer(code))

    def granted(self, account: str, scopes: tuple[str, ...] = ("openid", "email", CREATED)) -> dict[str, Any]:
        """A token answer for this account, as if they had just gone through consent."""
        grant = Grant(account, scopes, f"1//{secrets.token_urlsafe(32)}")
        self.grants.append(grant)
        return self._answer(grant) | {"refresh_token": grant.refresh}

    def revoke(self) -> Answer:
        """Takes either token; unknown ones are 400."""
        token = request.form.get("token", "")
        known = [grant for grant in self.grants if token == grant.refresh or token in grant.access]
        self.grants = [grant for grant in self.grants if grant not in known]
        return jsonify({}) if known else _oauth_error(400, "invalid_token", "Token expired or revoked")

    def create(self) -> Answer:
        """At most ten spaces a minute for each user."""
        account = self._account()
        config = _checked((request.get_json(silent=True) or {}).get("config", {}))
        self._count(account)
        code = "-".join("".join(secrets.choice(LETTERS) for _ in range(size)) for size in (3, 4, 3))
        name = f"spaces/{secrets.token_urlsafe(9)}"
        usual = {"accessType": "TRUSTED", "entryPointAccess": "ALL"}
        self.spaces[name] = {
            "name": name,
            "meetingUri": f"{self.url}/meet/{code}",
            "meetingCode": code,
            "config": usual | config,
        }
        return jsonify(self.spaces[name])

    def get(self, key: str) -> Answer:
        """By name or by meeting code."""
        self._account()
        space = next((each for each in self.spaces.values() if key in (each["name"][7:], each["meetingCode"])), None)
        if f"spaces/{key}" in self.foreign:
            raise Refusal(403, "PERMISSION_DENIED", "Permission denied on resource Space (or it might not exist).")
        if space is None:
            raise Refusal(404, "NOT_FOUND", f"Requested entity was not found: spaces/{key}.")
        if space["name"] in self.live:
            return jsonify(space | {"activeConference": {"conferenceRecord": f"conferenceRecords/{key}"}})
        return jsonify(space)

    def call(self, code: str) -> str:
        """What "Join" opens."""
        return f"<!doctype html><title>SIMULATED Google Meet</title><h1>SIMULATED Google Meet call {code}</h1>"

    def _first_answer(self, code: Code) -> dict[str, Any]:
        """A refresh token comes for offline access, and without prompt=consent only at the first consent."""
        is_first = all(grant.account != code.account for grant in self.grants)
        answer = self.granted(code.account, code.scopes)
        if not (code.asked.offline and (is_first or code.asked.prompt == "consent")):
            del answer["refresh_token"]
        if "openid" in code.scopes:
            answer["id_token"] = self._id_token(code)
        return answer

    def _refresh(self, token: str) -> Answer:
        for grant in self.grants:
            if grant.refresh == token:
                return jsonify(self._answer(grant))
        return _oauth_error(400, "invalid_grant", "Token has been expired or revoked.")

    def _answer(self, grant: Grant) -> dict[str, Any]:
        access = f"ya29.{secrets.token_urlsafe(48)}"
        grant.access[access] = clock.now() + LIFE
        names = {"email": f"{API}userinfo.email"}
        scope = " ".join(names.get(each, each) for each in grant.scopes)
        return {"access_token": access, "expires_in": 3599, "scope": scope, "token_type": "Bearer"}

    def _id_token(self, code: Code) -> str:
        # Real time, not the stand-in clock: whoever checks the signature reads the machine's.
        now = int(time.time())  # noqa: TID251 - see above
        sub = self.subs.setdefault(code.account, str(10**20 + secrets.randbelow(10**20)))
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "azp": CLIENT_ID,
            "sub": sub,
            "email": code.account,
            "email_verified": True,
            "nonce": code.asked.nonce,
            "iat": now,
            "exp": now + 3600,
        }
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def _account(self) -> str:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for grant in self.grants:
            if grant.access.get(bearer, clock.now()) > clock.now():
                if CREATED not in grant.scopes:
                    words = "Request had insufficient authentication scopes."
                    raise Refusal(403, "PERMISSION_DENIED", words, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
                return grant.account
        raise Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def _count(self, account: str) -> None:
        times = self.created_at[account]
        while times and times[0] <= clock.now() - timedelta(minutes=1):
            times.popleft()
        if len(times) >= 10:
            raise Refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Space creation requests'.")
        times.append(clock.now())


def _checked(config: Any) -> dict[str, Any]:
    known = {"accessType": ACCESS_TYPES, "entryPointAccess": ENTRY_POINTS}
    for name, value in config.items():
        if name not in known or value not in known[name]:
            raise Refusal(400, "INVALID_ARGUMENT", f"Invalid value at 'space.config.{name}'.")
    return dict(config)


def _oauth_error(status: int, error: str, description: str) -> Response:
    response = jsonify(error=error, error_description=description)
    response.status_code = status
    return response
