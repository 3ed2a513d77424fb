"""What Zoom tells us unasked. https://developers.zoom.us/docs/api/webhooks/"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.answers import object_in
from integrations.hooks import Challenge, Event, Forged, Kind
from integrations.meetings import Guest
from integrations.zoom import moment, number, word

# Nobody knows whether Zoom signs a retry anew. If it doesn't, we miss what came to us late: so calls are polled too.
OLDEST = timedelta(minutes=5)
KINDS = {
    "meeting.started": Kind.STARTED,
    "meeting.ended": Kind.ENDED,
    "meeting.participant_joined": Kind.JOINED,
    "meeting.participant_left": Kind.LEFT,
    "meeting.updated": Kind.LOOK,
    "meeting.deleted": Kind.DELETED,
    "meeting.permanently_deleted": Kind.DELETED,
}
PLAIN_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_NAME, LONGEST_ADDRESS = 200, 254
JOINERS = "\u200c\u200d"  # names in Persian and Hindi are written with them


class ZoomHook:
    """Signed messages: HMAC-SHA256 over the bytes as they came, with the app's Secret Token."""

    settings = ("WEBHOOK_SECRET",)

    def read(
        self, headers: Mapping[str, str], raw: bytes, said: Mapping[str, str], now: datetime
    ) -> Event | Challenge | None:
        """See Hook. None too for what is signed well and makes no sense: Zoom repeating it would change nothing."""
        secret = said.get("WEBHOOK_SECRET", "").encode()
        _expect_zoom({name.lower(): value for name, value in headers.items()}, raw, secret, now)
        message = object_in(raw)
        name = message.get("event")
        if name == "endpoint.url_validation":
            return _proof(_inside(message, "payload").get("plainToken"), secret)
        if name == "app_deauthorized":
            return _taken_away(message, now)
        kind = KINDS.get(name) if isinstance(name, str) else None
        return _event(message, kind, now) if kind else None


hook = ZoomHook()


def _expect_zoom(headers: Mapping[str, str], raw: bytes, secret: bytes, now: datetime) -> None:
    """Raises Forged. Re-encoded JSON never has the signature of the bytes that came."""
    stamp, signature = headers.get("x-zm-request-timestamp", ""), headers.get("x-zm-signature", "")
    if not secret:
        raise Forged("no secret is known")
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        raise Forged("no time in seconds")
    right = "v0=" + hmac.new(secret, b"v0:%s:%s" % (stamp.encode(), raw), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
        raise Forged("the signature does not fit")
    if abs(now.timestamp() - int(stamp)) > OLDEST.total_seconds():
        raise Forged("its time is not ours")


def _proof(plain: object, secret: bytes) -> Challenge | None:
    """Our answer to "is it you?". A token can hold no colon, so we never sign a "v0:time:body" for anybody."""
    if not isinstance(plain, str) or not PLAIN_TOKEN.fullmatch(plain):
        return None
    sealed = hmac.new(secret, plain.encode(), hashlib.sha256).hexdigest()
    return Challenge({"plainToken": plain, "encryptedToken": sealed})


def _taken_away(message: Mapping[str, Any], now: datetime) -> Event | None:
    """Somebody removed our app, at a time that counts: they may have let us in again before we hear of it.

    `user_data_retention` is null nowadays and says nothing.
    """
    payload = _inside(message, "payload")
    account, when = word(payload.get("user_id")), payload.get("deauthorization_time")
    key = _key(message["event"], account, when or message.get("event_ts"))
    at = moment(when) or _sent_at(message, now)
    return Event(key, Kind.DEAUTHORISED, at, account=account) if account else None


def _event(message: Mapping[str, Any], kind: Kind, now: datetime) -> Event | None:
    payload = _inside(message, "payload")
    there = _inside(payload, "object")
    reference, instance = number(there.get("id")), word(there.get("uuid"))
    if not reference:
        return None
    if kind in (Kind.LOOK, Kind.DELETED):
        # Looking twice harms nobody, overlooking a second change does: here the time it was sent counts as well.
        key = _key(message["event"], reference, payload.get("time_stamp"), message.get("event_ts"))
        return Event(key, kind, _sent_at(message, now), reference)
    guest = _guest(_inside(there, "participant"))
    if not instance or (guest is None and kind in (Kind.JOINED, Kind.LEFT)):
        return None
    return Event(
        # `event_ts` has no part in it: a repeat is known by what happened, whenever it is sent.
        _key(message["event"], reference, instance, there.get("end_time"), *_traits(there)),
        kind,
        _sent_at(message, now),
        reference,
        instance,
        word(there.get("host_id")),
        _first(moment(there.get("start_time")), guest.joined_at if guest else None),
        moment(there.get("end_time")),
        guest,
    )


def _traits(there: Mapping[str, Any]) -> list[object]:
    """What tells one coming or going from another: `user_id` is new at each connection."""
    who = _inside(there, "participant")
    names = ("user_id", "participant_uuid", "id", "join_time", "leave_time")
    return [there.get("start_time"), *(who.get(name) for name in names)]


def _guest(who: Mapping[str, Any]) -> Guest | None:
    """`id` is empty for those not signed in; `email` for those outside the host's account [from memory]."""
    key = word(who.get("user_id")) or word(who.get("participant_uuid"))
    if not key:
        return None
    return Guest(
        key,
        word(who.get("id")),
        _words(who.get("user_name"))[:LONGEST_NAME],
        _words(who.get("email"), LONGEST_ADDRESS),
        moment(who.get("join_time")),
        moment(who.get("leave_time")),
    )


def _inside(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _key(*parts: object) -> str:
    plain = [part if isinstance(part, str | int) else None for part in parts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _words(value: object, longest: int | None = None) -> str:
    """What a person is called, without what can't be shown or stored; empty when it is longer than such words are."""
    said = value if isinstance(value, str) else ""
    kept = "".join(letter for letter in said if letter.isprintable() or letter in JOINERS).strip()
    return "" if longest and len(kept) > longest else kept


def _sent_at(message: Mapping[str, Any], now: datetime) -> datetime:
    """When it was said. The body counts in milliseconds, the header in seconds."""
    sent = message.get("event_ts")
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(sent / 1000, UTC) if type(sent) is int else now
    return now


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
