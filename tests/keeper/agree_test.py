"""`make soak` tries a hundred thousand."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from companion.keeper import Keeper
from tests.histories.agree import stories


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    keeper = Keeper(lambda _doc: [])
    keeper.start()
    yield keeper
    keeper.stop()


def test_browser_and_server_read_the_same_from_whatever_people_write_at_once(keeper: Keeper) -> None:
    assert [trouble for story in stories(400, seed=1) if (trouble := story.trouble(keeper))] == []


def test_an_edit_left_out_is_found_out(keeper: Keeper) -> None:
    told = [replace(story, log=story.log[:-1]) for story in stories(20, seed=1)]
    assert sum(bool(story.trouble(keeper)) for story in told) > 10
