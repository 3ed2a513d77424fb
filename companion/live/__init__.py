"""The live door: opened with the app, at work between `begin` and `end`."""

import logging
from urllib.parse import urlsplit

import gevent
from flask import Flask
from flask_socketio import SocketIO

from companion import config, db
from companion.live import websocket
from companion.live.agenda import Agenda
from companion.live.catch_up import CatchUp
from companion.live.doorkeeper import Doorkeeper
from companion.live.errands import Errands
from companion.live.facts import Facts
from companion.live.hints import Hints
from companion.live.nodes import Nodes
from companion.live.rooms import House
from companion.live.scribe import Scribe
from companion.live.tickets import Desk, SharedTickets, Tickets, door
from companion.live.websocket import MAX_MESSAGE
from companion.services import keep_agenda

FAREWELL = 3.0
"""Seconds for what is half done when the process is told to stop."""


class Live:
    """All that belongs together in one process."""

    def __init__(self, socketio: SocketIO) -> None:
        wire = socketio.server.eio
        self.house = House(wire)
        is_alone = db.current().is_sqlite  # several processes share a database only where it is PostgreSQL
        self.hints = Hints(config.current())
        self.catch_up = None if is_alone else CatchUp(self.hints)
        self.tickets: Desk = Tickets() if is_alone else SharedTickets()
        self.errands = Errands(self.house, self.catch_up)
        self.scribe = Scribe(self.house, self.errands, self.catch_up)
        self.doorkeeper = Doorkeeper(self.house)
        self.agenda = Agenda(socketio.server, self.house, self.tickets, self.doorkeeper, self.scribe, self.errands)
        self.facts = Facts(self.house, self.scribe, self.doorkeeper)
        self.nodes = Nodes(self.house, self.scribe, self.catch_up, self.hints) if self.catch_up else None
        self.at_work: list[gevent.Greenlet] = []


def open_live(app: Flask) -> SocketIO:
    """Socket.IO under `/socket.io` and the ticket desk. Starts nothing."""
    # Their INFO tells every packet, and without a logger of ours they would bring a handler of their own.
    quiet = logging.getLogger("companion.live.socketio")
    quiet.setLevel(logging.ERROR)
    socketio = SocketIO(
        app, async_mode="gevent", async_handlers=False, manage_session=False, serializer="msgpack",
        cors_allowed_origins=[origin(config.current().base_url)], http_compression=False,
        logger=quiet, engineio_logger=quiet,
        max_http_buffer_size=2 * MAX_MESSAGE,  # polling sends bytes as base64; the WebSocket layer has its own limit
    )  # fmt: skip
    websocket.install(socketio.server.eio)
    app.extensions["live"] = Live(socketio)
    app.register_blueprint(door)
    return socketio


def origin(base_url: str) -> str:
    """The only `Origin` that a browser may come with."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def begin(app: Flask) -> None:
    """Start the keeper and the greenlets. Called once in the process that serves, from its main thread."""
    live: Live = app.extensions["live"]
    keep_agenda.keeper()
    loops = (live.scribe.run, live.errands.run, live.doorkeeper.run, live.errands.look_for_rest)
    live.at_work = [gevent.spawn(each) for each in loops]
    if live.nodes:
        live.nodes.begin()


def end(app: Flask) -> None:
    """Commit what was written, tell every tab to come back, end what `begin` began. Takes a few seconds at most."""
    live: Live = app.extensions["live"]
    live.house.is_closing = True
    with gevent.Timeout(FAREWELL, exception=False):  # type: ignore[arg-type] # gevent's word for "end quietly"
        for room in list(live.house.rooms.values()):
            live.scribe.hold(room)
    for line_id in list(live.house.wire.sockets):
        live.house.hang_up(line_id)  # to a browser that is a dropped line: it connects again by itself
    live.errands.finish()
    if live.nodes:
        live.nodes.end()
    _scribe, errands, *_others = live.at_work
    errands.join(FAREWELL)
    gevent.killall(live.at_work)
    keep_agenda.stop_keeper()
