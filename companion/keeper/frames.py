"""Messages between the web process and its keeper: a JSON header, then any number of byte strings.

On the wire: 4 bytes length of the rest, 4 bytes length of the header (both little endian), header, the bytes joined.
The header's "sizes" says where to cut them. Both ends are ours, so nothing here is checked against malice.
"""

import json
from collections.abc import Sequence
from typing import Any

Header = dict[str, Any]
Message = tuple[Header, list[bytes]]

_dump = json.JSONEncoder(separators=(",", ":")).encode


def pack(header: Header, blobs: Sequence[bytes] = ()) -> bytes:
    """One message, ready to send. `header` holds only what JSON knows."""
    head = _dump({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    size = 4 + len(head) + sum(map(len, blobs))
    return b"".join((size.to_bytes(4, "little"), len(head).to_bytes(4, "little"), head, *blobs))


class Inbox:
    """Gathers received chunks and hands out whole messages."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def put(self, chunk: bytes) -> None:
        self._bytes += chunk

    def take(self) -> Message | None:
        """The next message, or None if it isn't here in full."""
        have = self._bytes
        if len(have) < 4 or len(have) < (end := 4 + int.from_bytes(have[:4], "little")):
            return None
        at = 8 + int.from_bytes(have[4:8], "little")
        header: Header = json.loads(have[8:at])
        blobs = []
        for size in header.pop("sizes"):
            blobs.append(bytes(have[at : at + size]))
            at += size
        del have[:end]
        return header, blobs
