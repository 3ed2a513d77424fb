"""The shortcut past the WebSocket library gives exactly what the library alone would have given."""

import os
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import BINARY, CONT, PING, TEXT, Frame
from websockets.protocol import OPEN, SERVER, Protocol

from companion.live.shortcut import Shortcut

payloads = st.one_of(
    st.binary(max_size=140), st.sampled_from([b"", bytes(125), bytes(126), bytes(65_535), bytes(65_536)])
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames as a browser may send them: whole messages, messages in fragments, pings anywhere, rarely one unmasked."""
    sent = b""
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from([BINARY, BINARY, TEXT, PING]))
        parts = [draw(payloads) for _ in range(draw(st.integers(1, 3)) if kind is not PING else 1)]
        for number, whole in enumerate(parts):
            is_last = number == len(parts) - 1
            part = whole[:100] if kind is PING else whole
            mask = draw(st.integers(0, 50)) > 0
            sent += Frame(CONT if number else kind, part, is_last).serialize(mask=mask)
            if not is_last and draw(st.booleans()):
                sent += Frame(PING, b"still there?").serialize(mask=True)
    return sent


def heard_by_the_library(chunks: list[bytes], shortcut: Shortcut | None) -> list[tuple[int, bytes, bool]]:
    """Every frame that reaches us, by the library alone or with the shortcut before it, until the line is broken."""
    protocol = Protocol(SERVER, state=OPEN)
    heard: list[tuple[int, bytes, bool]] = []
    for chunk in chunks:
        for part, is_message in shortcut.cut(chunk) if shortcut else [(chunk, False)]:
            if is_message:
                if protocol.state is OPEN:
                    heard.append((BINARY, part, True))
                continue
            protocol.receive_data(part)
            for frame in protocol.events_received():
                assert isinstance(frame, Frame)
                heard.append((frame.opcode, bytes(frame.data), frame.fin))
                if shortcut and frame.opcode in (TEXT, BINARY, CONT):
                    shortcut.in_fragments = not frame.fin
    return heard


@given(streams(), st.lists(st.integers(1, 70_000), max_size=8))
def test_however_the_bytes_arrive_the_same_is_heard(stream: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    chunks = [stream[one:other] for one, other in pairwise(places)]
    assert heard_by_the_library(chunks, Shortcut()) == heard_by_the_library([stream], None)


def test_byte_by_byte_too() -> None:
    stream = b"".join(Frame(BINARY, os.urandom(size)).serialize(mask=True) for size in (0, 1, 125, 126, 300))
    chunks = [stream[at : at + 1] for at in range(len(stream))]
    assert heard_by_the_library(chunks, Shortcut()) == heard_by_the_library([stream], None)
