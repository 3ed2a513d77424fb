"""A document's roots become the page, whatever is in them."""

import json

from companion.keeper.project import page

EMPTY = {"talking_points": "{}", "action_items": "{}", "run": "{}", "takeaway_mentor": "", "takeaway_mentee": ""}
ITEM = {"rank": "a", "text": "Write", "owner": "mentee", "due": None, "done_at": None, "talking_point": None}
RUN = ("now", "since_ms", "closing", "put_off_until_ms", "more_minutes", "mentor_done_ms", "mentee_done_ms")
NOTHING_RUNS: dict[str, object] = dict.fromkeys(RUN)


def items(**entries: object) -> object:
    return page(EMPTY | {"action_items": json.dumps(entries)})["action_items"]


def test_an_empty_document_is_an_empty_page() -> None:
    assert page(EMPTY) == {
        "talking_points": [],
        "action_items": [],
        "run": NOTHING_RUNS,
        "takeaway_mentor": "",
        "takeaway_mentee": "",
    }


def test_entries_are_sorted_by_rank_then_id() -> None:
    listed = items(b=ITEM, a=ITEM, c=ITEM | {"rank": "Z"})
    assert [entry["id"] for entry in listed] == ["c", "a", "b"]  # type: ignore[attr-defined]


def test_a_field_that_may_be_empty_may_be_absent() -> None:
    assert items(a={name: value for name, value in ITEM.items() if value is not None}) == [{"id": "a"} | ITEM]


def test_unknown_fields_are_left_out() -> None:
    assert items(a=ITEM | {"colour": "red"}) == [{"id": "a"} | ITEM]


def test_entries_that_came_half_are_left_out() -> None:
    assert items(a={"rank": "a", "text": "Write"}, b=ITEM | {"owner": True}, c=3, d=ITEM | {"text": {}}) == []


def test_whole_numbers_that_javascript_wrote_as_floats_are_whole() -> None:
    assert page(EMPTY | {"run": '{"since_ms": 1.7953e12}'})["run"] == NOTHING_RUNS | {"since_ms": 1795300000000}


def test_control_characters_are_left_out() -> None:
    assert page(EMPTY | {"takeaway_mentor": "a\0b\nc\x1bd"})["takeaway_mentor"] == "ab\ncd"
