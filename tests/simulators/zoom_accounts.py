"""People at the simulated Zoom, what they granted, and how it refuses."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock

# What the app's entry in the Marketplace grants.
SCOPES = frozenset(
    {
        "meeting:write:meeting",
        "meeting:read:meeting",
        "meeting:read:list_meetings",
        "meeting:read:past_meeting",
        "meeting:read:participant",
        "meeting:update:meeting",
        "meeting:delete:meeting",
        "user:read:user",
        "zoomapp:inmeeting",
    }
)
LIFE = timedelta(hours=1)


@dataclass
class User:
    """Somebody at Zoom, with their meetings by number; `bin` holds the deleted ones. `writes` counts by UTC day."""

    id: str
    email: str
    meetings: dict[int, dict[str, Any]] = field(default_factory=dict)
    bin: dict[int, dict[str, Any]] = field(default_factory=dict)
    writes: Counter[date] = field(default_factory=Counter)
    may_host: bool = True

    @property
    def account_id(self) -> str:
        """The Zoom account that they belong to: everybody has one of their own."""
        return f"account-{self.id}"


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
        self.answer: dict[str, Any] = {"code": code, "message": message}
        self.status, self.headers = status, headers or {}

    @classmethod
    def of_field(cls, name: str) -> "Refusal":
        """A validation error names its field."""
        refusal = cls(400, 300, "Validation Failed.")
        refusal.answer["errors"] = [{"field": name, "message": "Invalid field."}]
        return refusal


def refused(refusal: Refusal) -> tuple[Answer, int, dict[str, str]]:
    """The answer that says so. Each has a number to ask Zoom's support about."""
    tracking = {"x-zm-trackingid": f"v=2.0;clid=sim;rid=WEB_{secrets.token_hex(8)}"}
    return jsonify(refusal.answer), refusal.status, {**tracking, **refusal.headers}


class Accounts:
    """Users by e-mail, live grants by access token, and the users of refresh tokens that were used up."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.users: dict[str, User] = {}
        self.grants: dict[str, Grant] = {}
        self.used_up: dict[str, User] = {}

    def granted(self, email: str, scopes: frozenset[str]) -> dict[str, Any]:
        """The token answer after consent. Error 4741: only the last tokens issued to a user are valid."""
        user = self.users.setdefault(email, User(secrets.token_urlsafe(16), email))
        self.forget(user)
        self.used_up = {token: whose for token, whose in self.used_up.items() if whose is not user}
        return self._grant(user, scopes)

    def refreshed(self, token: str) -> dict[str, Any] | None:
        """The next generation of tokens; None when this token is no longer the one."""
        grant = next((each for each in self.grants.values() if each.refresh == token), None)
        if grant is None:
            # Stricter than Zoom is known to be: a token used twice ends the connection, so that no race goes unseen.
            if token in self.used_up:
                self.forget(self.used_up[token])
            return None
        self.forget(grant.user)
        self.used_up[token] = grant.user
        return self._grant(grant.user, grant.scopes)

    def forget(self, user: User) -> None:
        """None of this user's tokens is worth anything any more."""
        for access, grant in list(self.grants.items()):
            if grant.user is user:
                del self.grants[access]

    def has_granted(self, user: User) -> bool:
        """Whether they let the app in."""
        return any(grant.user is user for grant in self.grants.values())

    def caller(self, bearer: str, scope: str) -> User:
        """Who asks, if the token lives and holds the scope. Raises Refusal: a missing scope is a 400."""
        grant = self.grants.get(bearer)
        if grant is None:
            raise Refusal(401, 124, "Invalid access token.")
        if grant.expires_at <= clock.now():
            raise Refusal(401, 124, "Access token is expired.")
        if scope not in grant.scopes:
            raise Refusal(400, 4711, f"Invalid access token, does not contain scopes:[{scope}].")
        return grant.user

    def _grant(self, user: User, scopes: frozenset[str]) -> dict[str, Any]:
        grant = Grant(user, secrets.token_urlsafe(32), secrets.token_urlsafe(32), scopes, clock.now() + LIFE)
        self.grants[grant.access] = grant
        return {
            "access_token": grant.access,
            "token_type": "bearer",
            "refresh_token": grant.refresh,
            "expires_in": 3599,
            "scope": " ".join(sorted(scopes)),
            "api_url": self.api_url,
        }
