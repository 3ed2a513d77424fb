"""What may join a document, and what may not."""

import pytest

from companion.keeper.gate import Gate, TooBig
from companion.keeper.ledger import Missing
from companion.keeper.shape import ROOTS, Entries, Words
from companion.keeper.updates import Content, Malformed, Struct, TypeRef, read_update
from tests.keeper.conftest import REFUSED, STORIES, Story
from tests.keeper.craft import CLIENT, edit, text

POINT = Struct(Content.type, 0, 1, parent="talking_points", key="aaaaaaaaaaaa", value=TypeRef.map)
TITLE = Struct(Content.type, 1, 1, parent=(CLIENT, 0), key="title", value=TypeRef.text)
RANK = Struct(Content.any, 2, 1, parent=(CLIENT, 0), key="rank", value=["a0"])
WORDS = text("Hello", 3, parent=(CLIENT, 1))


@pytest.fixture
def gate() -> Gate:
    """Of a document with one talking point: its rank, and a title of five letters at clocks 3 to 7."""
    gate = Gate()
    gate.admit(read_update(edit(POINT, TITLE, RANK, WORDS)))
    return gate


def test_what_browsers_write_is_admitted(story: Story) -> None:
    gate = Gate()
    for update in story.edits:
        gate.admit(read_update(update))


def test_what_is_here_already_is_admitted_again(story: Story) -> None:
    gate = Gate()
    for update in (*story.edits, *story.edits, story.full):
        gate.admit(read_update(update))


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_shape_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        Gate().admit(read_update(REFUSED[name]))


@pytest.mark.parametrize("left_out", [1, 5, 20])
def test_an_edit_that_builds_on_something_unknown_is_missing_it(left_out: int) -> None:
    gate = Gate()
    edits = STORIES["typing"].edits
    for update in edits[: left_out - 1]:
        gate.admit(read_update(update))
    with pytest.raises(Missing):
        gate.admit(read_update(edits[left_out]))


@pytest.mark.parametrize(
    "update",
    [
        edit(text("x", 9, origin=(CLIENT, 7))),
        edit(Struct(Content.skip, 8, 2), text("x", 10, origin=(CLIENT, 7))),
        edit(Struct(Content.skip, 3, 2)),
        edit(Struct(Content.skip, 3, 5), text("x", 8, origin=(CLIENT, 7))),
        edit(text("x", origin=(5, 0)), client=6),
        edit(text("x", parent=(5, 0)), client=6),
        edit(deletions=[(7, 9)]),
        edit(text("x"), client=6, deletions=[(1, 2)]),
    ],
    ids=[
        "a gap",
        "a marked gap",
        "a gap where something is",
        "the same and more",
        "an unknown neighbour",
        "an unknown parent",
        "a deletion ahead",
        "one of its own",
    ],
)
def test_nothing_is_left_pending(gate: Gate, update: bytes) -> None:
    with pytest.raises(Missing):
        gate.admit(read_update(update))


@pytest.mark.parametrize(
    "struct",
    [
        text("x", 8, origin=(CLIENT, 0)),
        text("x", 8, origin=(CLIENT, 2)),
        text("x", 8, origin=(CLIENT, 7), right=(CLIENT, 2)),
        text("x", 8, origin=(CLIENT, 5), right=(CLIENT, 5)),
        text("x", 8, origin=(CLIENT, 8)),
        text("xy", 8, right=(CLIENT, 9)),
        text("x", 8, parent=(CLIENT, 3)),
        text("x", 8, parent=(CLIENT, 2)),
        text("x", 8, parent=(CLIENT, 0)),
        text("x", 8, parent=(CLIENT, 1), key="title"),
        text("x", 8, parent=(CLIENT, 0), key="rank"),
        text("x", 8, parent=(CLIENT, 0), key="title"),
        text("Hello you", 3, parent="takeaway_mentor"),
        RANK._replace(clock=8, parent=(CLIENT, 1), key=None),
        RANK._replace(clock=8, parent=None, key=None, right=(CLIENT, 2)),
        RANK._replace(clock=8, parent=(CLIENT, 0), key="colour"),
        TITLE._replace(clock=8, parent=(CLIENT, 0), key="notes"),
        POINT._replace(clock=8, key="short"),
        POINT._replace(clock=8, key="__proto__"),
        POINT._replace(clock=8, value=TypeRef.text),
    ],
)
def test_content_in_the_wrong_place_is_refused(gate: Gate, struct: Struct) -> None:
    with pytest.raises(Malformed):
        gate.admit(read_update(edit(struct)))


def test_a_refused_edit_leaves_no_trace(gate: Gate) -> None:
    wrong = edit(
        text("!", 8, origin=(CLIENT, 7)), POINT._replace(clock=9, key="bbbbbbbbbbbb"), RANK._replace(clock=10, key="x")
    )
    with pytest.raises(Malformed):
        gate.admit(read_update(wrong))
    gate.admit(read_update(edit(text("?", 8, origin=(CLIENT, 7)))))
    with pytest.raises(Missing):
        gate.admit(read_update(edit(RANK._replace(clock=11, parent=(CLIENT, 9)))))


@pytest.mark.parametrize(
    "update",
    [
        edit(text("x", origin=(CLIENT, 1)), client=6),
        edit(text("x", right=(CLIENT, 2)), client=6),
        edit(deletions=[(0, 2)]),
        edit(deletions=[(2, 4)]),
    ],
    ids=["after the first half", "before the second half", "up to the middle", "from the middle"],
)
def test_nothing_cuts_an_emoji_in_two(update: bytes) -> None:
    gate = Gate()
    gate.admit(read_update(edit(text("a😀b"))))
    with pytest.raises(Malformed):
        gate.admit(read_update(update))


def test_an_edit_cannot_go_on_from_the_middle_of_an_emoji() -> None:
    gate = Gate()
    gate.admit(read_update(edit(text("ab"))))
    with pytest.raises(Malformed):
        gate.admit(read_update(edit(text("a😀"))))


def test_what_is_put_into_something_collected_is_let_through() -> None:
    gate = Gate()
    gate.admit(read_update(edit(Struct(Content.gc, 0, 5))))
    gate.admit(read_update(edit(text("late", 5, parent=(CLIENT, 2)), RANK._replace(clock=9, parent=(CLIENT, 0)))))


def test_a_text_takes_no_more_than_its_share() -> None:
    spec = ROOTS["takeaway_mentor"]
    assert isinstance(spec, Words)
    gate = Gate()
    gate.admit(read_update(edit(text("x" * spec.most))))
    with pytest.raises(TooBig):
        gate.admit(read_update(edit(text("x", spec.most, origin=(CLIENT, 0)))))
    gate.admit(read_update(edit(deletions=[(0, 9)])))


def test_a_list_takes_no_more_than_its_share() -> None:
    spec = ROOTS["talking_points"]
    assert isinstance(spec, Entries)
    gate = Gate()
    points = [POINT._replace(clock=at, key=f"point{at:07}") for at in range(spec.most + 1)]
    gate.admit(read_update(edit(*points[:-1])))
    with pytest.raises(TooBig):
        gate.admit(read_update(edit(points[-1])))


def test_clients_may_depend_on_each_other_in_any_order() -> None:
    sections = {
        9: [text("c", 0, origin=(5, 0)), text("e", 1, origin=(5, 1))],
        5: [text("b", 0, origin=(7, 0)), text("d", 1, origin=(9, 0))],
        7: [text("a")],
    }
    whole = b"\3" + b"".join(edit(*structs, client=client)[1:-1] for client, structs in sections.items()) + b"\0"
    Gate().admit(read_update(whole))
