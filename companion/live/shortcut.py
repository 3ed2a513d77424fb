"""Whole short messages taken off a WebSocket's bytes before the library sees them; everything else is the library's.

Nearly all that comes is one keystroke: an unfragmented, masked binary frame of less than 126 bytes. Taking such a frame
apart costs a tenth of what the library needs, and there is nothing in it to get wrong: the library gets every frame of
another kind, and every frame within a fragmented message, whole and in its place.
"""

from collections.abc import Iterator

from websockets.speedups import apply_mask

WHOLE_BINARY, MASKED = 0x82, 0x80
LONGER, LONGEST = 126, 127
"""In the place of a short length: two or eight bytes of length follow."""


class Shortcut:
    """One line's bytes, cut into short messages and what is for the library."""

    def __init__(self) -> None:
        self.passing = 0
        """Bytes still to come of a frame that the library has the beginning of."""
        self.begun = b""
        """The beginning of a frame's head."""
        self.in_fragments = False
        """Said by whoever listens to the library: a message is under way there."""

    def cut(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """In order: a short message's payload and True, or bytes for the library and False."""
        if self.begun:
            data, self.begun = self.begun + data, b""
        at, end = 0, len(data)
        while at < end:
            if self.passing:
                size = min(self.passing, end - at)
                self.passing -= size
                yield data[at : at + size], False
                at += size
            elif end - at < 2 or (size := _size(data, at)) == 0:
                self.begun = data[at:]
                return
            elif data[at] == WHOLE_BINARY and size < LONGER and at + size <= end and self._may_take(data[at + 1]):
                yield apply_mask(data[at + 6 : at + size], data[at + 2 : at + 6]), True
                at += size
            else:
                self.passing = size

    def _may_take(self, second: int) -> bool:
        return second & MASKED != 0 and not self.in_fragments


def _size(data: bytes, at: int) -> int:
    """Bytes of the whole frame that begins here, 0 if its head is not all there."""
    second = data[at + 1]
    length = second & 127
    head = 6 if second & MASKED else 2
    if length == LONGER:
        return head + 2 + int.from_bytes(data[at + 2 : at + 4]) if len(data) - at >= 4 else 0
    if length == LONGEST:
        return head + 8 + int.from_bytes(data[at + 2 : at + 10]) if len(data) - at >= 10 else 0
    return head + length
