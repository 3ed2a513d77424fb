"""Mutants at gate and keeper. Ten million of them in `make soak`; see tests/soak/mutants.py."""

from collections.abc import Iterator

import pytest

from tests.keeper.rounds import Browser, Fuzz

SEED = "one of many"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running


def test_no_mutant_ends_or_holds_up_the_keeper_and_what_passes_reads_alike_in_browsers(browser: Browser) -> None:
    count = Fuzz(SEED, browser).run(20_000)
    assert count.wrong == []
    assert count.verdicts["ok"] > 1_000
    assert count.verdicts["bad"] > 1_000


def test_a_keeper_that_ends_is_noticed(browser: Browser) -> None:
    assert Fuzz(SEED, browser, plant="death").run(300).wrong == ["1 keeper processes ended"]


def test_words_that_a_browser_reads_otherwise_are_noticed(browser: Browser) -> None:
    (found,) = Fuzz("3", browser, plant="words").run(300).wrong
    assert "reads differently" in found
