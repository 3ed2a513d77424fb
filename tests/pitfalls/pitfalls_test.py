import pytest

from tests.pitfalls.page import PAGE, page
from tests.pitfalls.table import PITFALLS
from tests.server import ROOT


@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda each: each.name)
def test_each_cure_stands_where_the_table_says_and_has_a_test(pitfall):
    assert (ROOT / pitfall.file).read_text().count(pitfall.cure) == 1
    assert pitfall.cure != pitfall.without
    assert pitfall.tests
    for test in pitfall.tests:
        file, name = test.split("::")
        assert f"\ndef {name.partition('[')[0]}(" in (ROOT / file).read_text()


def test_the_page_says_what_the_table_does():
    assert PAGE.read_text() == page()
