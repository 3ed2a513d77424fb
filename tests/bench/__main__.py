"""All measurements, one after the other, on one server with fresh data in a temporary directory."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.bench import (
    click,
    cores,
    faults,
    growth,
    letters,
    live,
    page,
    people,
    races,
    slow_disk,
    smooth,
    webhooks,
)
from tests.bench.figures import Figures, table
from tests.bench.stacks import production
from tests.server import ROOT, Server
from tests.simulators.smtp import Sink, smtp_sink

OUT = ROOT / "build" / "bench.json"


def main() -> None:
    """Measure, print, write."""
    print(f"{os.cpu_count()} cores, load average {_load()} before the first measurement.", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as data_dir, smtp_sink() as sink:
        figures = measure(served(Path(data_dir), sink), sink)
    stacks = live.measure()
    figures |= {"live": dict(stacks), "growth": growth.measure()}
    if os.environ.get("TEST_DATABASE_URL"):
        figures["slow_disk"] = slow_disk.measure()
    figures |= {each: stacks["ours"][each] for each in ("join", "idle")}
    figures |= {"races": races.measure(), "faults": faults.measure(), "webhooks": webhooks.measure()}
    figures |= {"page": page.measure(), "click": click.measure(), "smooth": smooth.measure()}
    print(*table(figures), sep="\n")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2, default=asdict) + "\n")
    print(f"Load average {_load()} after the last. Written to {OUT.relative_to(ROOT)}.")


def served(data_dir: Path, sink: Sink) -> Server:
    """A server with the settings of production, but for its address and its mail server."""
    return Server(data_dir, **production() | {"SMTP_PORT": str(sink.port)})


def measure(server: Server, sink: Sink) -> Figures:
    """Everything, the quiet measurements first."""
    server.flask("migrate")
    with people.installation(server) as app:
        closing = letters.seed(app)
        with cores.pinned(0):
            server.start()
        try:
            figures: Figures = {"letters": letters.measure(server, closing, sink)}
        finally:
            server.kill()
    return figures


def _load() -> str:
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


if __name__ == "__main__":
    main()
