"""What engineio and `websockets` must go on doing for `companion/live/websocket.py`, shown on a real line."""

import socket
import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket as client

from companion.live.websocket import MAX_MESSAGE
from tests.live.serving import gunicorn

PATH = "/engine.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
Line = client.WebSocket
Dial = Callable[..., Line]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with gunicorn("tests.live.echo:app") as port:
        yield port


@pytest.fixture
def dial(port: int) -> Iterator[Dial]:
    """Open a line and take engineio's greeting off it."""
    lines = []

    def dial_now(**options: Any) -> Line:
        line = client.create_connection(f"ws://127.0.0.1:{port}{PATH}", timeout=5, suppress_origin=True, **options)
        lines.append(line)
        assert str(line.recv()).startswith("0{")
        return line

    yield dial_now
    for line in lines:
        line.shutdown()


def raw_answer(port: int, **headers: str) -> str:
    """The head of the response to an upgrade with these headers."""
    lines = [f"GET {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in (UPGRADE | headers).items())]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        return line.recv(4096).split(b"\r\n\r\n")[0].decode()


def frame(head: int, payload: bytes, length: int | None = None) -> bytes:
    """A masked client frame whose header may claim another length than the payload has."""
    length = len(payload) if length is None else length
    assert length >= 65536 or length < 126
    size = bytes([0x80 | length]) if length < 126 else b"\xff" + struct.pack(">Q", length)
    return bytes([head]) + size + bytes(4) + payload


def send_raw(line: Line, data: bytes) -> None:
    assert line.sock is not None
    line.sock.sendall(data)


def receive_all(line: Line, most: int) -> None:
    """Read until the line ends; it may not give more than that."""
    received = 0
    while received < most:
        received += len(line.recv())


def close_code(line: Line) -> int:
    opcode, data = line.recv_data()
    assert opcode == client.ABNF.OPCODE_CLOSE
    return int.from_bytes(data[:2])


@pytest.mark.parametrize("message", ["4hello", "4žluťoučký 🐎"])
def test_text_comes_back_as_it_went(dial: Dial, message: str) -> None:
    line = dial()
    line.send(message)
    assert line.recv() == message


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 256 * 1024])
def test_bytes_of_every_length_form_come_back_as_they_went(dial: Dial, size: int) -> None:
    line = dial()
    line.send_binary(bytes(i & 255 for i in range(size)))
    assert line.recv() == bytes(i & 255 for i in range(size))


def test_a_message_in_fragments_with_a_ping_between_arrives_as_one(dial: Dial) -> None:
    line = dial()
    send_raw(line, frame(0x02, b"one ") + frame(0x00, b"") + frame(0x89, b"there?") + frame(0x80, b"message"))
    assert line.recv_data(control_frame=True) == (client.ABNF.OPCODE_PONG, b"there?")
    assert line.recv() == b"one message"


def test_compression_is_never_agreed_to(port: int) -> None:
    answer = raw_answer(port, **{"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"})
    assert answer.startswith("HTTP/1.1 101")
    assert "extensions" not in answer.lower()


def test_a_compressed_frame_ends_the_line(dial: Dial) -> None:
    line = dial()
    send_raw(line, frame(0xC2, b"deflated"))
    assert close_code(line) == client.STATUS_PROTOCOL_ERROR


def test_a_message_that_is_too_large_is_refused_from_its_header(dial: Dial) -> None:
    line = dial()
    send_raw(line, frame(0x82, b"", length=MAX_MESSAGE + 1))  # not one byte of it follows
    assert close_code(line) == client.STATUS_MESSAGE_TOO_BIG


def test_fragments_that_are_too_large_together_are_refused(dial: Dial) -> None:
    line = dial()
    send_raw(line, frame(0x02, bytes(200_000)) + frame(0x00, b"", length=200_000))
    assert close_code(line) == client.STATUS_MESSAGE_TOO_BIG


def test_text_that_is_no_text_ends_the_line(dial: Dial) -> None:
    line = dial()
    send_raw(line, frame(0x81, b"4\xff\xfe"))
    assert close_code(line) == client.STATUS_INVALID_PAYLOAD


def test_an_unmasked_frame_ends_the_line(dial: Dial) -> None:
    line = dial()
    send_raw(line, b"\x82\x01a")
    assert close_code(line) == client.STATUS_PROTOCOL_ERROR


@pytest.mark.parametrize("header", [{"Sec-WebSocket-Version": "12"}, {"Sec-WebSocket-Key": "short"}])
def test_a_wrong_handshake_is_answered_and_not_opened(port: int, header: dict[str, str]) -> None:
    assert raw_answer(port, **header).startswith("HTTP/1.1 4")


def test_a_foreign_origin_is_refused(port: int) -> None:
    assert raw_answer(port, Origin="https://evil.test").startswith("HTTP/1.1 400")


def test_our_own_origin_is_let_in(port: int) -> None:
    assert raw_answer(port, Origin="https://alongside.test").startswith("HTTP/1.1 101")


def test_a_close_is_answered(dial: Dial) -> None:
    line = dial()
    line.send_close(client.STATUS_NORMAL)
    assert close_code(line) == client.STATUS_NORMAL


def test_engineio_can_end_the_line(dial: Dial) -> None:
    line = dial()
    line.send("4leave")
    assert line.recv() == "1"
    assert close_code(line) == client.STATUS_NORMAL


def test_a_slow_reader_on_small_segments_gets_a_megabyte_whole(dial: Dial) -> None:
    # Loopback takes 64 KB at a time and hides partial sends: segments as on Ethernet and a small window show them.
    narrow = [(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400), (socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)]
    line = dial(sockopt=narrow)
    line.send("4send me 1000000")
    line.send("4and then this")
    assert line.recv() == b"z" * 1_000_000
    assert line.recv() == "4and then this"


def test_who_never_reads_is_cut_off(dial: Dial) -> None:
    line = dial(sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)])
    for _ in range(20):
        line.send("4send me 1000000")
    with pytest.raises((OSError, client.WebSocketException)):
        receive_all(line, 20_000_000)
