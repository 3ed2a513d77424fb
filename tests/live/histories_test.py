"""A hundred histories over the real wire; `make soak` runs ten thousand. The second test plants a fault."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.histories.machine import History
from tests.histories.proxy import Way
from tests.histories.world import World, logged, words_in, world
from tests.server import Server
from tests.soak.histories import HOWEVER_SLOW, Planted
from tests.waiting import until


@pytest.fixture(scope="module")
def here(app: Flask, module_server: Server) -> Iterator[World]:
    with world(app, module_server) as made:
        yield made


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("clock")
def test_whatever_happens_to_their_lines_no_word_is_lost_or_doubled(here: World) -> None:
    class Told(History):
        world = here

    run_state_machine_as_test(Told, settings=settings(HOWEVER_SLOW, max_examples=100))


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("clock")
def test_a_server_that_loses_what_it_said_is_saved_is_found_out(here: World) -> None:
    class Told(Planted):
        world = here
        found: ClassVar[list[str]] = []

    with pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(Told, settings=settings(HOWEVER_SLOW, max_examples=60))
    assert Told.found


@pytest.mark.usefixtures("clock")
def test_where_a_proxy_takes_websockets_and_drops_them_the_page_polls(here: World) -> None:
    (way, *_), place = here.ways, here.pair().places[0]
    way.become(Way.DROPPING)
    here.devices.open("polling", f"http://127.0.0.1:{way.port}", here.server.url, "somebody", "mentee", place)
    try:
        here.devices.do("polling", "add topic", "#typed", 0)
        until(lambda: here.devices.state("polling")["claimed"] == ["#typed"], seconds=20)
        assert here.devices.state("polling")["transport"] == "polling"
        assert words_in(logged(place.session_id)) == {"#typed": 1}
    finally:
        here.devices.close("polling")
        way.become(Way.OPEN)
