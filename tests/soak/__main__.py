"""The soak: two pairs write, things die, words are counted."""

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

from companion.services import keep_agenda
from tests.bench import people
from tests.server import Server, serving
from tests.soak import nodes
from tests.soak.partner import Partner
from tests.waiting import until
from tests.writing import Pen

KEEPER_INSTEAD = 0.3  # the share of kills that hit the keeper process only
FEWEST, MOST = 5, 150  # saved words from one kill to the next


@dataclass
class Count:
    """What was found so far."""

    server_kills: int = 0
    keeper_kills: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    """Words missing or doubled, by what was promised of them."""


def main() -> int:
    """Exit status 1 if a word was lost."""
    minutes, seed = float(os.environ.get("MINUTES") or 10), os.environ.get("SEED") or secrets.token_hex(4)
    print(f"Soaking for {minutes:g} minutes with SEED={seed}.", flush=True)
    if os.environ.get("PART") == "nodes":
        return nodes.main(minutes, seed)
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as data_dir,
        serving(Path(data_dir)) as server,
        people.installation(server) as app,
    ):
        pen = Pen()
        pen.add_topic("What survives")
        agenda = pen.doc.get_update()
        places = [place for pair in people.pairs(app, 2, agenda) for place in pair.places]
        partners = [Partner(name, server, place, agenda, seed) for name, place in zip("abcd", places, strict=True)]
        count = soak(server, partners, random.Random(seed), time.monotonic() + 60 * minutes)
    tell(count, partners)
    print(f"Load average {os.getloadavg()[0]:.1f}. SEED={seed}")
    return 1 if count.lost.total() else 0


def tell(count: Count, partners: list[Partner]) -> None:
    """What was done and what was found."""
    refusals = Counter(why for each in partners for why in each.refusals)
    kills = f"{count.server_kills} of the server, {count.keeper_kills} of the keeper"
    print(f"N={count.server_kills + count.keeper_kills} kills ({kills}).")
    print(f"{saved_by(partners)} acknowledged edits, {count.lost.total()} lost {dict(count.lost) or ''}")
    print(f"Refused and sent again: {dict(refusals) or 'none'}.")


def soak(server: Server, partners: list[Partner], dice: random.Random, end: float) -> Count:
    """Kill, look, start again, until the time is over. The last kill is the server's."""
    count = Count()
    for each in partners:
        each.start()
    while True:
        is_last = time.monotonic() > end
        wanted = saved_by(partners) + dice.randint(FEWEST, MOST)
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
        server.start()


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
