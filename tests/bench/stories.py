"""What might happen at a Zoom meeting around its session's time, told by the simulator, and what should come of it."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from companion.model.sessions import SessionState
from tests.simulators.zoom import Zoom
from tests.simulators.zoom_webhooks import Message, signed

RUTH, MATEO = "Ruth Wanjiru", "Mateo Fuentes"
Run = tuple[datetime, datetime | None, dict[str, datetime]]  # with who came, and when


class Hands:
    """The hands of the clock that simulator and product both read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def set(self, now: datetime) -> None:
        self.now = now
        self.file.write_text(now.isoformat())

    def on(self, minutes: int) -> None:
        self.set(self.now + timedelta(minutes=minutes))


@dataclass(frozen=True)
class Story:
    """Messages in the order in which they became true, and the calls they are about."""

    messages: list[Message]
    runs: list[Run]

    def comes_to(self, starts_at: datetime, now: datetime) -> SessionState:
        """By the words of the plan, not by the product's code: what the session is once everything was told."""
        if any(end is None for _, end, _ in self.runs):
            return SessionState.LIVE if now >= starts_at - timedelta(minutes=15) else SessionState.PLANNED
        talks = [(start, end, who) for start, end, who in self.runs if end and end > starts_at]
        is_long = sum((end - start for start, end, _ in talks), timedelta(0)) >= timedelta(minutes=5)
        have_met = any(len(who) > 1 and max(who.values()) < end for _, end, who in talks)
        return SessionState.OVER if is_long and have_met else SessionState.PLANNED


def happen(zoom: Zoom, number: str, hands: Hands, by_chance: random.Random) -> Story:
    """One to three calls, one after the other; people drop, come back, wait alone, forget to hang up."""
    hands.on(by_chance.randint(-40, 20))
    zoom.webhooks.outbox.clear()
    count = by_chance.randint(1, 3)
    runs = [_run(zoom, number, hands, by_chance, is_last=each == count - 1) for each in range(count)]
    return Story(list(zoom.webhooks.outbox), runs)


def _run(zoom: Zoom, number: str, hands: Hands, by_chance: random.Random, *, is_last: bool) -> Run:
    start, who = hands.now, [by_chance.choice([RUTH, MATEO])] if by_chance.random() < 0.3 else [RUTH, MATEO]
    came = dict[str, datetime]()
    for name in who:
        came[name] = hands.now
        zoom.join(number, name, email="ruth@zoom.example" if name == RUTH else "")
        hands.on(by_chance.randint(0, 3))
    if by_chance.random() < 0.4:
        zoom.join(number, who[-1])  # over another device, before the first one is gone
        hands.on(1)
        zoom.leave(number, who[-1])
    hands.on(by_chance.randint(0, 45))
    if is_last and by_chance.random() < 0.2:
        return start, None, came
    end = hands.now
    if by_chance.random() < 0.5:
        for name in by_chance.sample(who * 2, len(who) * 2):
            zoom.leave(number, name)
    zoom.end(number)
    hands.on(by_chance.randint(1, 12))
    return start, end, came


def told_again(message: Message, by_chance: random.Random) -> bytes:
    """The same once more, perhaps with the time of the retry in it."""
    if by_chance.random() < 0.5:
        return message.raw
    said = json.loads(message.raw) | {"event_ts": by_chance.randint(1, 2**41)}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def forged(raw: bytes, now: datetime, by_chance: random.Random) -> tuple[bytes, dict[str, str]]:
    """Bytes and headers that Zoom never sent together."""
    headers = signed(raw, at=now)
    kind = by_chance.randrange(5)
    if kind == 0:
        place = by_chance.randrange(len(raw))
        return raw[:place] + bytes([raw[place] ^ (1 << by_chance.randrange(8))]) + raw[place + 1 :], headers
    if kind == 1:
        return raw, signed(raw, secret="another", at=now)
    if kind == 2:
        late = timedelta(seconds=by_chance.choice([-1, 1]) * by_chance.randint(301, 100_000))
        return raw, signed(raw, at=now + late)
    if kind == 3:
        stamp = str(int(headers["x-zm-request-timestamp"]) + 1)  # within the window, but not what was signed
        return raw, headers | {"x-zm-request-timestamp": stamp}
    gone = by_chance.choice(["x-zm-signature", "x-zm-request-timestamp"])
    return raw, {name: value for name, value in headers.items() if name != gone}
