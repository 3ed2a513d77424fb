"""A hostile crowd at a real server, 56 of them; a thousand in `python -m tests.soak.crowd`."""

import time

from tests.live.conftest import Tab
from tests.live.crowd import Crowd, memory
from tests.server import Server


def test_a_crowd_that_means_no_good_is_out_within_ten_seconds_while_two_write_on(
    server: Server, ruths: Tab, mateos: Tab
) -> None:
    before, took = memory(server.processes()), []

    def write() -> None:
        began = time.monotonic()
        mateos.pen.add_item("Still here")
        mateos.save()
        took.append(time.monotonic() - began)

    crowd = Crowd(server.port, 56)
    try:
        lives = crowd.hold_on(12, write)
    finally:
        crowd.leave()
    assert {way: life for way, life in lives.items() if life > 10.5} == {}
    assert sorted(took)[len(took) * 95 // 100] < 0.25
    assert memory(server.processes()) - before < 60_000
