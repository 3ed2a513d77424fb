"""A tab's line to the server, by the real wire, one message at a time."""

from typing import Any

import msgpack
import requests
import websocket

from tests.bench.people import Place
from tests.server import Address

NAMESPACE = "/agenda"
CONNECT, EVENT, ANSWER = 0, 2, 3
PATIENCE = 10.0  # seconds for an answer
BROKEN = (OSError, websocket.WebSocketException, requests.RequestException)
"""What a line raises when the server is gone, or not there yet."""


class Line:
    """One connection with a seat at the agenda. Everything here can raise one of BROKEN."""

    def __init__(self, server: Address, place: Place) -> None:
        head = {"Cookie": place.cookie, "Origin": server.url, "X-CSRF": place.csrf, "Accept": "application/json"}
        answer = requests.post(f"{server.url}/sessions/{place.session_id}/seat", headers=head, timeout=PATIENCE)
        answer.raise_for_status()
        address = (
            f"{server.url.replace('http', 'ws', 1)}/socket.io/?session={place.session_id}&EIO=4&transport=websocket"
        )
        self._socket = websocket.create_connection(address, timeout=PATIENCE, origin=server.url)
        self._socket.recv()  # engine.io's greeting
        self._send(type=CONNECT, data={"ticket": answer.json()["ticket"]})
        self._expect(CONNECT)

    def sync(self, state: bytes) -> dict[str, Any]:
        """What a tab in this state lacks, and the state of the server. For the beginning: passes over what it hears."""
        self._send(type=EVENT, data=["sync", state], id=0)
        return dict(self._expect(ANSWER)["data"][0])

    def edit(self, update: bytes) -> None:
        self._send(type=EVENT, data=["edit", update])

    def ask(self, state: bytes) -> None:
        """A sync whose answer is not waited for."""
        self._send(type=EVENT, data=["sync", state], id=1)

    def move(self, state: object) -> None:
        self._send(type=EVENT, data=["presence", state])

    def say(self, packet: bytes) -> None:
        self._socket.send_binary(packet)

    def hear(self, seconds: float) -> tuple[str, Any] | None:
        """The next event, if one comes in time."""
        self._socket.settimeout(seconds)
        try:
            packet = self._receive()
        except websocket.WebSocketTimeoutException:
            return None
        finally:
            self._socket.settimeout(PATIENCE)
        return (packet["data"][0], packet["data"][1]) if packet["type"] == EVENT else None

    def close(self) -> None:
        self._socket.shutdown()

    def _send(self, **packet: object) -> None:
        self._socket.send_binary(msgpack.packb({"nsp": NAMESPACE, **packet}))

    def _receive(self) -> dict[str, Any]:
        while not isinstance(said := self._socket.recv(), bytes):
            if said != "2":
                raise websocket.WebSocketConnectionClosedException(said)
            self._socket.send("3")  # a heartbeat
        return dict(msgpack.unpackb(said))

    def _expect(self, kind: int) -> dict[str, Any]:
        while (packet := self._receive())["type"] != kind:
            pass
        return packet
