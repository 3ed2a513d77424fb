"""Five hundred mutants by the real wire, from twenty people, while two others write."""

import time
from contextlib import suppress
from functools import partial

from flask import Flask

from companion.services import keep_agenda
from tests.bench import people
from tests.keeper.conftest import STORIES
from tests.keeper.mutants import Mutator, parsed
from tests.live.conftest import Tab
from tests.server import Server
from tests.soak.line import BROKEN, Line
from tests.soak.wire import Wire
from tests.waiting import until

NOTHING = b"\0\0"
A_BURST = 25


def test_a_mutant_that_is_not_kept_reaches_nobody_and_its_sender_is_cut(
    app: Flask, server: Server, mateos: Tab
) -> None:
    mutator, kin = Mutator("by the wire"), parsed(STORIES["typing"].edits)
    took = []
    for pair in people.pairs(app, 20, NOTHING):
        offender, partner = (Line(server, place) for place in pair.places)
        partner.sync(b"\0")
        try:
            with suppress(*BROKEN):
                for _ in range(A_BURST):
                    offender.edit(mutator.edit(kin))
                while offender.hear(2):
                    pass
            began = time.monotonic()
            mateos.pen.add_item("Still here")
            mateos.save()
            took.append(time.monotonic() - began)
            heard = set()
            while said := partner.hear(0.1):
                heard |= {said[1]} if said[0] == "edit" else set()
            until(partial(is_cut, offender))
            assert heard == set(keep_agenda.rows_of(pair.session_id)) - {NOTHING}
        finally:
            offender.close()
            partner.close()
    assert sorted(took)[18] < 0.25
    assert mateos.heard["edit"] == []


def is_cut(line: Line) -> bool:
    """Whether the line is cut."""
    try:
        line.hear(0.1)
    except BROKEN:
        return True
    return False


def test_a_keeper_that_ends_is_noticed(app: Flask, server: Server) -> None:
    wire = Wire(app, server, "planted", "death")
    wire.send(30)
    assert wire.deaths
    assert (wire.count.reached, wire.count.stayed) == ([], 0)


def test_an_edit_that_others_heard_and_the_log_has_not_is_noticed(app: Flask, server: Server) -> None:
    wire = Wire(app, server, "planted", "log")
    wire.send(200)
    assert wire.count.reached
    assert (wire.deaths, wire.count.stayed) == (0, 0)
