"""`python -m tests.bench.races`: 1,001 refresh races over 2 to 8 processes, for each database that is at hand.

One refresh call for each race, and nobody logged out: anything else is a fault.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from companion import db, schema
from companion.app import create_app
from companion.config import Settings
from companion.model.connections import Connection
from companion.services import connect
from tests.bench.figures import Figures, Spread, table
from tests.conftest import Clock, person
from tests.databases import fresh_postgresql
from tests.racing import racers
from tests.simulators.zoom import Zoom

EACH = 143  # races for each number of processes
PROCESSES = range(2, 9)
RUTH, TOKEN = "ruth@zoom.example", "POST /oauth/token"


def measure() -> Figures:
    """Races, refresh calls and people logged out, by database."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="races-") as folder:
        figures["sqlite"] = _raced(Path(folder), f"sqlite:///{folder}/races.db")
    if os.environ.get("TEST_DATABASE_URL"):
        with tempfile.TemporaryDirectory(prefix="races-") as folder, fresh_postgresql() as url:
            figures["postgresql"] = _raced(Path(folder), url.replace("postgresql://", "postgresql+psycopg://"))
    return figures


def _raced(folder: Path, database_url: str) -> Figures:
    with _connected(folder, database_url) as (settings, zoom, clock, connection):
        lost, began, took = 0, [0.0], []

        def expire() -> None:
            clock.move(timedelta(hours=1))
            began.append(time.monotonic())

        for count in PROCESSES:
            with racers(count, settings, connection.id) as race:
                for _ in range(EACH):
                    got = race(expire)
                    took.append(time.monotonic() - began[-1])
                    lost += sum(each not in zoom.grants for each in got)
        return {
            "races": len(took),
            "refresh_calls": zoom.calls[TOKEN],
            "logged_out": lost,
            "race_s": Spread.of(took),
        }


@contextmanager
def _connected(folder: Path, database_url: str) -> Iterator[tuple[Settings, Zoom, Clock, Connection]]:
    """An installation in which one person's Zoom is connected."""
    os.environ["TEST_CLOCK"] = str(folder / "clock")
    clock = Clock(folder / "clock")
    with Zoom() as zoom:
        settings = Settings(
            data_dir=folder, database_url=database_url, base_url="http://localhost", secret_keys=("s" * 40,),
            token_keys=("dGVzdC1vbmx5LXRva2VuLWtleS0wMTIzNDU2Nzg5YWI=",), provider_env=zoom.settings(), testing=True,
        )  # fmt: skip
        create_app(settings)
        schema.migrate()
        ruth = person("ruth@example.org", "Ruth Wanjiru", "Africa/Nairobi")
        yield settings, zoom, clock, connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
        db.current().engine.dispose()
        del os.environ["TEST_CLOCK"]


if __name__ == "__main__":
    print(*table(measure()), sep="\n")
