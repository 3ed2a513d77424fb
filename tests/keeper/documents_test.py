"""The open documents of a keeper process: kept while used, read a while after an edit."""

import gc
import os
from collections.abc import Iterator

import pytest

from companion.keeper.documents import MOST_OPEN, MOST_OPEN_BYTES, READ_AFTER, Documents, Unreadable
from companion.keeper.progress import Progress, Stage
from companion.keeper.values import Verdict
from tests.keeper.conftest import REFUSED, STORIES
from tests.keeper.craft import CLIENT, edit, text
from tests.waiting import until


@pytest.fixture
def progress() -> Iterator[Progress]:
    file = Progress.new_file()
    progress = Progress(file)
    yield progress
    progress.close()
    os.close(file)


def test_an_edited_document_is_read_once_a_while_later(progress: Progress) -> None:
    documents = Documents(progress)
    documents.open(7, [])
    assert documents.read_due() is None
    documents.check(7, edit(text("a")))
    documents.check(7, edit(text("b", 1, origin=(CLIENT, 0))))
    assert 0 < (documents.read_due() or 0) <= READ_AFTER
    steps = progress.mark().steps
    until(lambda: documents.read_due() is None)
    assert progress.mark() == (steps + 2, Stage.idle, 0)


def test_documents_that_nobody_used_for_long_are_closed(progress: Progress) -> None:
    documents = Documents(progress)
    for number in range(MOST_OPEN + 2):
        documents.open(number, [])
    documents.check(0, edit(text("a")))
    assert documents.evict() == [1, 2]
    assert documents.evict() == []


def test_big_documents_are_closed_sooner(progress: Progress) -> None:
    documents = Documents(progress)
    big = [edit(text("x" * 1_000_000))]
    for number in range(40):
        documents.open(number, big)
    assert documents.evict() == list(range(40 - MOST_OPEN_BYTES // len(big[0])))


def test_rows_that_never_passed_the_gate_cannot_be_opened(progress: Progress) -> None:
    documents = Documents(progress)
    documents.open(1, [b"garbage"])
    documents.open(2, [edit(text("!", 5, origin=(CLIENT, 4)))])
    documents.open(3, [edit(text("!"))])
    assert documents.take_unreadable() == [1, 2]
    assert documents.take_unreadable() == []
    assert documents.check(2, edit(text("a"))) is Verdict.missing


def test_a_long_agenda_is_read_at_once_and_edited_when_its_past_is_known(progress: Progress) -> None:
    documents = Documents(progress)
    documents.open(1, long_past(20_000))
    answer = documents.answer(1, b"\0")
    assert answer and len(answer.update) > 20_000
    late = edit(text("!", 20_000, origin=(CLIENT, 19_999)))
    assert documents.check(1, late) is Verdict.busy
    assert documents.answer(1, answer.state) is None
    until(lambda: documents.work() is None)
    assert documents.check(1, late) is Verdict.ok
    assert documents.answer(1, answer.state)


def test_a_long_agenda_that_proves_unreadable_later_is_closed(progress: Progress) -> None:
    documents = Documents(progress)
    documents.open(1, [*long_past(20_000), edit(text("!", 90_000, origin=(CLIENT, 80_000)))])
    assert documents.answer(1, b"\0")
    until(lambda: documents.take_unreadable() == [1] or documents.work())
    with pytest.raises(Unreadable):
        documents.answer(1, b"\0")


def long_past(letters: int) -> list[bytes]:
    """So many edits of a letter each."""
    first = edit(text("x"))
    return [first, *(edit(text("x", at, origin=(CLIENT, at - 1))) for at in range(1, letters))]


def test_nothing_is_left_for_the_collector_of_cycles_which_is_off(progress: Progress) -> None:
    documents = Documents(progress)
    gc.collect()
    gc.disable()
    try:
        for number, story in enumerate(STORIES.values()):
            documents.open(number, [])
            for each in (story.edits[-1], *REFUSED.values(), *story.edits, b"\1"):
                documents.check(number, each)
            documents.fold(story.edits)
        documents.drop(range(len(STORIES)))
        assert gc.collect() == 0
    finally:
        gc.enable()
