"""From the press that closes a session to its last letter in the mail server's hands."""

import time

import requests
from flask import Flask

from tests.bench import agendas, people
from tests.bench.figures import Figures, Spread
from tests.server import Server
from tests.simulators.smtp import Sink
from tests.waiting import until

SESSIONS = 7
LETTERS = 2  # one to each partner


def seed(app: Flask) -> list[people.Pair]:
    """Sessions to be closed, with ten action items each."""
    return people.pairs(app, SESSIONS, agendas.usual())


def measure(server: Server, pairs: list[people.Pair], sink: Sink) -> Figures:
    """Seconds, the seal and both letters included."""
    return {"after_close_s": Spread.of(_close(server, pair, sink) for pair in pairs)}


def _close(server: Server, pair: people.Pair, sink: Sink) -> float:
    mentee, before = pair.places[0], len(sink.taken)
    _press(server, mentee, "end")
    pressed = time.monotonic()
    _press(server, mentee, "close")
    until(lambda: len(sink.taken) == before + LETTERS, seconds=20)
    return time.monotonic() - pressed


def _press(server: Server, who: people.Place, button: str) -> None:
    answer = requests.post(
        f"{server.url}/sessions/{who.session_id}/{button}",
        data={"csrf": who.csrf},
        headers={"Cookie": who.cookie, "Origin": server.url},
        timeout=20,
        allow_redirects=False,
    )
    answer.raise_for_status()
