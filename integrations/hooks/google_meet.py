"""What Google tells us unasked: Workspace Events, brought by a Pub/Sub push. https://developers.google.com/workspace/events

Two settings switch it on: the topic, and the service account in whose name Pub/Sub pushes. The token is checked as
https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions says. The form of a message about Meet is taken
from memory of Google's pages and unverified: what can't be read is left, and calls are polled all the same.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from integrations.answers import ask, object_in
from integrations.bounded import Limits, Session
from integrations.errors import LostAnswer
from integrations.google import moment
from integrations.hooks import Event, Forged, Kind

LEEWAY = 60  # seconds by which clocks may differ
QUICK = Limits(connect=2.0, total=3.0)  # somebody waits for our answer meanwhile
KEYS_LAST = 6 * 3600.0  # seconds; Google changes them every few days
KEYS_REST = 60.0  # seconds between two fetches, whatever keys strangers make up
SUBJECT = re.compile(r"//meet\.googleapis\.com/(spaces/[^\s/?#\"]{1,180})")


class Keys:
    """Google's public keys by their id, fetched when one is missing."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, RSAKey]]] = {}

    def named(self, kid: str, address: str) -> RSAKey:
        """That key. Raises Forged when there is none of this name, Unavailable when Google doesn't answer."""
        fetched_at, keys = self._kept.get(address, (-KEYS_LAST, {}))
        age = time.monotonic() - fetched_at
        if age >= KEYS_LAST or (kid not in keys and age >= KEYS_REST):
            keys = _fetched(address)
            self._kept[address] = time.monotonic(), keys
        if kid not in keys:
            raise Forged("signed with no key of Google's")
        return keys[kid]


class GoogleMeetHook:
    """A push says where something happened, and no more: so we look."""

    settings = ("PUBSUB_TOPIC", "PUSH_ACCOUNT")

    def __init__(self) -> None:
        self.keys = Keys()

    def read(self, headers: Mapping[str, str], raw: bytes, said: Mapping[str, str], now: datetime) -> Event | None:
        """See Hook. `said` also has our own address as AUDIENCE. Raises Unavailable when Google's keys can't be had."""
        lower = {name.lower(): value for name, value in headers.items()}
        self._expect_google(lower.get("authorization", ""), said, now)
        attributes = _inside(_inside(object_in(raw), "message"), "attributes")
        subject = SUBJECT.fullmatch(str(attributes.get("ce-subject")))
        name = attributes.get("ce-id")
        if subject is None or not isinstance(name, str) or not name:
            return None
        key = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
        return Event(key, Kind.LOOK, moment(attributes.get("ce-time")) or now, reference=subject[1])

    def _expect_google(self, authorization: str, said: Mapping[str, str], now: datetime) -> None:
        scheme, _, token = authorization.partition(" ")
        account, audience = said.get("PUSH_ACCOUNT", ""), said.get("AUDIENCE", "")
        if scheme.lower() != "bearer" or not account or not audience:
            raise Forged("no token, or nothing to hold it against")
        issuers = [said["accounts"], said["accounts"].removeprefix("https://")]
        claims = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "values": issuers},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            email={"essential": True, "value": account},
            email_verified={"essential": True, "value": True},
        )
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
            key = self.keys.named(str(kid), f"{said['keys']}/oauth2/v3/certs")
            claims.validate(jwt.decode(token, key, algorithms=["RS256"]).claims)
        except (JoseError, ValueError) as error:  # joserfc says ValueError to what is no token at all
            raise Forged(f"not a token for us: {type(error).__name__}") from error


hook = GoogleMeetHook()


def _fetched(address: str) -> dict[str, RSAKey]:
    with Session(QUICK) as http:
        answer = ask(http, "GET", address, vendor="Google")
    try:
        keys = KeySet.import_key_set({"keys": list(answer.body["keys"])}).keys if answer.is_good else []
    except (JoseError, KeyError, TypeError, ValueError):
        keys = []
    found = {str(key.kid): key for key in keys if isinstance(key, RSAKey)}
    if not found:
        raise LostAnswer("Google did not show its keys.")
    return found


def _inside(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}
