"""Only whole, plain, well-formed updates are read."""

import pytest

from companion.keeper.updates import Malformed, Range, read_state, read_update
from tests.keeper.conftest import REFUSED, Story
from tests.keeper.craft import edit, string, text, uint, written

HELLO = edit(text("hello"))
ONE_ITEM = b"\1\1" + uint(77) + b"\0"  # one client, one struct, client 77, from clock 0


def test_what_is_read_can_be_written_again(story: Story) -> None:
    for update in story.edits:
        assert read_update(written(read_update(update))) == read_update(update)


def test_deletions_are_read_as_ranges() -> None:
    assert read_update(edit(deletions=[(0, 2), (5, 9)])).deletions == [Range(77, 0, 2), Range(77, 5, 9)]


@pytest.mark.parametrize("size", range(len(HELLO)))
def test_an_update_that_is_cut_short_is_malformed(size: int) -> None:
    with pytest.raises(Malformed):
        read_update(HELLO[:size])


@pytest.mark.parametrize(
    "data",
    [
        HELLO + b"\0",
        b"\xff" * 9 + b"\1",
        b"\x80" * 200,
        b"\x81\x00\x00",
        uint(1 << 32) + b"\0",
        b"\1" + uint(1 << 32) + b"\1\0",
        b"\1\1" + uint(1 << 53) + b"\0" + HELLO[5:],
        b"\1\1\1" + uint(1 << 40) + HELLO[5:],
        ONE_ITEM + b"\4\1" + string("takeaway_mentor") + b"\0\0",
        ONE_ITEM + b"\4\1" + string("takeaway_mentor") + b"\2\xff\xfe\0",
        ONE_ITEM + b"\4\1" + string("takeaway_mentor") + b"\3\xed\xa0\x80\0",
        ONE_ITEM + b"\0\0\0",
        ONE_ITEM + b"\0" + uint(1 << 31) + b"\0",
        ONE_ITEM + b"\1\1" + string("takeaway_mentor") + b"\0\0",
        ONE_ITEM + b"\x80\1\0",
        ONE_ITEM + b"\x1f\1\0",
        ONE_ITEM + b"\4\2" + string("takeaway_mentor") + b"\1x\0",
        b"\0\1\1\1\5\0",
        b"\0\1\1\2\5\1\4\1",
        b"\0\1\1\0",
        b"\0\2\1\1\5\1\1\1\7\1",
        b"\2" + (HELLO[1:-1] * 2) + b"\0",
    ],
    ids=[
        "bytes left over", "an endless number", "a number that never ends", "a number in more bytes than it needs",
        "4 billion clients", "4 billion structs", "a client beyond 53 bits", "a clock beyond reach",
        "an empty text", "no UTF-8", "half a surrogate pair", "an empty gap", "a gap beyond reach", "an empty deletion",
        "flags on a gap", "an unknown content", "a parent neither root nor item", "an empty range",
        "ranges out of order", "a client without ranges", "a client's ranges twice", "a client twice",
    ],
)  # fmt: skip
def test_what_no_browser_writes_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_update(data)


def test_nested_values_are_not_followed_however_deep() -> None:
    with pytest.raises(Malformed):
        read_update(ONE_ITEM + b"\x28\1\3run\3now\1" + b"\x75\1" * 120_000 + b"\x7e\0")


@pytest.mark.parametrize("kind", ["a subdocument", "a binary", "an object", "a list", "an embed", "bold text", "true"])
def test_contents_that_the_agenda_does_not_use_are_malformed(kind: str) -> None:
    with pytest.raises(Malformed):
        read_update(REFUSED[kind])


def test_a_state_vector_is_read_by_client() -> None:
    assert read_state(b"\2\5\1\7\x80\2") == {5: 1, 7: 256}


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\5", b"\0\0", b"\2\5\1\5\1", b"\1" + uint(1 << 53) + b"\1"])
def test_garbage_is_no_state_vector(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_state(data)
