"""Workspace Events: subscriptions to what happens in a space, and the pushes by which Pub/Sub brings it.

The form of a push is written from memory of Google's pages [unverified]; the token it carries is as documented.
"""

import base64
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from flask import jsonify, request
from werkzeug.wrappers import Response as Answer

from tests.simulators import clock
from tests.simulators.google_api import CREATED, READONLY, Refusal, zulu
from tests.simulators.google_id import signed

if TYPE_CHECKING:
    from tests.simulators.google import Google

MEET = "//meet.googleapis.com/"
TYPES = {"conference.v2.started", "conference.v2.ended", "participant.v2.joined", "participant.v2.left"}
TOPIC = "projects/alongside-simulated/topics/meet-events"
PUSHER = "meet-push@alongside-simulated.iam.gserviceaccount.com"
LONGEST = timedelta(days=7)
AGAIN_AFTER = 2.0  # seconds


@dataclass
class Push:
    """One message on its way. `tries` counts the attempts that brought no 2xx."""

    attributes: dict[str, str]
    data: dict[str, Any]
    tries: int = 0
    id: str = field(default_factory=lambda: str(secrets.randbelow(10**16)))

    def body(self) -> dict[str, Any]:
        """As Pub/Sub posts it, not unwrapped."""
        message = {
            "data": base64.b64encode(json.dumps(self.data).encode()).decode(),
            "attributes": self.attributes,
            "messageId": self.id,
            "publishTime": self.attributes["ce-time"],
        }
        return {"message": message, "subscription": "projects/alongside-simulated/subscriptions/push"}


class Events:
    """`outbox` holds what was not delivered yet, oldest first: tests reorder, repeat and lose as they like."""

    def __init__(self, google: "Google") -> None:
        self.google = google
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.outbox: list[Push] = []
        self.to = ""
        self.audience = ""
        self.at_once = False
        for rule, view, method in (
            ("/v1/subscriptions", self.create, "POST"),
            ("/v1/subscriptions", self.listed, "GET"),
            ("/v1/subscriptions/<key>", self.get, "GET"),
            ("/v1/subscriptions/<key>", self.delete, "DELETE"),
        ):
            google.app.add_url_rule(rule, f"{method} {rule}", view, methods=[method])

    def create(self) -> Answer:
        """One for each user and space; the longest life is seven days."""
        account = self.google.account(CREATED, READONLY)
        wish = request.get_json(silent=True) or {}
        self._check(wish, account)
        target, authority = wish["targetResource"], f"users/{self.google.sub(account)}"
        for old in self.subscriptions.values():
            if (old["targetResource"], old["authority"]) == (target, authority) and self._is_alive(old):
                raise Refusal(409, "ALREADY_EXISTS", f"Subscription already exists: {old['name']}.")
        name = f"subscriptions/meet-spaces-{secrets.token_hex(8)}"
        lasts = timedelta(seconds=float(wish.get("ttl", "0s").removesuffix("s"))) or LONGEST
        self.subscriptions[name] = {
            "name": name,
            "uid": secrets.token_hex(8),
            "targetResource": target,
            "eventTypes": wish["eventTypes"],
            "notificationEndpoint": wish["notificationEndpoint"],
            "state": "ACTIVE",
            "authority": authority,
            "createTime": zulu(clock.now()),
            "updateTime": zulu(clock.now()),
            "expireTime": zulu(clock.now() + min(lasts, LONGEST)),
            "etag": secrets.token_hex(4),
        }
        kind = {"@type": "type.googleapis.com/google.apps.events.subscriptions.v1.Subscription"}
        return jsonify(
            name=f"operations/{secrets.token_hex(8)}", done=True, response={**kind, **self.subscriptions[name]}
        )

    def listed(self) -> Answer:
        """All of this app's; the filter is not looked at."""
        self.google.account(CREATED, READONLY)
        return jsonify(subscriptions=list(self.subscriptions.values()))

    def get(self, key: str) -> Answer:
        """One."""
        self.google.account(CREATED, READONLY)
        return jsonify(self._one(key))

    def delete(self, key: str) -> Answer:
        """No more pushes."""
        self.google.account(CREATED, READONLY)
        del self.subscriptions[self._one(key)["name"]]
        return jsonify(name=f"operations/{secrets.token_hex(8)}", done=True, response={})

    def happened(self, space: str, kind: str, data: dict[str, Any]) -> None:
        """Something did: a push for each subscription that wants to hear of it."""
        for each in self.subscriptions.values():
            wanted = f"google.workspace.meet.{kind}" in each["eventTypes"]
            if wanted and each["targetResource"] == f"{MEET}{space}" and self._is_alive(each):
                attributes = {
                    "ce-id": secrets.token_hex(16),
                    "ce-source": f"//workspaceevents.googleapis.com/{each['name']}",
                    "ce-specversion": "1.0",
                    "ce-subject": f"{MEET}{space}",
                    "ce-time": zulu(clock.now()),
                    "ce-type": f"google.workspace.meet.{kind}",
                    "ce-datacontenttype": "application/json",
                }
                self.outbox.append(Push(attributes, data))
        if self.at_once and self.outbox:
            threading.Timer(0, self.deliver).start()

    def deliver(self, lie: str = "") -> list[int]:
        """Posts all that waits, in order; the answers' statuses (0: none). What was not taken stays for next time."""
        with self.google.lock:
            waiting, self.outbox = self.outbox, []
        statuses = [self._posted(push, lie) for push in waiting]
        refused = [push for push, status in zip(waiting, statuses, strict=True) if not 200 <= status < 300]
        with self.google.lock:
            self.outbox = refused + self.outbox
        if self.at_once and refused and all(push.tries < 5 for push in refused):
            timer = threading.Timer(AGAIN_AFTER, self.deliver)
            timer.daemon = True
            timer.start()
        return statuses

    def bearer(self, lie: str = "") -> str:
        """The token by which the receiver knows Pub/Sub."""
        now = int(clock.now().timestamp())
        said = {
            "aud": self.audience, "azp": "113774264463038321964", "email": PUSHER, "sub": "113774264463038321964",
            "email_verified": True, "exp": now + 3600, "iat": now, "iss": self.google.url,
        }  # fmt: skip
        return signed(said | ({"email": "somebody@else.example"} if lie == "email" else {}), lie)

    def _posted(self, push: Push, lie: str) -> int:
        headers = {"Authorization": f"Bearer {self.bearer(lie)}"}
        push.tries += 1
        try:
            return requests.post(self.to, json=push.body(), headers=headers, timeout=10).status_code
        except requests.RequestException:
            return 0

    def _one(self, key: str) -> dict[str, Any]:
        name = f"subscriptions/{key}"
        if name not in self.subscriptions:
            raise Refusal(404, "NOT_FOUND", f"Requested entity was not found: {name}.")
        return self.subscriptions[name]

    def _check(self, wish: dict[str, Any], account: str) -> None:
        space = str(wish.get("targetResource", "")).removeprefix(MEET)
        topic = (wish.get("notificationEndpoint") or {}).get("pubsubTopic", "")
        kinds = wish.get("eventTypes") or []
        wrong = [each for each in kinds if each.removeprefix("google.workspace.meet.") not in TYPES]
        if not kinds or wrong or not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic) or "payloadOptions" in wish:
            raise Refusal(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")
        if space not in self.google.spaces or self.google.owner(space) != account:
            raise Refusal(403, "PERMISSION_DENIED", "The caller does not have permission.")

    def _is_alive(self, subscription: dict[str, Any]) -> bool:
        return datetime.fromisoformat(subscription["expireTime"]) > clock.now()
