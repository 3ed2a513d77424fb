"""Our app inside the simulated Zoom's client: what the client says of who has it open, consent there, deep links."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, request

from tests.simulators import clock
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET, Asked, Code
from tests.simulators.zoom_accounts import User
from tests.simulators.zoom_api import Api, Given
from tests.simulators.zoom_context import app_context

LAUNCH_LIFE = timedelta(minutes=5)
CONTEXT_LIFE = timedelta(days=1)
ISSUER = "marketplace.zoom.us"


class App(Api):
    """`codes` are those of consent, in browsers or the client. `launches`: what deep links said, by user id."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, Code] = {}
        self.launches: dict[str, tuple[str, datetime]] = {}
        self.links: dict[str, tuple[str, str]] = {}
        self.app.add_url_rule("/launch/<name>", "launch", self._launch)

    def context(self, email: str = "", number: int | str = "", **more: Any) -> str:
        """The header for this user (nobody: a guest) in this meeting's call (none: in the main window)."""
        now = clock.now()
        said: dict[str, Any] = {"typ": "meeting" if number else "panel"}
        if email:
            user = self.users.setdefault(email, User(secrets.token_urlsafe(16), email))
            said |= {"uid": user.id, **self._launched(user, now)}
        if number:
            run = self.running(number)
            assert run is not None, "nobody is in this call"
            said |= {"mid": run.uuid, "attendrole": "participant"}
        said |= {"ts": _ms(now), "iss": ISSUER, "aud": CLIENT_ID, "exp": _ms(now + CONTEXT_LIFE)}
        return app_context(said | more, CLIENT_SECRET)

    def authorised_in_client(self, email: str, state: str, challenge: str, redirect_uri: str) -> dict[str, Any]:
        """The event that the client tells our page of, once this user said yes there. The challenge is plain."""
        asked = Asked(CLIENT_ID, redirect_uri, state, "", challenge, "plain", "", offline=False, prompt="")
        value = secrets.token_urlsafe(24)
        with self.lock:
            self.codes[value] = Code(asked, email, (), clock.now())
        stamp = int(clock.now().timestamp())
        return {"code": value, "redirectUri": redirect_uri, "result": True, "state": state, "timestamp": stamp}

    def deep_link(self, user: User) -> Given:
        """What Zoom's sample apps ask: an `action`, which may be empty."""
        name = secrets.token_urlsafe(12)
        self.links[name] = user.id, str((request.get_json(silent=True) or {}).get("action", ""))
        return jsonify(deeplink=f"{self.url}/launch/{name}")

    def _launch(self, name: str) -> str:
        user_id, action = self.links.pop(name)
        self.launches[user_id] = action, clock.now()
        return "SIMULATED Zoom: the client opens the app now."

    def _launched(self, user: User, now: datetime) -> dict[str, str]:
        action, at = self.launches.get(user.id, ("", now))
        return {"act": action} if action and now - at < LAUNCH_LIFE else {}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
