"""Hints between nodes, by Redis: "session 42 has rows up to 917". Never the only copy of anything, never waited for.

Whoever hears one reads the database. A hint that is lost, late, doubled or made up costs a look there and nothing else.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import gevent
import redis
from gevent.event import Event
from redis.backoff import NoBackoff
from redis.retry import Retry

from companion import db
from companion.config import Settings

log = logging.getLogger(__name__)

GATHER = 0.01
"""Seconds between two hints, at least: in between, what is to be told gathers."""

PATIENCE = 1.0
"""Seconds that Redis has for one answer, and that we leave it alone after it had none."""

LONGEST = 256 * 1024
"""Bytes of a hint that is still read."""


@dataclass
class Hint:
    """Sessions and how far their logs reach, and whether facts were announced."""

    rows: dict[int, int] = field(default_factory=dict)
    facts: bool = False


class Hints:
    """Both directions. Without REDIS_URL nothing is sent and nothing heard."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.redis_url
        self.channel = f"alongside {settings.base_url}"  # other installations may use the same Redis
        self.waiting = Hint()
        self.wake = Event()
        self.is_well = {"tell": True, "hear": True}

    def tell(self, session_id: int, last: int) -> None:
        """The session's log reaches this far. Returns at once."""
        if self.url:
            self.waiting.rows[session_id] = last
            self.wake.set()

    def tell_facts(self) -> None:
        """There are new facts. Returns at once."""
        if self.url:
            self.waiting.facts = True
            self.wake.set()

    def run_teller(self) -> None:
        """Send what gathers, for ever."""
        self._with_patience("tell", self._keep_telling)

    def run_hearer(self, heard: Callable[[Hint], None]) -> None:
        """Call `heard` with each hint of another node, for ever."""
        self._with_patience("hear", lambda client: self._keep_hearing(client, heard))

    def _with_patience(self, what: str, work: Callable[[redis.Redis], None]) -> None:
        while True:
            try:
                with redis.Redis.from_url(
                    self.url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, health_check_interval=5,
                    retry=Retry(NoBackoff(), 0),
                ) as client:  # fmt: skip
                    work(client)
            except (redis.RedisError, OSError) as error:
                self._say(what, error)
                gevent.sleep(PATIENCE)

    def _keep_telling(self, client: redis.Redis) -> None:
        client.ping()
        self._say("tell")
        while True:
            self.wake.wait()
            self.wake.clear()
            hint, self.waiting = self.waiting, Hint()
            client.publish(self.channel, packed(hint))
            gevent.sleep(GATHER)

    def _keep_hearing(self, client: redis.Redis, heard: Callable[[Hint], None]) -> None:
        with client.pubsub(ignore_subscribe_messages=True) as wire:
            wire.subscribe(self.channel)
            while True:
                message = wire.get_message(timeout=PATIENCE)
                self._say("hear")
                if message and (hint := unpacked(message["data"])):
                    heard(hint)

    def _say(self, what: str, error: Exception | None = None) -> None:
        """One line when it goes away and one when it is back, not one a second."""
        if self.is_well[what] and error:
            log.warning("Redis doesn't answer (%s); nodes look in the database every two seconds", error)
        elif error is None and not self.is_well[what]:
            log.warning("Redis answers again")
        self.is_well[what] = error is None


def packed(hint: Hint) -> bytes:
    """As it travels: JSON that names the sender, who hears it too."""
    return json.dumps({"node": db.current().node, "rows": hint.rows, "facts": hint.facts}).encode()


def unpacked(said: object) -> Hint | None:
    """Another node's hint; nothing for our own, and for whatever else somebody puts on the channel."""
    if not isinstance(said, bytes) or len(said) > LONGEST:
        return None
    try:
        told = json.loads(said)
        if told["node"] == db.current().node:
            return None
        return Hint({int(session_id): int(last) for session_id, last in told["rows"].items()}, told["facts"] is True)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
