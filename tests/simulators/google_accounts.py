"""Google's OAuth 2 and OpenID Connect: who granted what, and the tokens that say so."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.consent import Code, consent, knows_client
from tests.simulators.google_api import API, CALENDAR, CREATED, READONLY, SETTINGS, Refusal
from tests.simulators.google_id import claims, new_sub, public_keys, signed

if TYPE_CHECKING:
    from tests.simulators.google import Google

LIFE = timedelta(hours=1)
CHOICES = (CREATED, READONLY, SETTINGS, CALENDAR)  # what people can untick
NAMES = {"email": f"{API}userinfo.email", "profile": f"{API}userinfo.profile"}


@dataclass
class Grant:
    """What one account granted. `access` holds live access tokens; the refresh token stays the same."""

    account: str
    scopes: tuple[str, ...]
    refresh: str
    access: dict[str, datetime] = field(default_factory=dict)


class Accounts:
    """All grants, and the lasting id (`sub`) of every account."""

    def __init__(self, google: "Google") -> None:
        self.url = google.url
        self.codes: dict[str, Code] = {}
        self.grants: list[Grant] = []
        self.subs: dict[str, str] = {}
        for rule, view, methods in (
            ("/.well-known/openid-configuration", self.discovery, ["GET"]),
            ("/oauth2/v3/certs", lambda: jsonify(keys=public_keys()), ["GET"]),
            ("/o/oauth2/v2/auth", self.consent, ["GET", "POST"]),
            ("/token", self.token, ["POST"]),
            ("/revoke", self.revoke, ["POST"]),
            ("/oauth2/v2/userinfo", self.userinfo, ["GET"]),
        ):
            google.app.add_url_rule(rule, rule, view, methods=methods)

    def granted(self, account: str, scopes: tuple[str, ...]) -> dict[str, Any]:
        """A token answer for this account, as if they had just gone through consent."""
        grant = Grant(account, scopes, f"1//{secrets.token_urlsafe(32)}")
        self.grants.append(grant)
        return self._answer(grant) | {"refresh_token": grant.refresh}

    def grant_here(self) -> Grant:
        """Whose token came with this request."""
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        for grant in self.grants:
            if grant.access.get(bearer, clock.now()) > clock.now():
                return grant
        raise Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")

    def sub(self, account: str) -> str:
        """This account's lasting id."""
        return self.subs.setdefault(account, new_sub())

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

    def consent(self) -> Answer:
        """The page on which people agree, scope by scope."""
        return consent(self, "Google", CHOICES)

    def token(self) -> Answer:
        """`/token`: Basic or form credentials."""
        if not knows_client(in_form=True):
            return _error(401, "invalid_client", "The OAuth client was not found.")
        said = request.form
        if said.get("grant_type") == "refresh_token":
            return self._refresh(said.get("refresh_token", ""))
        code = self.codes.get(said.get("code", ""))
        if code is None or not code.fits(said.get("redirect_uri", ""), said.get("code_verifier", "")):
            return _error(400, "invalid_grant", "Malformed auth code.")
        code.is_used = True
        return jsonify(self._first_answer(code, request.environ["simulator.fault"]))

    def revoke(self) -> Answer:
        """Takes either token; unknown ones are 400."""
        token = request.form.get("token", "")
        known = [grant for grant in self.grants if token == grant.refresh or token in grant.access]
        self.grants[:] = [grant for grant in self.grants if grant not in known]
        return jsonify({}) if known else _error(400, "invalid_token", "Token expired or revoked")

    def userinfo(self) -> Answer:
        """Who granted, for whoever asked to know it."""
        grant = self.grant_here()
        email = {"email": grant.account, "verified_email": True} if "email" in grant.scopes else {}
        return jsonify(id=self.sub(grant.account), **email)

    def _first_answer(self, code: Code, fault: str) -> dict[str, Any]:
        """A refresh token comes for offline access, and without prompt=consent only at the first consent."""
        is_first = all(grant.account != code.account for grant in self.grants)
        scopes = tuple(each for each in code.scopes if each not in CHOICES or fault != "partial consent")
        answer = self.granted(code.account, scopes)
        wanted = code.asked.offline and (is_first or code.asked.prompt == "consent")
        if not wanted or fault == "no refresh token":
            del answer["refresh_token"]
        if "openid" in scopes and fault != "missing":
            said = claims(self.url, self.sub(code.account), code.account, code.asked.nonce)
            answer["id_token"] = signed(said, fault)
        return answer

    def _refresh(self, token: str) -> Answer:
        for grant in self.grants:
            if grant.refresh == token:
                return jsonify(self._answer(grant))
        return _error(400, "invalid_grant", "Token has been expired or revoked.")

    def _answer(self, grant: Grant) -> dict[str, Any]:
        access = f"ya29.{secrets.token_urlsafe(48)}"
        grant.access[access] = clock.now() + LIFE
        scope = " ".join(NAMES.get(each, each) for each in grant.scopes)
        return {"access_token": access, "expires_in": 3599, "scope": scope, "token_type": "Bearer"}


def _error(status: int, error: str, description: str) -> Response:
    response = jsonify(error=error, error_description=description)
    response.status_code = status
    return response
