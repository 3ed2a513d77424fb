"""`python -m tests.bench.webhooks`: 20,000 sequences of Zoom's messages, and how soon 2,000 of them are answered.

Each sequence is told in any order, with repeats and forgeries among it, and half of them with messages lost. A final
state is wrong where it isn't what the story came to or, with losses, what the sorted and unique messages come to.
"""

import multiprocessing
import os
import random
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from companion import clock, config, db, schema
from companion.config import Settings
from companion.model.sessions import Session, SessionState
from companion.services import hear
from integrations.hooks import Event, Forged
from tests.bench import hooks, meetings
from tests.bench.adding_up import state_after
from tests.bench.figures import Figures, table
from tests.bench.meetings import FIVE
from tests.bench.stories import Hands, Story, forged, happen, told_again
from tests.simulators.zoom import Zoom
from tests.simulators.zoom_webhooks import signed

SEQUENCES, PROCESSES = 20_000, 4
REPEATS = (1, 1, 1, 2, 3)
MEMORY = Path("/dev/shm")  # what is measured here is no disk


@dataclass
class Count:
    """What a process saw."""

    sequences: int = 0
    messages: int = 0
    forgeries: int = 0
    accepted: int = 0
    wrong: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def measure(sequences: int = SEQUENCES) -> Figures:
    """Wrong final states and accepted forgeries, then answer times over HTTP."""
    shares = [(number, sequences // PROCESSES) for number in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        counts = pool.starmap(_tell_many, shares)
    total = sum(counts, Count())
    figures: Figures = {
        "sequences": total.sequences, "messages": total.messages, "wrong_final_states": total.wrong,
        "forgeries": total.forgeries, "forgeries_accepted": total.accepted,
    }  # fmt: skip
    return figures | hooks.measure()


def _tell_many(seed: int, count: int) -> Count:
    """This many sequences in an installation of one's own."""
    where = Path(tempfile.mkdtemp(prefix="webhooks-", dir=MEMORY if MEMORY.exists() else None))
    os.environ["TEST_CLOCK"] = str(where / "clock")
    try:
        with Zoom() as zoom:
            hands = Hands(where / "clock")
            hands.set(FIVE)
            url, keys = f"sqlite:///{where / 'alongside.db'}", ("only for measuring",)
            config.use(Settings(where, url, "http://localhost", keys, (), testing=True, provider_env=zoom.settings()))
            db.use(url)
            schema.migrate()
            pair = meetings.pair()
            return sum((_tell(zoom, hands, pair, random.Random(f"{seed}.{each}")) for each in range(count)), Count())
    finally:
        shutil.rmtree(where)


def _tell(zoom: Zoom, hands: Hands, pair: int, by_chance: random.Random) -> Count:
    hands.set(FIVE)
    number = meetings.at_zoom(zoom)
    session = meetings.session(pair, number)
    story = happen(zoom, number, hands, by_chance)
    hands.on(1)
    lost = by_chance.random() < 0.5
    kept = [each for each in story.messages if not lost or by_chance.random() < 0.7]
    said = [each for each in kept for _ in range(by_chance.choice(REPEATS))]
    by_chance.shuffle(said)
    count, events = Count(sequences=1, messages=len(said)), dict[str, Event]()
    for message in said:
        if by_chance.random() < 0.3:
            count += _lie(by_chance.choice(story.messages).raw, by_chance)
        raw = told_again(message, by_chance)
        event = hear.read("zoom", signed(raw, at=clock.now() + timedelta(seconds=by_chance.randint(-290, 290))), raw)
        assert isinstance(event, Event)
        events[event.key] = event
        hear.received("zoom", event)
        if by_chance.random() < 0.2:
            hear.tick()
    hear.tick()
    expected = state_after(events.values(), FIVE, clock.now()) if lost else story.comes_to(FIVE, clock.now())
    count.wrong = int(_found(session) is not expected)
    if count.wrong:
        print(f"wrong: {_found(session)} instead of {expected}: {_words(story)}", file=sys.stderr, flush=True)
    return count


def _lie(raw: bytes, by_chance: random.Random) -> Count:
    lie, headers = forged(raw, clock.now(), by_chance)
    try:
        hear.read("zoom", headers, lie)
    except Forged:
        return Count(forgeries=1)
    return Count(forgeries=1, accepted=1)


def _found(session_id: int) -> SessionState:
    with db.reading() as tx:
        return tx.get_one(Session, session_id).state


def _words(story: Story) -> str:
    return "; ".join(f"{start:%H:%M}-{end:%H:%M}" if end else f"{start:%H:%M}-" for start, end, _ in story.runs)


if __name__ == "__main__":
    print(*table(measure(*map(int, sys.argv[1:]))), sep="\n")
