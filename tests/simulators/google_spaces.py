"""Meet's spaces: made, read, changed; a call in one is ended. https://developers.google.com/workspace/meet/api"""

import secrets
from typing import TYPE_CHECKING, Any

from flask import jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators.google_api import CREATED, READONLY, SETTINGS, Refusal

if TYPE_CHECKING:
    from tests.simulators.google import Google

CONFIG = {
    "accessType": {"ACCESS_TYPE_UNSPECIFIED", "OPEN", "TRUSTED", "RESTRICTED"},
    "entryPointAccess": {"ENTRY_POINT_ACCESS_UNSPECIFIED", "ALL", "CREATOR_APP_ONLY"},
    "moderation": {"MODERATION_UNSPECIFIED", "OFF", "ON"},
}
USUAL = {"accessType": "TRUSTED", "entryPointAccess": "ALL"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Spaces:
    """`by_name` holds spaces as they are answered; `policy` is what an organisation insists on, whatever is asked."""

    def __init__(self, google: "Google") -> None:
        self.google = google
        self.by_name: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, str] = {}
        self.foreign: set[str] = set()
        self.policy: dict[str, str] = {}
        for rule, view, method in (
            ("/v2/spaces", self.create, "POST"),
            ("/v2/spaces/<key>", self.get, "GET"),
            ("/v2/spaces/<key>", self.patch, "PATCH"),
            ("/v2/spaces/<key>:endActiveConference", self.end, "POST"),
        ):
            google.app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])

    def named(self, key: str) -> dict[str, Any]:
        """By name ("spaces/x"), id or meeting code. Names are case-sensitive."""
        for space in self.by_name.values():
            if key in (space["name"], space["name"].removeprefix("spaces/"), space["meetingCode"]):
                return space
        raise Refusal(404, "NOT_FOUND", f"Requested entity was not found: {key}.")

    def create(self) -> Answer:
        """At most ten spaces a minute for each user, a hundred for the project."""
        account = self.google.account(CREATED)
        config = _checked((request.get_json(silent=True) or {}).get("config", {}))
        self.google.quotas.count("create", account)
        code = "-".join("".join(secrets.choice(LETTERS) for _ in range(size)) for size in (3, 4, 3))
        name = f"spaces/{secrets.token_urlsafe(9)}"
        self.by_name[name] = {
            "name": name,
            "meetingUri": f"{self.google.url}/meet/{code}",
            "meetingCode": code,
            "config": USUAL | config | self.policy,
        }
        self.owners[name] = account
        return jsonify(self.by_name[name])

    def get(self, key: str) -> Answer:
        """By id or by meeting code."""
        account = self.google.account(CREATED, READONLY, SETTINGS)
        self.google.quotas.count("read", account)
        return jsonify(self._shown(self._of(key, account)))

    def patch(self, key: str) -> Answer:
        """What `updateMask` names; without one, what was sent."""
        account = self.google.account(CREATED, SETTINGS)
        self.google.quotas.count("write", account)
        space = self._of(key, account)
        config = _checked((request.get_json(silent=True) or {}).get("config", {}))
        mask = [each for each in request.args.get("updateMask", "").split(",") if each]
        if any(each.removeprefix("config.") not in CONFIG for each in mask):
            raise Refusal(400, "INVALID_ARGUMENT", f"Invalid field mask: {mask}.")
        chosen = {name: value for name, value in config.items() if not mask or f"config.{name}" in mask}
        space["config"] = space["config"] | chosen | self.policy
        return jsonify(self._shown(space))

    def end(self, key: str) -> Answer:
        """Everybody is put out."""
        account = self.google.account(CREATED)
        self.google.quotas.count("write", account)
        space = self._of(key, account)
        if self.google.records.going_on(space["name"]) is None:
            raise Refusal(400, "FAILED_PRECONDITION", "There is no active conference for the given space.")
        self.google.end(space["name"])
        return jsonify({})

    def _of(self, key: str, account: str) -> dict[str, Any]:
        # A space of somebody else's, or of another app's, and one that is not there look alike to `.created`.
        poor = READONLY not in self.google.accounts.grant_here().scopes
        if f"spaces/{key}" in self.foreign and poor:
            raise _denied()
        space = self.named(key)
        if poor and (space["name"] in self.foreign or self.owners[space["name"]] != account):
            raise _denied()
        return space

    def _shown(self, space: dict[str, Any]) -> dict[str, Any]:
        record = self.google.records.going_on(space["name"])
        return space | ({"activeConference": {"conferenceRecord": record.name}} if record else {})


def _denied() -> Refusal:
    return Refusal(403, "PERMISSION_DENIED", "Permission denied on resource Space (or it might not exist).")


def _checked(config: Any) -> dict[str, Any]:
    for name, value in config.items():
        if name not in CONFIG or value not in CONFIG[name]:
            raise Refusal(400, "INVALID_ARGUMENT", f"Invalid value at 'space.config.{name}'.")
    return dict(config)
