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
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from companion import clock, config, db, schema
from companion.config import Settings
from companion.model.calls import Call, CallGuest, Verdict, judge
from companion.model.sessions import Session, SessionState
from companion.services import hear
from integrations.hooks import Event, Forged
from tests.bench import hooks, meetings
from tests.bench.figures import Figures, table
from tests.bench.meetings import FIVE
from tests.bench.stories import Hands, Story, forged, happen, told_again
from tests.simulators.zoom import Zoom
from tests.simulators.zoom_webhooks import signed

SEQUENCES, PROCESSES = 20_000, 4
REPEATS = (1, 1, 1, 2, 3)
MEMORY = Path("/dev/shm")  # what is measured here is no disk
STATES = {Verdict.LIVE: SessionState.LIVE, Verdict.OVER: SessionState.OVER}


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
    expected = _of(events.values()) if lost else story.comes_to(FIVE, clock.now())
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


def _of(events: Iterable[Event]) -> SessionState:
    """What the messages that arrived come to, each heard once and in order, added up as plainly as can be."""
    calls = dict[str, Call]()
    for event in sorted(events, key=lambda each: (each.at, each.key)):
        call = calls.setdefault(event.instance, Call(meeting_id=1, instance=event.instance, guests=[]))
        call.started_at = event.started_at or call.started_at
        call.ended_at = event.ended_at or call.ended_at
        if event.guest is not None:
            known = [each for each in call.guests if each.key == event.guest.key]
            guest = known[0] if known else CallGuest(key=event.guest.key, email="")
            guest.account, guest.name = event.guest.account, event.guest.name
            guest.joined_at = event.guest.joined_at or guest.joined_at
            guest.left_at = event.guest.left_at or guest.left_at
            call.guests += [] if known else [guest]
    session = Session(starts_at=FIVE, minutes=60, mentor_came=False, mentee_came=False)
    return STATES.get(judge(calls.values(), session, clock.now()).verdict, SessionState.PLANNED)


def _found(session_id: int) -> SessionState:
    with db.reading() as tx:
        return tx.get_one(Session, session_id).state


def _words(story: Story) -> str:
    return "; ".join(f"{start:%H:%M}-{end:%H:%M}" if end else f"{start:%H:%M}-" for start, end, _ in story.runs)


if __name__ == "__main__":
    print(*table(measure(*map(int, sys.argv[1:]))), sep="\n")
