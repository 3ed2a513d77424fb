"""The simulated Google, and our requests to it, held against Google's own API description and OpenID's rules."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import googleapiclient
import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from requests.auth import HTTPBasicAuth

from integrations.meetings import MeetingPlan
from integrations.meetings.google_meet import provider
from integrations.offers import offers
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET
from tests.simulators.google import CREATED

RUTH = "ruth@google.example"
BASIC = HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)
PLAN = MeetingPlan("The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "marker")
# What https://accounts.google.com/.well-known/openid-configuration says in 2026.
ENDPOINTS = {
    "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
    "token_endpoint": "https://oauth2.googleapis.com/token",
    "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
    "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
    "issuer": "https://accounts.google.com",
}
JSON_TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int}


@cache
def described():
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return json.loads((folder / "meet.v2.json").read_text())


def faults(value, schema, *, sent):
    """Where a value differs from Google's schema of that name; `sent` values may not set what is read-only."""
    if "$ref" in schema:
        schema = described()["schemas"][schema["$ref"]]
    if not isinstance(value, JSON_TYPES[schema["type"]]):
        return [f"{value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{value!r} is none of {schema['enum']}"]
    found = []
    for name, inner in value.items() if isinstance(value, dict) else ():
        known = schema.get("properties", {}).get(name)
        if known is None or (sent and known.get("readOnly")):
            found.append(f"{name} can't be said here")
        else:
            found += faults(inner, known, sent=sent)
    return found


class Listening(requests.Session):
    """A session that keeps what it sent and got."""

    def send(self, request, **kwargs):
        response = super().send(request, **kwargs)
        self.last = response
        return response


@pytest.fixture
def http(google):
    with Listening() as session:
        session.headers["Authorization"] = f"Bearer {google.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture
def exchange(google):
    def asked(**form):
        return requests.post(f"{google.url}/token", data=form, auth=BASIC, timeout=5)

    return asked


def consented(google, granted=(CREATED,), **more):
    query = {
        "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": "http://localhost/back", "state": "s",
        "scope": f"openid email {CREATED}", "nonce": "n", **more,
    }  # fmt: skip
    form = {"decision": "allow", "account": RUTH, "granted": granted}
    back = requests.post(f"{google.url}/o/oauth2/v2/auth", params=query, data=form, timeout=5, allow_redirects=False)
    code = back.headers["Location"].split("code=")[1].split("&")[0]
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost/back"}


def test_our_addresses_are_googles():
    grant, hosts = provider.oauth, provider.hosts
    ours = {
        "authorization_endpoint": grant.authorize, "token_endpoint": grant.token, "revocation_endpoint": grant.revoke,
        "jwks_uri": grant.keys, "issuer": grant.issuer,
    }  # fmt: skip
    assert {name: address.format_map(hosts) for name, address in ours.items()} == ENDPOINTS
    assert described()["rootUrl"] == f"{hosts['api']}/"


def test_the_simulator_serves_the_same_paths(google):
    said = requests.get(f"{google.url}/.well-known/openid-configuration", timeout=5).json()
    for name, address in ENDPOINTS.items():
        path = address.split("/", 3)[3:]
        assert said[name] == "/".join([google.url, *path])


def test_the_scope_we_ask_for_is_the_one_that_makes_spaces():
    method = described()["resources"]["spaces"]["methods"]["create"]
    assert method["scopes"] == [CREATED] == list(provider.oauth.needs)


def test_our_request_and_its_answer_are_as_google_describes_them(google, http):
    method = described()["resources"]["spaces"]["methods"]["create"]
    provider.create(http, offers(google.settings(), loopback=True)["google_meet"].hosts, PLAN)
    sent = http.last.request
    assert (sent.method, sent.path_url) == (method["httpMethod"], f"/{method['path']}")
    assert faults(json.loads(sent.body), method["request"], sent=True) == []
    assert faults(http.send(sent, timeout=5).json(), method["response"], sent=False) == []


def test_a_space_in_use_is_as_google_describes_it(google, http):
    hosts = offers(google.settings(), loopback=True)["google_meet"].hosts
    made = provider.create(http, hosts, PLAN)
    google.live.add(made.reference)
    provider.status(http, hosts, made, "")
    method = described()["resources"]["spaces"]["methods"]["get"]
    assert http.last.request.path_url == f"/v2/{made.reference}"
    assert faults(http.send(http.last.request, timeout=5).json(), method["response"], sent=False) == []


@pytest.mark.parametrize("config", [{"accessType": "EVERYBODY"}, {"accesstype": "OPEN"}])
def test_what_google_does_not_know_is_refused(google, http, config):
    answer = http.post(f"{google.url}/v2/spaces", json={"config": config}, timeout=5)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_refresh_token_comes_at_the_first_consent_or_when_prompted(google, exchange):
    offline = {"access_type": "offline"}
    assert "refresh_token" not in exchange(**consented(google)).json()
    google.grants.clear()
    assert "refresh_token" in exchange(**consented(google, **offline)).json()
    assert "refresh_token" not in exchange(**consented(google, **offline)).json()
    assert "refresh_token" in exchange(**consented(google, **offline, prompt="consent")).json()


def test_a_refresh_brings_no_refresh_token(google, exchange):
    first = google.granted(RUTH)
    answer = exchange(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    assert set(answer) == {"access_token", "expires_in", "scope", "token_type"}


def test_a_dead_refresh_token_says_so_in_googles_words(exchange):
    answer = exchange(grant_type="refresh_token", refresh_token="dead")
    dead = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    assert (answer.status_code, answer.json()) == (400, dead)


def test_unticked_scopes_are_missing_in_the_answer(google, exchange):
    scopes = exchange(**consented(google, granted=())).json()["scope"].split()
    assert scopes == ["openid", "https://www.googleapis.com/auth/userinfo.email"]


def test_the_id_token_is_signed_and_names_the_account_for_good(google, exchange):
    keys = KeySet.import_key_set(requests.get(f"{google.url}/oauth2/v3/certs", timeout=5).json())
    tokens = [jwt.decode(exchange(**consented(google)).json()["id_token"], keys) for _ in range(2)]
    first, second = (token.claims for token in tokens)
    assert tokens[0].header["alg"] == "RS256"
    assert (first["iss"], first["aud"], first["nonce"], first["email"]) == (google.url, CLIENT_ID, "n", RUTH)
    assert first["sub"] == second["sub"]
    assert first["sub"].isdecimal()


def test_a_code_works_once(google, exchange):
    form = consented(google)
    assert exchange(**form).ok
    assert exchange(**form).json()["error"] == "invalid_grant"


def test_a_dead_token_and_a_missing_scope_are_told_apart(google):
    def ask(token):
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{google.url}/v2/spaces", json={}, headers=headers, timeout=5)

    assert ask("dead").json()["error"]["status"] == "UNAUTHENTICATED"
    poor = ask(google.granted(RUTH, ("openid",))["access_token"]).json()["error"]
    assert (poor["status"], poor["details"][0]["reason"]) == ("PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
