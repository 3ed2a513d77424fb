"""An agenda as plain values: a guest's text, read without ever failing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companion.model.agendas import Page
from companion.model.mentorships import Role

POINT = {"id": "p1", "title": "The portfolio", "raised_by": "mentor", "minutes": 15, "state": "done", "from": "item:17"}
NOTE = {"id": "n1", "by": "mentee", "text": "Lead with what broke"}
ITEM = {"id": "i1", "text": "Send CV", "owner": "mentee", "due": "2026-12-01", "done_at": "2026-11-24T15:00:00+00:00"}

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
    st.sampled_from(["done", "parked", "mentor", "2026-12-01", "2026-13-01", "item:17"]),
)  # fmt: skip
FIELDS = (
    "id", "title", "text", "raised_by", "owner", "minutes", "state", "from", "notes", "due", "done_at",
    "talking_points", "action_items", "takeaway_mentor", "takeaway_mentee", "run", "by",
)  # fmt: skip
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=8),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS), GARBAGE))
def test_whatever_a_guest_wrote_is_read_without_failing(said: dict[str, Any]) -> None:
    page = Page.read(said)
    assert all(point.id and point.title for point in page.talking_points if point.id)
    assert all(item.text and item.owner in Role for item in page.action_items)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS), GARBAGE), st.dictionaries(st.sampled_from(FIELDS), GARBAGE))
def test_strange_fields_of_a_row_leave_the_row(point: dict[str, Any], item: dict[str, Any]) -> None:
    said = {
        "talking_points": [{**point, "id": "p", "title": "Kept"}],
        "action_items": [{**item, "id": "i", "text": "Kept"}],
    }
    page = Page.read(said)
    assert [each.title for each in page.talking_points] == [each.text for each in page.action_items] == ["Kept"]


def test_a_whole_page_is_read_as_it_was_written() -> None:
    page = Page.read(
        {"talking_points": [{**POINT, "notes": [NOTE]}], "action_items": [ITEM], "takeaway_mentee": " I  am ready "}
    )
    (point,), (item,) = page.talking_points, page.action_items
    assert (point.title, point.raised_by, point.minutes, point.state, point.origin) == (
        "The portfolio", Role.MENTOR, 15, "done", "item:17",
    )  # fmt: skip
    assert [(note.by, note.text) for note in point.notes] == [(Role.MENTEE, "Lead with what broke")]
    assert (item.owner, item.due) == (Role.MENTEE, date(2026, 12, 1))
    assert item.done_at == datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert (page.takeaway(Role.MENTEE), page.takeaway(Role.MENTOR)) == ("I am ready", "")


@pytest.mark.parametrize("minutes", [0, -5, 601, "15", None, float("nan"), float("inf"), [15]])
def test_minutes_that_can_t_be_meant_are_left_out(minutes: object) -> None:
    assert Page.read({"talking_points": [{**POINT, "minutes": minutes}]}).talking_points[0].minutes is None


@pytest.mark.parametrize("due", ["2026-02-30", "soon", 20261201, "", None, ["2026-12-01"]])
def test_a_day_that_is_none_is_left_out(due: object) -> None:
    assert Page.read({"action_items": [{**ITEM, "due": due}]}).action_items[0].due is None


def test_a_time_without_its_zone_is_no_instant() -> None:
    assert Page.read({"action_items": [{**ITEM, "done_at": "2026-11-24T15:00:00"}]}).action_items[0].done_at is None


def test_what_has_no_words_is_not_there() -> None:
    empty = {"talking_points": [{**POINT, "title": " \n "}], "action_items": [{**ITEM, "text": ""}]}
    assert Page.read(empty) == Page()


def test_what_both_took_up_at_once_is_shown_once_with_the_notes_of_both() -> None:
    theirs = {**POINT, "id": "p0", "notes": [{**NOTE, "id": "n2", "text": "Who is it for?"}]}
    (point,) = Page.read({"talking_points": [{**POINT, "notes": [NOTE]}, theirs]}).talking_points
    assert point.id == "p0"
    assert [note.text for note in point.notes] == ["Lead with what broke", "Who is it for?"]
