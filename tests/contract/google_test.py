"""The simulated Google's sign-in and consent, held against Google's own words and OpenID's rules."""

import base64
import json

import pytest
import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests.auth import HTTPBasicAuth

from integrations.meetings.google_meet import provider
from tests.contract.discovery import described, method
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET
from tests.simulators.google_api import CREATED

RUTH = "ruth@google.example"
BASIC = HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)
# What https://accounts.google.com/.well-known/openid-configuration says in 2026.
ENDPOINTS = {
    "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
    "token_endpoint": "https://oauth2.googleapis.com/token",
    "revocation_endpoint": "https://oauth2.googleapis.com/revoke",
    "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
    "issuer": "https://accounts.google.com",
}


@pytest.fixture
def http(google):
    with requests.Session() as session:
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
    assert described("meet.v2")["rootUrl"] == f"{hosts['api']}/"
    assert described("workspaceevents.v1")["rootUrl"] == f"{hosts['events']}/"


def test_the_simulator_serves_the_same_paths(google):
    said = requests.get(f"{google.url}/.well-known/openid-configuration", timeout=5).json()
    for name, address in ENDPOINTS.items():
        path = address.split("/", 3)[3:]
        assert said[name] == "/".join([google.url, *path])


def test_the_scope_we_ask_for_is_the_one_that_makes_spaces():
    assert method("POST /v2/spaces")["scopes"] == [CREATED] == list(provider.oauth.needs)


@pytest.mark.parametrize(
    "operation",
    [
        "GET /v2/spaces/x", "PATCH /v2/spaces/x", "GET /v2/conferenceRecords", "POST /v1/subscriptions",
        "GET /v2/conferenceRecords/x/participants", "GET /v2/conferenceRecords/x/participants/y/participantSessions",
    ],
)  # fmt: skip
def test_the_scope_we_ask_for_is_enough_for_all_we_do(operation):
    assert CREATED in method(operation)["scopes"]


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


def test_what_was_not_asked_for_is_not_granted(exchange, google):
    assert CREATED not in exchange(**consented(google, scope="openid email")).json()["scope"]


def test_the_id_token_is_signed_and_names_the_account_for_good(google, exchange):
    keys = KeySet.import_key_set(requests.get(f"{google.url}/oauth2/v3/certs", timeout=5).json())
    tokens = [jwt.decode(exchange(**consented(google)).json()["id_token"], keys) for _ in range(2)]
    first, second = (token.claims for token in tokens)
    assert tokens[0].header["alg"] == "RS256"
    assert (first["iss"], first["aud"], first["nonce"], first["email"]) == (google.url, CLIENT_ID, "n", RUTH)
    assert first["sub"] == second["sub"]
    assert first["sub"].isdecimal()


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


@pytest.mark.parametrize(
    ("lie", "claim", "truth"),
    [
        ("audience", "aud", CLIENT_ID), ("nonce", "nonce", "n"), ("unverified", "email_verified", True),
        ("expired", "exp", None), ("issuer", "iss", None), ("nobody", "sub", None),
    ],
)  # fmt: skip
def test_an_id_token_can_lie_once(google, exchange, lie, claim, truth):
    google.goes_wrong(f"id_token {lie}")
    lies, tells = (claims_of(exchange(**consented(google)).json()["id_token"]) for _ in range(2))
    assert lies[claim] != tells[claim]
    assert truth in (None, tells[claim])


@pytest.mark.parametrize("lie", ["unsigned", "secret", "key"])
def test_an_id_token_can_be_signed_by_nobody_who_may(google, exchange, lie):
    keys = KeySet.import_key_set(requests.get(f"{google.url}/oauth2/v3/certs", timeout=5).json())
    google.goes_wrong(f"id_token {lie}")
    token = exchange(**consented(google)).json()["id_token"]
    assert claims_of(token)["aud"] == CLIENT_ID
    with pytest.raises((JoseError, ValueError)):
        jwt.decode(token, keys, algorithms=["RS256"])


def test_an_id_token_can_be_missing(google, exchange):
    google.goes_wrong("id_token missing")
    assert "id_token" not in exchange(**consented(google)).json()


def test_consent_can_be_partial_and_for_once_only(google, exchange):
    offline = {"access_type": "offline", "prompt": "consent"}
    google.goes_wrong("partial consent")
    assert CREATED not in exchange(**consented(google, **offline)).json()["scope"].split()
    google.goes_wrong("no refresh token")
    assert "refresh_token" not in exchange(**consented(google, **offline)).json()
    assert "refresh_token" in exchange(**consented(google, **offline)).json()


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_either_token_revokes_the_grant(google, exchange, which):
    given = google.granted(RUTH)
    assert requests.post(f"{google.url}/revoke", data={"token": given[which]}, timeout=5).status_code == 200
    again = requests.post(f"{google.url}/revoke", data={"token": given[which]}, timeout=5)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")
    assert exchange(grant_type="refresh_token", refresh_token=given["refresh_token"]).status_code == 400


def test_an_app_that_was_removed_learns_it_by_its_dead_tokens_alone(google, exchange):
    given = google.granted(RUTH)
    google.removed(RUTH)
    answer = exchange(grant_type="refresh_token", refresh_token=given["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"


def test_an_unknown_client_gets_nothing(google):
    form = {"grant_type": "refresh_token", "refresh_token": google.granted(RUTH)["refresh_token"]}
    answer = requests.post(f"{google.url}/token", data=form, auth=HTTPBasicAuth("x", "y"), timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_account_is_told_to_whoever_may_know_it(google, http):
    said = http.get(f"{google.url}/oauth2/v2/userinfo", timeout=5).json()
    assert (said["id"], said["email"]) == (google.sub(RUTH), RUTH)


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
