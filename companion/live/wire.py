"""How things are said on the `/agenda` namespace: Socket.IO packets in msgpack."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgpack

from companion.live.websocket import frame_of

NAMESPACE = "/agenda"
EVENT = 2
KINDS = (0, 1, EVENT)  # connect, disconnect; a browser sends no other kind
EVENTS = {"sync", "edit", "presence", "agree"}


class Malformed(Exception):
    """Bytes that no client of ours sends."""


class Message:
    """One event, packed once however many seats it goes to."""

    def __init__(self, event: str, *arguments: Any) -> None:
        self.packet: bytes = msgpack.packb({"type": EVENT, "data": [event, *arguments], "nsp": NAMESPACE})

    @cached_property
    def frame(self) -> bytes:
        """The packet as a finished WebSocket frame."""
        return frame_of(self.packet)


def event_in(packet: object) -> Sequence[Any]:
    """Event name and arguments of a packet that wants no answer; nothing for any other kind. Raises Malformed."""
    said = _unpacked(packet)
    if said["type"] != EVENT:
        return ()
    data, answer_id = said.get("data"), said.get("id")
    # Named one by one: socketio would take an event called "connect" for the real thing.
    if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in EVENTS:
        raise Malformed("not one of our events")
    if answer_id is not None and not isinstance(answer_id, int):
        raise Malformed("not a number to answer to")
    return data if answer_id is None else ()


def _unpacked(packet: object) -> dict[str, Any]:
    if not isinstance(packet, bytes):
        raise Malformed("not msgpack")
    try:
        said = msgpack.unpackb(packet)
    except (ValueError, msgpack.UnpackException) as error:
        raise Malformed(str(error)) from error
    if not isinstance(said, dict) or said.get("nsp") != NAMESPACE or said.get("type") not in KINDS:
        raise Malformed("not a packet for " + NAMESPACE)
    return said
