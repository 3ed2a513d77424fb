"""A simulated Microsoft: the identity platform's OAuth 2 and Graph's online meetings, for Teams.

Written from Microsoft's pages (createOrGet, get, update and delete of onlineMeeting; lobbyBypassSettings; refresh
tokens) and reports of others. Not known, and so guessed: the words of an organisation that locks its lobby.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock, microsoft_meetings
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET, Code, consent, knows_client
from tests.simulators.microsoft_meetings import Refusal
from tests.simulators.server import Simulator

SCOPES = ("OnlineMeetings.ReadWrite", "User.Read", "offline_access")
ACCESS_LIFE, REFRESH_LIFE = timedelta(minutes=75), timedelta(days=90)


@dataclass
class User:
    """Somebody at Microsoft, with their meetings by id, and the marker each was made for."""

    id: str
    name: str
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    markers: dict[str, str] = field(default_factory=dict)


@dataclass
class Grant:
    """What one user granted. A refresh adds a refresh token; the earlier ones live on."""

    user: User
    scopes: tuple[str, ...]
    access: dict[str, datetime] = field(default_factory=dict)
    refresh: dict[str, datetime] = field(default_factory=dict)


class Microsoft(Simulator):
    """`personal` accounts get no meetings, `unlicensed` ones a bare 403. `lobby_is_locked` is an organisation's policy.

    A deleted meeting rests in `deleted`: whoever opens its link brings it back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, Code] = {}
        self.users: dict[str, User] = {}
        self.grants: list[Grant] = []
        self.deleted: dict[str, tuple[User, dict[str, Any]]] = {}
        self.personal: set[str] = set()
        self.unlicensed: set[str] = set()
        self.lobby_is_locked = False
        self.app.register_error_handler(Refusal, _refused)
        tenant, mine = "/organizations/oauth2/v2.0", "/v1.0/me/onlineMeetings"
        for rule, view, methods in (
            (f"{tenant}/authorize", lambda: consent(self, "Microsoft", ()), ["GET", "POST"]),
            (f"{tenant}/token", self.token, ["POST"]),
            ("/v1.0/me", self.me, ["GET"]),
            (f"{mine}/createOrGet", self.create_or_get, ["POST"]),
            (f"{mine}/<path:key>", self.get, ["GET"]),
            (f"{mine}/<path:key>", self.patch, ["PATCH"]),
            (f"{mine}/<path:key>", self.delete, ["DELETE"]),
            ("/l/meetup-join/<thread>/0", self.call, ["GET"]),
        ):
            self.app.add_url_rule(rule, f"{methods[0]} {rule}", view, methods=methods)

    def settings(self) -> dict[str, str]:
        """The product's settings that lead here."""
        return {
            "TEAMS_CLIENT_ID": CLIENT_ID,
            "TEAMS_CLIENT_SECRET": CLIENT_SECRET,
            "TEAMS_LOGIN_URL": f"{self.url}/organizations",
            "TEAMS_GRAPH_URL": self.url,
        }

    def granted(self, name: str, scopes: tuple[str, ...] = SCOPES) -> dict[str, Any]:
        """A token answer for this user, as if they had just gone through consent."""
        user = self.users.setdefault(name, User(str(uuid.uuid4()), name))
        self.grants.append(Grant(user, scopes))
        return self._answer(self.grants[-1])

    def revoke_sessions(self, name: str) -> None:
        """What an administrator, or a lost device, does: every refresh token of this user is dead."""
        self.grants = [grant for grant in self.grants if grant.user.name != name]

    def meetings_of(self, name: str) -> list[dict[str, Any]]:
        """This user's meetings."""
        return list(self.users[name].meetings.values()) if name in self.users else []

    def token(self) -> Answer:
        """`/token`: Basic or form credentials; `scope` may be left out."""
        if not knows_client(in_form=True):
            return _oauth_error(401, "invalid_client", 7000215, "Invalid client secret provided.")
        said = request.form
        if said.get("grant_type") == "refresh_token":
            return self._refresh(said.get("refresh_token", ""))
        if said.get("grant_type") != "authorization_code":
            return _oauth_error(400, "unsupported_grant_type", 70003, "The app returned an unsupported grant type.")
        code = self.codes.get(said.get("code", ""))
        if code is None or not code.fits(said.get("redirect_uri", ""), said.get("code_verifier", "")):
            return _oauth_error(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.")
        code.is_used = True
        return jsonify(self.granted(code.account, code.scopes))

    def me(self) -> Answer:
        """Who granted. Guests and administrators have no mail address."""
        user = self._user("User.Read")
        return jsonify(id=user.id, userPrincipalName=user.name, displayName="Simulated Person", mail=None)

    def create_or_get(self) -> tuple[Answer, int]:
        """201 with a new meeting, 200 with the one that this user made for this externalId before."""
        user = self._organizer()
        wish = microsoft_meetings.checked(request.get_json(silent=True), microsoft_meetings.CREATES)
        marker = wish.get("externalId")
        if not marker:
            raise Refusal(400, "BadRequest", "externalId is required.")
        if marker in user.markers:
            return jsonify(user.meetings[user.markers[marker]]), 200
        meeting = microsoft_meetings.made(wish, user.id, user.name, self.url)
        user.meetings[meeting["id"]], user.markers[marker] = meeting, meeting["id"]
        return jsonify(meeting), 201

    def get(self, key: str) -> Answer:
        """The meeting: nothing about calls."""
        return jsonify(self._meeting(key)[1])

    def patch(self, key: str) -> Answer:
        """200 with the meeting. A new time needs both ends."""
        _, meeting = self._meeting(key)
        wish = microsoft_meetings.checked(request.get_json(silent=True), microsoft_meetings.UPDATES)
        if ("startDateTime" in wish) != ("endDateTime" in wish):
            raise Refusal(400, "BadRequest", "Both startDateTime and endDateTime are required.")
        if self.lobby_is_locked and "lobbyBypassSettings" in wish:
            raise Refusal(403, "Forbidden", "The lobby is set by your organization.")
        lobby = meeting["lobbyBypassSettings"] | wish.get("lobbyBypassSettings", {})
        meeting |= wish | microsoft_meetings.times(wish) | {"lobbyBypassSettings": lobby}
        return jsonify(meeting)

    def delete(self, key: str) -> tuple[str, int]:
        """204 without a body; again: 404."""
        user, meeting = self._meeting(key)
        del user.meetings[key]
        user.markers = {marker: each for marker, each in user.markers.items() if each != key}
        self.deleted[key] = user, meeting
        return "", 204

    def call(self, thread: str) -> str:
        """What "Join" opens. A deleted meeting is there again."""
        for key, (user, meeting) in list(self.deleted.items()):
            if f"/{quote(thread, safe='')}/" in meeting["joinWebUrl"]:
                user.meetings[key] = meeting
                del self.deleted[key]
        return "<!doctype html><title>SIMULATED Microsoft Teams</title><h1>SIMULATED Microsoft Teams call</h1>"

    def _refresh(self, token: str) -> Answer:
        for grant in self.grants:
            if grant.refresh.get(token, clock.now()) > clock.now():
                return jsonify(self._answer(grant))
        words = "The provided grant has expired due to it being revoked, a fresh auth token is needed."
        return _oauth_error(400, "invalid_grant", 50173, words)

    def _answer(self, grant: Grant) -> dict[str, Any]:
        """Scopes come as addresses, in another order than asked for, and offline_access is left out."""
        access, refresh = f"ey.{secrets.token_urlsafe(48)}", f"0.A{secrets.token_urlsafe(48)}"
        grant.access[access] = clock.now() + ACCESS_LIFE
        seconds = int(ACCESS_LIFE.total_seconds()) - 1
        resource = sorted((each for each in grant.scopes if each != "offline_access"), reverse=True)
        answer = {
            "token_type": "Bearer",
            "scope": " ".join(
                ["profile", "openid", "email", *(f"https://graph.microsoft.com/{each}" for each in resource)]
            ),
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": access,
        }
        if "offline_access" in grant.scopes:
            grant.refresh[refresh] = clock.now() + REFRESH_LIFE
            answer["refresh_token"] = refresh
        return answer

    def _user(self, scope: str) -> User:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        grant = next((each for each in self.grants if bearer in each.access), None)
        if grant is None:
            raise Refusal(401, "InvalidAuthenticationToken", "CompactToken parsing failed with error code: 80049217.")
        if grant.access[bearer] <= clock.now():
            raise Refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        if scope not in grant.scopes:
            words = f"Missing scope permissions on the request. API requires one of '{scope}'."
            raise Refusal(403, "Forbidden", f"{words} Scopes on the request '{', '.join(grant.scopes)}'")
        return grant.user

    def _organizer(self) -> User:
        user = self._user("OnlineMeetings.ReadWrite")
        if user.name in self.personal:
            raise Refusal(401, "AuthenticationError", "Error authenticating with resource")
        if user.name in self.unlicensed:
            raise Refusal(403, "Forbidden", "")
        return user

    def _meeting(self, key: str) -> tuple[User, dict[str, Any]]:
        user = self._organizer()
        if key not in user.meetings:
            raise Refusal(404, "NotFound", "The server responded with a Request Error, Status: NotFound")
        return user, user.meetings[key]


def _refused(refusal: Refusal) -> tuple[Answer, int]:
    number = str(uuid.uuid4())
    inner = {"date": f"{clock.now():%Y-%m-%dT%H:%M:%S}", "request-id": number, "client-request-id": number}
    return jsonify(error={"code": refusal.code, "message": refusal.message, "innerError": inner}), refusal.status


def _oauth_error(status: int, error: str, number: int, words: str) -> Response:
    response = jsonify(
        error=error,
        error_description=f"AADSTS{number}: {words}",
        error_codes=[number],
        timestamp=f"{clock.now():%Y-%m-%d %H:%M:%SZ}",
        trace_id=str(uuid.uuid4()),
        correlation_id=str(uuid.uuid4()),
    )
    response.status_code = status
    return response
