"""A thousand hostile connections while real people write: `make soak PART=crowd` (N says how many).

PLANT=open leaves the server's patience out of account, so that it fails: nobody may be open at all after a second.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import people
from tests.live.crowd import Crowd, memory
from tests.server import serving
from tests.soak.line import Line
from tests.writing import Pen

OUT_WITHIN, P95 = 10.5, 0.25  # seconds; half a second is this program's own slowness


def main() -> int:
    """Exit status 1 if somebody stayed too long, or real people had to wait."""
    count = int(os.environ.get("N") or 1_000)
    most = 1.0 if os.environ.get("PLANT") == "open" else OUT_WITHIN
    with tempfile.TemporaryDirectory(prefix="crowd-") as data_dir, serving(Path(data_dir)) as server:
        with people.installation(server) as app:
            (pair,) = people.pairs(app, 1, Pen().doc.get_update())
        line, pen, took = Line(server, pair.places[0]), Pen(), []
        line.sync(b"\0")

        def write() -> None:
            began = time.monotonic()
            pen.add_item("Still here")
            line.edit(pen.unsent.pop())
            while (heard := line.hear(10)) and heard[0] != "saved":
                pass
            took.append(time.monotonic() - began)

        before = memory(server.processes())
        crowd = Crowd(server.port, count)
        during = memory(server.processes())
        lives = crowd.hold_on(OUT_WITHIN + 2, write)
        after = memory(server.processes())
        crowd.leave()
        line.close()
    p95 = sorted(took)[len(took) * 95 // 100]
    print(f"N={count}; open at most { ({way: round(life, 1) for way, life in lives.items()}) } s.")
    print(f"Memory {before / 1024:.0f} MB before, {during / 1024:.0f} with all of them, {after / 1024:.0f} after.")
    print(f"{len(took)} edits of real people meanwhile, p95 {1000 * p95:.0f} ms, slowest {1000 * max(took):.0f} ms.")
    return 1 if max(lives.values()) > most or p95 > P95 else 0


if __name__ == "__main__":
    sys.exit(main())
