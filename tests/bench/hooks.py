"""How soon the product, as it is deployed, answers what Zoom tells it. Zoom waits 3 seconds."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from companion import clock
from tests.bench import meetings, people
from tests.bench.figures import Figures
from tests.server import Server
from tests.simulators.zoom import Zoom
from tests.simulators.zoom_webhooks import signed

MEETINGS, MESSAGES, LANES = 200, 10, 4


def measure() -> Figures:
    """2,000 messages about 200 meetings, four at a time, to the product as it is deployed."""
    with tempfile.TemporaryDirectory(prefix="webhooks-") as data_dir, Zoom() as zoom:
        server = Server(Path(data_dir), **zoom.settings())
        server.flask("migrate")
        with people.installation(server):
            pair = meetings.pair()
            for number in [meetings.at_zoom(zoom) for _ in range(MEETINGS)]:
                meetings.session(pair, number, clock.now())
                for _ in range(MESSAGES - 1):  # and one that it started
                    zoom.join(number, "Mateo")
        server.start()
        try:
            with ThreadPoolExecutor(LANES) as lanes:
                raws = [each.raw for each in zoom.webhooks.outbox]
                times = sorted(lanes.map(lambda raw: _posted(f"{server.url}/hooks/zoom", raw), raws))
        finally:
            server.kill()
    return {
        "answers": len(times), "answer_median_s": statistics.median(times),
        "answer_p99_s": times[len(times) * 99 // 100], "answer_longest_s": times[-1],
    }  # fmt: skip


def _posted(url: str, raw: bytes) -> float:
    headers = signed(raw)
    began = time.monotonic()
    answer = requests.post(url, raw, headers=headers, timeout=10)
    assert answer.status_code == 204, answer.status_code
    return time.monotonic() - began
