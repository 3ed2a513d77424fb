"""A simulated Zoom: OAuth with rotating refresh tokens, meetings, calls in them, and messages about both."""

import threading

from flask import Response, jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators.call_page import call_page
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET, consent, knows_client
from tests.simulators.zoom_app import App


class Zoom(App):
    """`scopes` is what the app's Marketplace entry grants; `codes` are those that consent gave.

    POST /_simulator/webhooks {"url"} delivers messages there from then on, /_simulator/deauthorise {"email"} takes the
    app away from that user.
    """

    def __init__(self) -> None:
        super().__init__()
        self.postman: threading.Thread | None = None
        for rule, view, methods in (
            ("/oauth/authorize", lambda: consent(self, "Zoom", ()), ["GET", "POST"]),
            ("/oauth/token", self.token, ["POST"]),
            ("/oauth/revoke", self.revoke, ["POST"]),
            ("/j/<int:number>", self.page, ["GET", "POST"]),
            ("/s/<int:number>", self.host_page, ["GET", "POST"]),
            ("/_simulator/webhooks", self._webhooks, ["POST"]),
            ("/_simulator/deauthorise", self._deauthorise, ["POST"]),
        ):
            self.app.add_url_rule(rule, rule, view, methods=methods)

    def settings(self) -> dict[str, str]:
        """The product's settings that lead here."""
        return {
            "ZOOM_CLIENT_ID": CLIENT_ID,
            "ZOOM_CLIENT_SECRET": CLIENT_SECRET,
            "ZOOM_WEBHOOK_SECRET": self.webhooks.secret,
            "ZOOM_OAUTH_URL": self.url,
            "ZOOM_API_URL": self.url,
        }

    def deliver_at_once(self, url: str) -> None:
        """From now on messages go to `url` as soon as they are said, and again as Zoom would."""
        self.webhooks_to(url, self.webhooks.secret)
        if self.postman is None:
            self.postman = threading.Thread(target=self.webhooks.run, args=(self.stopping,), daemon=True)
            self.postman.start()

    def token(self) -> Answer:
        """`/oauth/token`: Basic only, form or query."""
        if not knows_client(in_form=False):
            return _oauth_error(401, "Invalid client_id or client_secret", "invalid_client")
        said = request.values
        if said.get("grant_type") == "refresh_token":
            again = self.accounts.refreshed(said.get("refresh_token", ""))
            return jsonify(again) if again else _oauth_error(400, "Invalid Token!", "invalid_grant")
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
            self.accounts.forget(grant.user)
        return jsonify(status="success")

    def page(self, number: int, host: str = "") -> str | Answer | tuple[str, int]:
        """What "Join" opens. Who comes in here isn't signed in, unless the page is the host's."""
        if not self.has(number):
            return "SIMULATED Zoom: there is no such meeting any more.", 404
        run = self.running(number)
        inside = [guest.name for guest in run.inside] if run else []
        name = host.partition("@")[0].capitalize()
        return call_page("Zoom", str(number), inside, lambda do, who: self.happens(str(number), do, who, host), name)

    def host_page(self, number: int) -> str | Answer | tuple[str, int]:
        """What "Start as host" opens: only a start_url leads here."""
        hosts = [user.email for user in self.users.values() if number in user.meetings]
        if not hosts or not request.args.get("zak"):
            return "SIMULATED Zoom: this is no host's link.", 404
        return self.page(number, hosts[0])

    def _webhooks(self) -> tuple[str, int]:
        self.deliver_at_once(request.get_json()["url"])
        return "", 204

    def _deauthorise(self) -> tuple[str, int]:
        self.deauthorise(request.get_json()["email"])
        return "", 204


def _oauth_error(status: int, reason: str, error: str) -> Response:
    response = jsonify(reason=reason, error=error)
    response.status_code = status
    return response
