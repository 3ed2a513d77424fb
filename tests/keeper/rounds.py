"""A fuzzing run at gate and keeper: many agendas, batches of mutants, and what became of them."""

import json
import logging
import os
import signal
import subprocess
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from companion.keeper import BadState, Keeper, Verdict
from companion.keeper.project import page
from companion.live.agenda import as_presence
from companion.live.wire import Malformed, event_in
from tests.keeper.conftest import STORIES
from tests.keeper.mutants import Mutator, parsed

BATCH = 250  # mutants of one request
A_LIFE = 2_000  # mutants that one agenda meets before it is looked at and another begins
OTHERS = 10  # of so many things sent, one is a state vector, one a presence, one a packet
HUNG = 2.0  # seconds after which an answer counts as not given: the keeper's own deadline has long struck then
READER = Path(__file__).with_name("read.mjs")


@dataclass
class Count:
    """What was sent, what became of it, and what must not happen."""

    sent: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    agendas: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.sent.total()


def unordered(page: object) -> object:
    """The page with the characters of each text in one order.

    A character put in after one and before another that stands further ahead, as no page of ours puts it, has no right
    place: yrs gives it another one when all edits come in one transaction than when they come one by one. All that its
    sender gains is a muddle in their own agenda.
    """
    if isinstance(page, str):
        return sorted(page)
    if isinstance(page, list):
        return [unordered(each) for each in page]
    return {name: unordered(value) for name, value in page.items()} if isinstance(page, dict) else page


def keeper_at_work(keeper: Keeper) -> int:
    """The pid of the process that holds the documents."""
    child = keeper._supervisor._child
    assert child
    return child.pid


class Deaths(logging.Handler):
    """Counts keeper processes that had to be replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += "was replaced" in record.getMessage()

    def __enter__(self) -> "Deaths":
        logging.getLogger("companion.keeper.supervisor").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("companion.keeper.supervisor").removeHandler(self)


class Browser:
    """A browser's side in Node: reads agendas with yjs."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(["node", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, rows: list[bytes]) -> dict[str, object]:
        """The page that yjs makes of these edits. Raises ValueError when it breaks over them."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([row.hex() for row in rows]) + "\n")
        self.process.stdin.flush()
        read = json.loads(self.process.stdout.readline())
        if "broke" in read:
            raise ValueError(read["broke"])
        return page(read)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


class Fuzz:
    """One run. `rows` are the agendas, as a log would hold them.

    `plant` makes it find something: "death" ends a keeper, "words" keeps all words from the browser.
    """

    def __init__(self, seed: str, browser: Browser, plant: str = "") -> None:
        self.plant = plant
        self.mutator = Mutator(seed)
        self.browser = browser
        self.rows: dict[str, list[bytes]] = defaultdict(list)
        self.keeper = Keeper(lambda doc: self.rows[doc], on_poison=self.poisoned)
        self.count = Count()
        self.kin = {name: parsed(story.edits) for name, story in STORIES.items()}

    def poisoned(self, doc: str) -> None:
        self.count.wrong.append(f"agenda {doc} broke its reader")

    def planted(self, what: str) -> bool:
        """Whether that is to go wrong now; it does so once."""
        found, self.plant = self.plant == what, "" if self.plant == what else self.plant
        return found

    def run(self, wanted: int) -> Count:
        """Send so many, and see that nothing goes wrong."""
        self.keeper.start()
        try:
            with Deaths() as deaths:
                while self.count.total < wanted:
                    self.one_agenda(wanted)
            if deaths.count:
                self.count.wrong.append(f"{deaths.count} keeper processes ended")
        finally:
            self.keeper.stop()
        return self.count

    def one_agenda(self, wanted: int) -> None:
        """An agenda half written, and mutants of what comes next, until its life is over."""
        name = self.mutator.dice.choice(list(self.kin))
        kin = self.kin[name]
        doc = f"{self.count.agendas} {name}"
        begun = self.mutator.dice.randrange(len(kin))
        self.rows[doc] = [data for data, _ in kin[:begun]]
        until = min(wanted, self.count.total + A_LIFE)
        while self.count.total < until:
            self.send(doc, [self.mutator.edit(kin[max(0, begun - 3) : begun + 30] or kin) for _ in range(BATCH)])
            self.others(doc)
        self.look(doc)
        self.keeper.drop([doc])
        del self.rows[doc]
        self.count.agendas += 1

    def send(self, doc: str, edits: list[bytes]) -> None:
        if self.planted("death"):
            os.kill(keeper_at_work(self.keeper), signal.SIGKILL)
        began = time.monotonic()
        verdicts = self.keeper.check([(doc, edit) for edit in edits])
        self.took(time.monotonic() - began)
        self.count.sent["edits"] += len(edits)
        self.count.verdicts.update(verdict.value for verdict in verdicts)
        self.rows[doc] += [edit for edit, verdict in zip(edits, verdicts, strict=True) if verdict is Verdict.ok]

    def others(self, doc: str) -> None:
        """A state vector each ten edits, and a presence, and a packet."""
        state = self.keeper.answer(doc, b"\0").state
        for _ in range(BATCH // OTHERS):
            began = time.monotonic()
            try:
                self.keeper.answer(doc, self.mutator.spoilt(state))
                self.count.verdicts["state answered"] += 1
            except BadState:
                self.count.verdicts["state refused"] += 1
            self.took(time.monotonic() - began)
            self.hear(self.mutator.packet())
            seen = as_presence(self.mutator.presence())
            self.count.verdicts["presence refused" if seen is None else "presence seen"] += 1
            if seen is not None and seen.keys() != {"field", "caret", "typing"}:
                self.count.wrong.append(f"presence {seen}")
            self.count.sent.update(("states", "packets", "presences"))

    def took(self, seconds: float) -> None:
        self.count.slowest = max(self.count.slowest, seconds)
        if seconds > HUNG:
            self.count.wrong.append(f"an answer took {seconds:.1f} s")

    def hear(self, packet: bytes) -> None:
        try:
            event_in(packet)
            self.count.verdicts["packet heard"] += 1
        except Malformed:
            self.count.verdicts["packet refused"] += 1

    def look(self, doc: str) -> None:
        """Server and browser must read the same from what was let in, and both must get to the end of it."""
        served = self.keeper.fold(self.rows[doc]).page
        try:
            seen = self.browser.read([] if self.planted("words") else self.rows[doc])
        except ValueError as error:
            self.count.wrong.append(f"agenda {doc} broke the browser: {error}")
        else:
            if seen != served and unordered(seen) == unordered(served):
                self.count.verdicts["agendas muddled"] += 1
            elif seen != served:
                rows = " ".join(row.hex() for row in self.rows[doc])
                self.count.wrong.append(f"agenda {doc} reads differently in the browser: {rows}")
