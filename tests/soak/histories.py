"""`make soak PART=histories`: N (10,000) histories over the real wire; SEED= repeats what happens in them.

PLANT=1 takes the newest edit out of the log again and again: then it must fail, and say so.
"""

import os
import secrets
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from companion import db
from tests.bench import people
from tests.histories.machine import History
from tests.histories.world import world
from tests.server import serving

EACH_TIME = 100  # histories on one server and one set of tabs

HOWEVER_SLOW = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Told again, a history meets another timing: to make it shorter proves nothing.
    phases=[Phase.generate],
    database=None,
    report_multiple_bugs=False,
    stateful_step_count=14,
)


def main() -> int:
    """Exit status 1 if a history went wrong; what happened in it is then printed."""
    wanted, first = int(os.environ.get("N") or 10_000), os.environ.get("SEED") or secrets.token_hex(4)
    print(f"{wanted} histories with SEED={first}.", flush=True)
    began, told = time.monotonic(), 0
    while told < wanted:
        more = min(EACH_TIME, wanted - told)
        try:
            some(more, f"{first} {told}")
        except (AssertionError, Flaky) as error:
            print(f"After {told} histories: {error}", *getattr(error, "__notes__", ()), *History.found, sep="\n")
            return 1
        told += more
        print(f"N={told} histories, none lost a word, {(time.monotonic() - began) / 60:.1f} minutes.", flush=True)
    print(f"Load average {os.getloadavg()[0]:.1f}. SEED={first}")
    return 0


def some(number: int, seed_of_all: str) -> None:
    """So many histories at one server. Raises AssertionError."""
    with (
        tempfile.TemporaryDirectory(prefix="histories-") as data_dir,
        serving(Path(data_dir)) as server,
        people.installation(server) as app,
        world(app, server) as made,
    ):

        class Told(Planted if os.environ.get("PLANT") else History):  # type: ignore[misc] # one of two, by choice
            world = made

        run_state_machine_as_test(seed(seed_of_all)(Told), settings=settings(HOWEVER_SLOW, max_examples=number))


class Planted(History):
    """A server that loses what it said it keeps."""

    back = 2.0

    def after(self, session_id: int) -> None:
        lose_an_edit(session_id)


def lose_an_edit(session_id: int) -> None:
    """The newest one."""
    newest = "SELECT max(seq) FROM agenda_updates WHERE session_id = :here"
    with db.transaction() as tx:
        tx.execute(text(f"DELETE FROM agenda_updates WHERE seq = ({newest})"), {"here": session_id})
