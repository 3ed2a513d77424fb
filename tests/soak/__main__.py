"""The soak: pairs write, things die, words are counted."""

import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flask import Flask

from companion.services import keep_agenda
from tests.bench import people
from tests.server import Server, serving
from tests.soak import agree, crowd, histories, mutants, nodes, wire
from tests.soak.partner import Partner
from tests.waiting import until
from tests.writing import Pen

KEEPER_INSTEAD = 0.3  # the share of kills that hit the keeper process only
FEWEST, MOST = 5, 250  # saved words from one kill to the next
PAIRS = 4
MINUTES = 10.0


@dataclass(frozen=True)
class Enough:
    """When it ends: after so many kills, or so long."""

    kills: int | None
    minutes: float | None
    most: int = MOST

    @classmethod
    def read(cls) -> "Enough":
        """What KILLS= or MINUTES= says."""
        kills, minutes = os.environ.get("KILLS"), os.environ.get("MINUTES")
        if kills:
            return cls(int(kills), float(minutes) if minutes else None)
        return cls(None, float(minutes or MINUTES))

    def __str__(self) -> str:
        kills = f"{self.kills} kills" if self.kills else ""
        minutes = f"{self.minutes:g} minutes" if self.minutes else ""
        return " or ".join(filter(None, (kills, minutes)))

    def is_reached(self, count: "Count", seconds: float) -> bool:
        """Whether the next kill is the last."""
        by_kills = self.kills is not None and count.kills + 1 >= self.kills
        return by_kills or (self.minutes is not None and seconds > 60 * self.minutes)


@dataclass
class Count:
    """What was found so far."""

    server_kills: int = 0
    keeper_kills: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    """Words missing or doubled, by what was promised of them."""

    @property
    def kills(self) -> int:
        """Of both kinds."""
        return self.server_kills + self.keeper_kills


def main() -> int:
    """Exit status 1 if anything was lost in the PART asked for, or in any."""
    parts = {
        "kills": kills, "nodes": two_nodes, "histories": histories.main, "agree": agree.main, "mutants": mutants.main,
        "crowd": crowd.main, "wire": wire.main,
    }  # fmt: skip
    wanted = os.environ.get("PART")
    if not (wanted or os.environ.get("TEST_DATABASE_URL")):
        del parts["nodes"]  # they need PostgreSQL
    return max([part() for name, part in parts.items() if wanted in (None, "", name)], default=2)


def two_nodes() -> int:
    """Exit status 1 if they lost a word between them."""
    minutes = float(os.environ.get("MINUTES") or MINUTES)
    return nodes.main(minutes, os.environ.get("SEED") or secrets.token_hex(4))


def kills() -> int:
    """Exit status 1 if a word was lost."""
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    enough = Enough.read()
    print(f"Soaking: {enough}. SEED={seed}", flush=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as data_dir,
        serving(Path(data_dir)) as server,
        people.installation(server) as app,
    ):
        partners = gather(app, server, PAIRS, seed)
        if os.environ.get("PLANT"):
            partners[0].saved.add("a word that nobody typed")
        count = soak(server, partners, random.Random(seed), enough)
    tell(count, partners)
    print(f"{(time.monotonic() - began) / 60:.1f} minutes, load average {os.getloadavg()[0]:.1f}. SEED={seed}")
    return 1 if count.lost.total() else 0


def gather(app: Flask, server: Server, pairs: int, seed: str) -> list[Partner]:
    """So many pairs, each with an agenda of one talking point."""
    pen = Pen()
    pen.add_topic("What survives")
    agenda = pen.doc.get_update()
    places = [place for pair in people.pairs(app, pairs, agenda) for place in pair.places]
    return [Partner(f"p{number}", server, place, agenda, seed) for number, place in enumerate(places)]


def tell(count: Count, partners: list[Partner]) -> None:
    """What was done and what was found."""
    refusals = Counter(why for each in partners for why in each.refusals)
    kills = f"{count.server_kills} of the server, {count.keeper_kills} of the keeper"
    print(f"N={count.kills} kills ({kills}).")
    print(f"{saved_by(partners)} acknowledged edits, {count.lost.total()} lost {dict(count.lost) or ''}")
    print(f"Refused and sent again: {dict(refusals) or 'none'}.")


def soak(server: Server, partners: list[Partner], dice: random.Random, enough: Enough) -> Count:
    """Kill, look, start again, until it is enough. The last kill is the server's."""
    count, began = Count(), time.monotonic()
    for each in partners:
        each.start()
    while True:
        is_last = enough.is_reached(count, time.monotonic() - began)
        wanted = saved_by(partners) + dice.randint(FEWEST, enough.most)
        until(partial(has_saved, partners, wanted), seconds=60)
        if dice.random() < KEEPER_INSTEAD and not is_last:
            kill_keeper(server)
            count.keeper_kills += 1
            continue
        server.kill()
        count.server_kills += 1
        until(lambda: all(each.is_away.is_set() for each in partners), seconds=30)
        if is_last:
            for each in partners:
                each.ending.set()
        count.lost.update(look(partners))
        if is_last:
            return count
        server.serve()


def has_saved(partners: list[Partner], wanted: int) -> bool:
    """Whether they have come so far; fails at once when one of them stumbled."""
    assert all(each.is_alive() for each in partners), "a partner stumbled; the traceback stands above"
    return saved_by(partners) >= wanted


def saved_by(partners: list[Partner]) -> int:
    """How many words the server has said it keeps."""
    return sum(len(each.saved) for each in partners)


def look(partners: list[Partner]) -> Counter[str]:
    """What the log has not of what was promised. Nobody can bring anything back while the server is down."""
    lost: Counter[str] = Counter()
    for each in partners:
        page = keep_agenda.sealed(each.place.session_id).page
        stored = Counter(word for note in page["talking_points"][0]["notes"] for word in note["text"].split())
        lost["saved"] += len(each.saved - stored.keys())
        lost["seen"] += len(each.seen - stored.keys())
        lost["doubled"] += sum(stored.values()) - len(stored)
    return +lost


def kill_keeper(server: Server) -> None:
    """End one of the processes that hold the open agendas, as a crash would."""
    assert server.process is not None
    family = [server.process.pid]
    for pid in family:
        for task in Path(f"/proc/{pid}/task").iterdir():
            family += map(int, (task / "children").read_text().split())
    keepers = [pid for pid in family if b"keeper" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    if keepers:
        os.kill(keepers[0], signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
