"""What both providers share of OAuth 2: the consent page, codes that work once for five minutes, PKCE."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from flask import Response, make_response, redirect, render_template_string, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock

CODE_LIFE = timedelta(minutes=5)
CLIENT_ID, CLIENT_SECRET = "simulated-client", "simulated-secret"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>SIMULATED {{ vendor }}</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui;max-width:30rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.6rem}strong{background:#fd0;color:#000;padding:.1em .4em}label{overflow-wrap:anywhere}
button,input{font:inherit;padding:.4em .8em;max-width:100%;box-sizing:border-box}</style>
<main><p><strong>SIMULATED</strong> This is not {{ vendor }}. It runs on this computer, to try things out.</p>
<h1>Let Alongside use your simulated {{ vendor }} account?</h1>
<form method="post">
{% for name, value in hidden.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">{% endfor %}
<p><label>Signed in as <input type="email" name="account" value="{{ account }}" required></label></p>
{% for scope in choices %}
<p><label><input type="checkbox" name="granted" value="{{ scope }}" checked> {{ scope }}</label></p>{% endfor %}
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form></main></html>"""


@dataclass(frozen=True)
class Asked:
    """One authorisation request, as the product made it."""

    client_id: str
    redirect_uri: str
    state: str
    scope: str
    challenge: str
    method: str
    nonce: str
    offline: bool
    prompt: str

    @classmethod
    def from_request(cls) -> "Asked":
        """From query or form."""
        said = request.values
        return cls(
            said.get("client_id", ""),
            said.get("redirect_uri", ""),
            said.get("state", ""),
            said.get("scope", ""),
            said.get("code_challenge", ""),
            said.get("code_challenge_method", "plain"),
            said.get("nonce", ""),
            said.get("access_type") == "offline",
            said.get("prompt", ""),
        )

    @property
    def fault(self) -> str:
        """Why a provider would show an error page of its own instead of asking; empty when it would ask."""
        if self.client_id != CLIENT_ID:
            return "invalid_client"
        if urlsplit(self.redirect_uri).hostname not in LOOPBACK:
            return "redirect_uri_mismatch"
        return "" if request.values.get("response_type") == "code" else "unsupported_response_type"


@dataclass
class Code:
    """What the browser brings back. It works once."""

    asked: Asked
    account: str
    scopes: tuple[str, ...]
    made_at: datetime
    is_used: bool = False

    def fits(self, redirect_uri: str, verifier: str) -> bool:
        """Right place, in time, first use, and brought by whoever began."""
        fresh = not self.is_used and clock.now() - self.made_at < CODE_LIFE
        return fresh and redirect_uri == self.asked.redirect_uri and self._proves(verifier)

    def _proves(self, verifier: str) -> bool:
        if not self.asked.challenge:
            return True
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return self.asked.challenge == (digest if self.asked.method == "S256" else verifier)


class HasCodes(Protocol):
    """A simulator that keeps codes."""

    codes: dict[str, Code]


def consent(simulator: HasCodes, vendor: str, choices: tuple[str, ...]) -> Answer:
    """The authorise address: GET shows the page, POST is the decision. `choices` are scopes people can untick."""
    asked = Asked.from_request()
    choices = tuple(scope for scope in choices if scope in asked.scope.split())
    if asked.fault:
        return Response(f"SIMULATED {vendor} refuses: {asked.fault}", 400, content_type="text/plain")
    if request.method == "GET":
        return _page(vendor, choices)
    if request.form.get("decision") != "allow":
        return _back(asked, error="access_denied")
    granted = tuple(scope for scope in asked.scope.split() if scope not in choices) + tuple(
        scope for scope in request.form.getlist("granted") if scope in choices
    )
    value = secrets.token_urlsafe(24)
    simulator.codes[value] = Code(asked, request.form.get("account", "").strip().lower(), granted, clock.now())
    return _back(asked, code=value)


def knows_client(*, in_form: bool) -> bool:
    """Whether a token call came from our client: HTTP Basic, or (Google) the form."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return (basic.username, basic.password) == (CLIENT_ID, CLIENT_SECRET)
    return in_form and (request.form.get("client_id"), request.form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _page(vendor: str, choices: tuple[str, ...]) -> Response:
    # Each browser has its own account, so that two people in two windows are two people here as well.
    cookie = f"simulated_{vendor.lower()}"
    known = request.cookies.get(cookie)  # noqa: TID251 - our own cookie, not the product's
    account = known or f"person-{secrets.token_hex(3)}@{vendor.lower()}.example"
    page = render_template_string(PAGE, vendor=vendor, choices=choices, account=account, hidden=request.args.to_dict())
    response = make_response(page)
    response.set_cookie(cookie, account, httponly=True, samesite="Lax", path=request.path)
    return response


def _back(asked: Asked, **words: str) -> Answer:
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    return redirect(f"{asked.redirect_uri}{joint}{urlencode({**words, 'state': asked.state})}")
