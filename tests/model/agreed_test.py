"""The hash of a wording: what both agree to, and the same in browsers, which `wording.test.js` sees to."""

import json
from datetime import date
from pathlib import Path

import pytest

from companion.model.agreed import LONGEST, wording
from companion.model.mentorships import Role

SAID = json.loads(Path(__file__).with_name("wordings.json").read_text())
FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize("said", SAID, ids=range(len(SAID)))
def test_a_wording_has_the_hash_that_browsers_give_it(said):
    due = date.fromisoformat(said["due"]) if said["due"] else None
    assert wording(said["text"], Role(said["owner"]), due) == said["hash"]


def test_space_makes_no_other_wording():
    assert wording(" Send \n the CV", Role.MENTEE, FRIDAY) == wording("Send the CV", Role.MENTEE, FRIDAY)


def test_who_what_and_until_when_each_make_another_wording():
    said = {wording(*each) for each in (
        ("Send the CV", Role.MENTEE, FRIDAY), ("Send a CV", Role.MENTEE, FRIDAY),
        ("Send the CV", Role.MENTOR, FRIDAY), ("Send the CV", Role.MENTEE, None),
    )}  # fmt: skip
    assert len(said) == 4


def test_what_is_cut_off_when_the_session_closes_belongs_to_no_wording():
    assert wording("a" * LONGEST + "b", Role.MENTEE, None) == wording("a" * LONGEST, Role.MENTEE, None)
