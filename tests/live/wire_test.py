import msgpack
import pytest

from companion.live.wire import Malformed, Message, event_in


def packet(**more: object) -> bytes:
    return bytes(msgpack.packb({"type": 2, "nsp": "/agenda", "data": ["edit", b"x"], **more}))


def test_an_event_is_read_as_name_and_arguments():
    assert event_in(packet()) == ["edit", b"x"]


@pytest.mark.parametrize("more", [{"type": 0}, {"type": 1}, {"id": 7}])
def test_what_socketio_has_to_answer_is_left_to_it(more):
    assert event_in(packet(**more)) == ()


@pytest.mark.parametrize(
    "said",
    [
        "4text",
        b"",
        b"\xc1",
        b"\xde\xff\xff",
        b"\x91" * 3000,
        packet()[:-1],
        packet() + b"\0",
        msgpack.packb(["a list"]),
        packet(nsp="/"),
        packet(nsp=None),
        packet(type=3),
        packet(type=5),
        packet(type="2"),
        packet(type=None),
        packet(data=None),
        packet(data=[]),
        packet(data=[b"edit"]),
        packet(data=["connect"]),
        packet(data=["disconnect"]),
        packet(id="7"),
        packet(id=[]),
    ],
)
def test_what_no_client_of_ours_sends_is_malformed(said):
    with pytest.raises(Malformed):
        event_in(said)


def test_a_message_is_the_packet_that_socketio_would_send():
    said = Message("saved", {"n": 2, "seq": 7})
    assert msgpack.unpackb(said.packet) == {"type": 2, "data": ["saved", {"n": 2, "seq": 7}], "nsp": "/agenda"}
    assert said.frame.endswith(said.packet)
    assert len(said.frame) == len(said.packet) + 2
