"""What tabs say of themselves, held against what a client of ours would say."""

import re
from typing import Any

LONGEST_FIELD = 120
MOST_ITEMS = 500

is_item = re.compile(r"[0-9A-Za-z]{10,64}").fullmatch
is_wording = re.compile(r"[0-9a-f]{64}").fullmatch


def as_presence(said: object) -> dict[str, Any] | None:
    """The three things a tab says of itself, or nothing if that is not what it said."""
    if not isinstance(said, dict):
        return None
    field, caret, typing = said.get("field"), said.get("caret"), said.get("typing", False)
    field_ok = field is None or (isinstance(field, str) and len(field) <= LONGEST_FIELD)
    caret_ok = caret is None or (type(caret) is int and 0 <= caret < 2**31)
    if not field_ok or not caret_ok or not isinstance(typing, bool):
        return None
    return {"field": field, "caret": caret, "typing": typing}


def as_wordings(said: object) -> dict[str, str] | None:
    """Hashes by the ids of their items, or nothing if that is not what was said."""
    if not isinstance(said, dict) or len(said) > MOST_ITEMS:
        return None
    fits = all(isinstance(each, str) and is_item(each) for each in said) and all(
        isinstance(each, str) and is_wording(each) for each in said.values()
    )
    return said if fits else None
