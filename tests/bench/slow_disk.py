"""A poor disk: every commit takes 10 ms more. That must cost latency, never throughput or truth."""

import tempfile
from pathlib import Path

from tests.bench import agendas, live
from tests.bench.figures import Figures
from tests.bench.stacks import Ours
from tests.databases import fresh_postgresql

# PostgreSQL itself waits so many microseconds before each commit, also where no other is under way.
SLOW = "?options=-c%20commit_delay%3D10000%20-c%20commit_siblings%3D0"


def measure() -> Figures:
    """The same typing as in `live`, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, fresh_postgresql() as url:
        ours = Ours("ours_postgresql", Path(folder), DATABASE_URL=url + SLOW)
        ours.prepare(live.ROOMS, agendas.usual())
        told = live.type_in(ours, climbs=True)
    return live.typed(told[:-1], told[-1:])
