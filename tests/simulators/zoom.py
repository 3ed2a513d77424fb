"""A simulated Zoom: OAuth with rotating refresh tokens, `users/me`, and meetings."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock, zoom_meetings
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET, Code, consent, knows_client
from tests.simulators.server import Simulator

SCOPES = frozenset(
    {
        "meeting:write:meeting",
        "meeting:read:meeting",
        "meeting:read:list_meetings",
        "meeting:update:meeting",
        "meeting:delete:meeting",
        "user:read:user",
    }
)
LIFE = timedelta(hours=1)


@dataclass
class User:
    """Somebody at Zoom, with their meetings by number."""

    id: str
    email: str
    meetings: dict[int, dict[str, Any]] = field(default_factory=dict)
    writes: Counter[date] = field(default_factory=Counter)


@dataclass
class Grant:
    """One generation of tokens. A refresh makes the next one; the user's earlier ones are dead."""

    user: User
    access: str
    refresh: str
    scopes: frozenset[str]
    expires_at: datetime


class Refusal(Exception):
    """A REST error in Zoom's form."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.answer = {"code": code, "message": message}
        self.status, self.headers = status, headers or {}


class Zoom(Simulator):
    """`scopes` is what the app's Marketplace entry grants, `daily_limit` how many writes a user has each UTC day."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, Code] = {}
        self.users: dict[str, User] = {}
        self.grants: dict[str, Grant] = {}
        self.used_up: dict[str, User] = {}
        self.scopes = SCOPES
        self.daily_limit = 100
        self.app.register_error_handler(Refusal, _refused)
        self.app.register_error_handler(zoom_meetings.Invalid, lambda fault: _refused(Refusal(400, 300, str(fault))))
        for rule, view, methods in (
            ("/oauth/authorize", lambda: consent(self, "Zoom", ()), ["GET", "POST"]),
            ("/oauth/token", self.token, ["POST"]),
            ("/oauth/revoke", self.revoke, ["POST"]),
            ("/v2/users/me", self.me, ["GET"]),
            ("/v2/users/me/meetings", self.create, ["POST"]),
            ("/v2/users/me/meetings", self.listed, ["GET"]),
            ("/v2/meetings/<int:number>", self.get, ["GET"]),
            ("/v2/meetings/<int:number>", self.patch, ["PATCH"]),
            ("/v2/meetings/<int:number>", self.delete, ["DELETE"]),
            ("/j/<int:number>", self.call, ["GET"]),
        ):
            self.app.add_url_rule(rule, f"{methods[0]} {rule}", view, methods=methods)

    def settings(self) -> dict[str, str]:
        """The product's settings that lead here."""
        return {
            "ZOOM_CLIENT_ID": CLIENT_ID,
            "ZOOM_CLIENT_SECRET": CLIENT_SECRET,
            "ZOOM_OAUTH_URL": self.url,
            "ZOOM_API_URL": self.url,
        }

    def granted(self, email: str) -> dict[str, Any]:
        """A token answer for this user, as if they had just gone through consent."""
        user = self.users.setdefault(email, User(secrets.token_urlsafe(16), email))
        self._forget(user)
        self.used_up = {token: whose for token, whose in self.used_up.items() if whose is not user}
        return self._grant(user, self.scopes)

    def meetings_of(self, email: str) -> list[dict[str, Any]]:
        """What this user's Zoom page would show."""
        return list(self.users[email].meetings.values()) if email in self.users else []

    def token(self) -> Answer:
        """`/oauth/token`: Basic only, form or query."""
        if not knows_client(in_form=False):
            return _oauth_error(401, "Invalid client_id or client_secret", "invalid_client")
        said = request.values
        if said.get("grant_type") == "refresh_token":
            return self._refresh(said.get("refresh_token", ""))
        if said.get("grant_type") != "authorization_code":
            return _oauth_error(400, "Unsupported grant type", "unsupported_grant_type")
        code = self.codes.get(said.get("code", ""))
        if code is None or not code.fits(said.get("redirect_uri", ""), said.get("code_verifier", "")):
            return _oauth_error(400, "Invalid authorization code", "invalid_grant")
        code.is_used = True
        return jsonify(self.granted(code.account))

    def revoke(self) -> Answer:
        """`/oauth/revoke` takes the access token."""
        if not knows_client(in_form=False):
            return _oauth_error(401, "Invalid client_id or client_secret", "invalid_client")
        grant = self.grants.get(request.values.get("token", ""))
        if grant:
            self._forget(grant.user)
        return jsonify(status="success")

    def me(self) -> Answer:
        """Who granted."""
        user = self._user("user:read:user")
        return jsonify(
            id=user.id,
            account_id=f"account-{user.id}",
            email=user.email,
            first_name="Simulated",
            last_name="Person",
            display_name="Simulated Person",
            timezone="UTC",
            type=1,
            status="active",
            language="en-US",
        )

    def create(self) -> tuple[Answer, int]:
        """201 with the meeting."""
        user = self._user("meeting:write:meeting")
        self._count(user)
        wish = zoom_meetings.checked(request.get_json(silent=True))
        meeting = zoom_meetings.made(wish, user.id, user.email, self.url)
        user.meetings[meeting["id"]] = meeting
        return jsonify(meeting), 201

    def listed(self) -> Answer:
        """Pages of at most 300, agendas cut at 250 characters."""
        user = self._user("meeting:read:list_meetings")
        size, at = min(int(request.args.get("page_size") or 30), 300), int(request.args.get("next_page_token") or 0)
        rows = [zoom_meetings.in_list(each) for each in user.meetings.values()]
        after = str(at + size) if at + size < len(rows) else ""
        return jsonify(page_size=size, total_records=len(rows), next_page_token=after, meetings=rows[at : at + size])

    def get(self, number: int) -> Answer:
        """The meeting, with a fresh start_url and whether people are in it."""
        return jsonify(self._meeting("meeting:read:meeting", number))

    def patch(self, number: int) -> tuple[str, int]:
        """204 without a body; a start that is past is ignored."""
        meeting = self._meeting("meeting:update:meeting", number)
        self._count(self._user("meeting:update:meeting"))
        zoom_meetings.change(meeting, zoom_meetings.checked(request.get_json(silent=True)))
        return "", 204

    def delete(self, number: int) -> tuple[str, int]:
        """204 without a body; again: 404/3001."""
        self._meeting("meeting:delete:meeting", number)
        del self._user("meeting:delete:meeting").meetings[number]
        return "", 204

    def call(self, number: int) -> str:
        """What "Join" opens."""
        return f"<!doctype html><title>SIMULATED Zoom</title><h1>SIMULATED Zoom call {number}</h1>"

    def _refresh(self, token: str) -> Answer:
        grant = next((each for each in self.grants.values() if each.refresh == token), None)
        if grant is None:
            # Stricter than Zoom is known to be: a token used twice ends the connection, so that no race goes unseen.
            if token in self.used_up:
                self._forget(self.used_up[token])
            return _oauth_error(400, "Invalid Token!", "invalid_grant")
        self._forget(grant.user)
        self.used_up[token] = grant.user
        return jsonify(self._grant(grant.user, grant.scopes))

    def _grant(self, user: User, scopes: frozenset[str]) -> dict[str, Any]:
        grant = Grant(user, secrets.token_urlsafe(32), secrets.token_urlsafe(32), scopes, clock.now() + LIFE)
        self.grants[grant.access] = grant
        return {
            "access_token": grant.access,
            "token_type": "bearer",
            "refresh_token": grant.refresh,
            "expires_in": 3599,
            "scope": " ".join(sorted(scopes)),
            "api_url": self.url,
        }

    def _forget(self, user: User) -> None:
        """Error 4741: only the last tokens issued to a user are valid."""
        for access, grant in list(self.grants.items()):
            if grant.user is user:
                del self.grants[access]

    def _user(self, scope: str) -> User:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        grant = self.grants.get(bearer)
        if grant is None:
            raise Refusal(401, 124, "Invalid access token.")
        if grant.expires_at <= clock.now():
            raise Refusal(401, 124, "Access token is expired.")
        if scope not in grant.scopes:
            raise Refusal(400, 4711, f"Invalid access token, does not contain scopes:[{scope}].")
        return grant.user

    def _meeting(self, scope: str, number: int) -> dict[str, Any]:
        meeting = self._user(scope).meetings.get(number)
        if meeting is None:
            raise Refusal(404, 3001, f"Meeting does not exist: {number}.")
        return meeting

    def _count(self, user: User) -> None:
        today = clock.now().date()
        if user.writes[today] >= self.daily_limit:
            midnight = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT00:00:00Z")
            headers = {"Retry-After": midnight, "X-RateLimit-Type": "Daily-limit", "X-RateLimit-Remaining": "0"}
            raise Refusal(429, 429, "You have exceeded the daily rate limit of meeting creations and updates.", headers)
        user.writes[today] += 1


def _refused(refusal: Refusal) -> tuple[Answer, int, dict[str, str]]:
    tracking = {"x-zm-trackingid": f"v=2.0;clid=sim;rid=WEB_{secrets.token_hex(8)}"}
    return jsonify(refusal.answer), refusal.status, {**tracking, **refusal.headers}


def _oauth_error(status: int, reason: str, error: str) -> Response:
    response = jsonify(reason=reason, error=error)
    response.status_code = status
    return response
