"""Mutants by the real wire while others write: `make soak PART=wire`. N says how many, SEED repeats what is sent.

Each of its senders is somebody new, who goes on until they are cut. PLANT=death ends a keeper, PLANT=log takes out of
the log what a partner has heard: then it must fail.
"""

import os
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flask import Flask
from pycrdt import Doc

from companion.services import keep_agenda
from tests.bench import people
from tests.bench.people import Pair
from tests.keeper.conftest import STORIES
from tests.keeper.mutants import Mutator, parsed
from tests.server import Server, serving
from tests.soak.histories import lose_an_edit
from tests.soak.line import BROKEN, Line
from tests.soak.writers import Here, Writers

NOTHING = b"\0\0"
BURST = 25  # mutants of one sender, unless they are cut before
PORTIONS = (1, 1, 1, 5, 25)  # of which so many are sent before an answer is waited for
AT_ONCE = 3  # senders
PEOPLE = 60  # made at a time
CUT_WITHIN, SILENCE, P95 = 5.0, 0.2, 250.0  # seconds, seconds, milliseconds
WRITERS = 4  # pairs

Deed = Callable[[Line], None]


@dataclass
class Count:
    """What was sent, by kind; what its senders were answered; and what must not be."""

    sent: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    senders: int = 0
    cut: int = 0
    kept: int = 0
    reached: list[str] = field(default_factory=list)
    """Mutants that the log has not and another client has."""
    stayed: int = 0
    """Senders who were told that they sent something bad, and were not cut."""


@dataclass(frozen=True)
class Sender:
    """Somebody and what they send, so much at a time."""

    pair: Pair
    burst: list[tuple[str, Deed]]
    portion: int


class Wire:
    """Senders of mutants at one server."""

    def __init__(self, app: Flask, server: Server, seed: str, plant: str = "") -> None:
        self.app, self.server, self.plant = app, server, plant
        self.mutator = Mutator(seed)
        doc: Doc = Doc()
        for edit in STORIES["typing"].edits:
            doc.apply_update(edit)
        self.state = doc.get_state()
        self.count = Count()
        self.deaths_before = self._replaced()

    def send(self, wanted: int) -> None:
        """So many mutants."""
        if self.plant == "death":
            self._end_a_keeper()
        with ThreadPoolExecutor(AT_ONCE) as hands:
            while (left := wanted - self.count.sent.total()) > 0:
                story = self.mutator.dice.choice(list(STORIES.values()))
                begun = self.mutator.dice.randrange(len(story.edits))
                before = story.edits[:begun]
                kin = parsed(story.edits[max(0, begun - 3) : begun + 30])
                pairs = people.pairs(self.app, min(PEOPLE, -(-left // BURST)), NOTHING, before)
                senders = [Sender(pair, self._burst(kin), self.mutator.dice.choice(PORTIONS)) for pair in pairs]
                for _ in hands.map(partial(self._offend, {NOTHING, *before}), senders):
                    pass

    @property
    def deaths(self) -> int:
        """Keeper processes that had to be replaced."""
        return self._replaced() - self.deaths_before

    def _replaced(self) -> int:
        return self.server.log.read_text().count("and was replaced")

    def _burst(self, kin: Sequence) -> list[tuple[str, Deed]]:
        """Mostly edits; among thirty a state, a presence and a packet."""
        return [self._mutant(kin) for _ in range(BURST)]

    def _mutant(self, kin: Sequence) -> tuple[str, Deed]:
        dice = self.mutator.dice.random()
        if dice < 1 / 30:
            return "states", partial(Line.ask, state=self.mutator.spoilt(self.state))
        if dice < 2 / 30:
            return "presences", partial(Line.move, state=self.mutator.presence())
        if dice < 3 / 30:
            return "packets", partial(Line.say, packet=self.mutator.packet())
        return "edits", partial(Line.edit, update=self.mutator.edit(kin))

    def _offend(self, before: set[bytes], sender: "Sender") -> None:
        offender, other = (Line(self.server, place) for place in sender.pair.places)
        other.sync(b"\0")
        try:
            answers, is_cut = self._until_cut(offender, sender)
            heard = _edits_heard(other) - before
            if self.plant == "log" and heard:
                lose_an_edit(sender.pair.session_id)
            kept = set(keep_agenda.rows_of(sender.pair.session_id)) - before
        finally:
            offender.close()
            other.close()
        self.count.senders += 1
        self.count.cut += is_cut
        self.count.stayed += bool(answers["bad"]) and not is_cut
        self.count.answers.update(answers)
        self.count.kept += len(kept)
        self.count.reached += [edit.hex() for edit in heard - kept]

    def _until_cut(self, offender: Line, sender: "Sender") -> tuple[Counter[str], bool]:
        """What the sender is answered, and whether their line was cut."""
        answers: Counter[str] = Counter()
        edits = 0
        try:
            for start in range(0, BURST, sender.portion):
                for kind, deed in sender.burst[start : start + sender.portion]:
                    self.count.sent[kind] += 1
                    edits += kind == "edits"
                    deed(offender)
                _hear_answers(offender, answers, edits)
        except BROKEN:
            return answers, True
        return answers, False

    def _end_a_keeper(self) -> None:
        """And its spare."""
        for pid in self.server.processes():
            if b"keeper" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)


def _hear_answers(offender: Line, answers: Counter[str], wanted: int) -> None:
    """Until all is answered and nothing was bad; else until the line is cut, for a while. Raises BROKEN when it is."""
    end = time.monotonic() + CUT_WITHIN
    while time.monotonic() < end and (answers["bad"] or answers.total() < wanted):
        said = offender.hear(SILENCE)
        if said and said[0] in ("saved", "refused"):
            answers[said[1].get("why", "saved")] += said[1]["n"]


def _edits_heard(line: Line) -> set[bytes]:
    heard = set()
    while said := line.hear(SILENCE):
        heard |= {said[1]} if said[0] == "edit" else set()
    return heard


def main() -> int:
    """Exit status 1 if a keeper ended, a mutant reached somebody, or others had to wait."""
    wanted, seed = int(os.environ.get("N") or 50_000), os.environ.get("SEED") or secrets.token_hex(4)
    print(f"{wanted:,} mutants by the wire with SEED={seed}.", flush=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="wire-") as data_dir,
        serving(Path(data_dir)) as server,
        people.installation(server) as app,
    ):
        wire = Wire(app, server, seed, os.environ.get("PLANT") or "")
        pairs = people.pairs(app, WRITERS, NOTHING)
        with Writers(Here(server.url, server.base_url), pairs, seed) as writers:
            wire.send(wanted)
        deaths = wire.deaths
    count, written = wire.count, writers.written
    minutes = (time.monotonic() - began) / 60
    print(f"N={count.sent.total():,} in {minutes:.1f} min: {dict(count.sent)}. SEED={seed}")
    print(f"{count.senders:,} senders, {count.cut:,} cut, {count.stayed} stayed after something bad.")
    print(f"Answered: {dict(count.answers)}; {count.kept:,} kept.")
    times = ", ".join(f"{name} {written.quantile(at):.0f}" for name, at in (("p50", 0.5), ("p95", 0.95), ("max", 1)))
    print(f"{len(written.took):,} edits of {WRITERS} other pairs meanwhile, to the partner in ms: {times}.")
    print(f"{deaths} keepers ended. {len(count.reached) + written.foreign} mutants reached another client.")
    print(*written.broken, *(f"reached: {each[:80]}" for each in count.reached), sep="\n")
    print(f"Load average {os.getloadavg()[0]:.1f}.")
    is_wrong = deaths or count.reached or written.foreign or written.broken or count.stayed
    return 1 if is_wrong or written.quantile(0.95) > P95 else 0


if __name__ == "__main__":
    sys.exit(main())
