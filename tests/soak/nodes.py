"""`PART=nodes make soak`: two nodes and the Redis between them die at random while partners on different nodes write.

After each death the log must hold every word that its writer was told is saved, and no word twice. SEED= repeats what
dies and when, counted in saved words. PLANT=1 takes saved words out of the log before it is looked at: this must turn
red. Needs TEST_DATABASE_URL and a redis-server.
"""

import os
import random
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

from sqlalchemy import delete

from companion import db
from companion.model.agendas import AgendaSnapshot, AgendaUpdate
from companion.services import keep_agenda
from tests.bench import people
from tests.databases import fresh_postgresql
from tests.nodes import Two, two_nodes
from tests.soak.partner import Partner
from tests.waiting import until
from tests.writing import Pen

FEWEST, MOST = 5, 60  # saved words from one death to the next
NODE_INSTEAD = 0.2  # the share of deaths that are a node's


def main(minutes: float, seed: str) -> int:
    """Exit status 1 if a word was lost or doubled."""
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as data_dir,
        fresh_postgresql() as url,
        two_nodes(Path(data_dir), DATABASE_URL=url) as two,
        people.installation(two.proxy.nodes[0]) as app,
    ):
        pen = Pen()
        pen.add_topic("What survives")
        agenda = pen.doc.get_update()
        places = [place for pair in people.pairs(app, 2, agenda) for place in pair.places]
        ways = two.straight * 2
        partners = [
            Partner(name, way, place, agenda, seed) for name, way, place in zip("abcd", ways, places, strict=True)
        ]
        deaths, lost = soak(two, partners, random.Random(seed), time.monotonic() + 60 * minutes)
    saved = sum(len(each.saved) for each in partners)
    print(f"N={deaths.total()} deaths {dict(deaths)}, {saved} acknowledged edits, {lost.total()} lost {dict(lost)}")
    return 1 if lost.total() else 0


def soak(two: Two, partners: list[Partner], dice: random.Random, end: float) -> tuple[Counter[str], Counter[str]]:
    """What died, and what the log had not."""
    deaths: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for each in partners:
        each.start()
    while time.monotonic() < end:
        until(partial(have_saved, partners, saved_by(partners) + dice.randint(FEWEST, MOST)), seconds=60)
        if dice.random() < NODE_INSTEAD:
            node = dice.choice(two.proxy.nodes)
            node.kill()
            node.start()
            deaths["node"] += 1
        else:
            two.bus.kill()
            two.bus.start()
            deaths["redis"] += 1
        lost.update(look(partners))
    for each in partners:
        each.ending.set()
    return deaths, +lost


def saved_by(partners: list[Partner]) -> int:
    return sum(len(each.saved) for each in partners)


def have_saved(partners: list[Partner], wanted: int) -> bool:
    assert all(each.is_alive() for each in partners), "a partner stumbled; the traceback stands above"
    return saved_by(partners) >= wanted


def look(partners: list[Partner]) -> Counter[str]:
    """What the log has not of what was promised before it is read."""
    lost: Counter[str] = Counter()
    for each in partners:
        promised = set(each.saved.copy())
        if os.environ.get("PLANT"):
            forget(each.place.session_id)
        page = keep_agenda.sealed(each.place.session_id).page
        points = page.get("talking_points", [])
        stored = Counter(word for point in points for note in point["notes"] for word in note["text"].split())
        lost["saved"] += len(promised - stored.keys())
        lost["doubled"] += sum(stored.values()) - len(stored)
    return lost


def forget(session_id: int) -> None:
    with db.transaction() as tx:
        for kind in (AgendaUpdate, AgendaSnapshot):
            tx.execute(delete(kind).where(kind.session_id == session_id))
