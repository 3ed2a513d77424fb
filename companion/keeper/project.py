"""The page: a document as plain values, for the record, the letters and the page without JavaScript.

What the shape doesn't know, and what came half (an item whose owner is missing), is left out. Lists are sorted by rank,
then id. {"talking_points": [{"id", …fields, "notes": [{"id", …}]}], "action_items": [{"id", …}],
"run": {"now", "since_ms", …}, "takeaway_mentor": "…", "takeaway_mentee": "…"}
"""

import json
from collections.abc import Mapping

from companion.keeper.shape import ROOTS, Entries, Fields, Spec, Value, Words

Raw = object  # what JSON gives
NOTHING = object()  # None is a value that fields may have


def page(read: Mapping[str, str]) -> dict[str, object]:
    """The plain values of a document's roots, as `yrs.Document.read` gives them."""
    roots = ((name, _root(spec, read[name])) for name, spec in ROOTS.items())
    return {name: value for name, value in roots if value is not NOTHING}


def _root(spec: Spec, read: str) -> object:
    return _project(spec, read if isinstance(spec, Words) else json.loads(read))


def _project(spec: Spec, raw: Raw) -> object:
    """`raw` as `spec` wants it, or NOTHING."""
    if isinstance(spec, Words):
        return _words(raw) if isinstance(raw, str) else NOTHING
    if isinstance(spec, Value):
        return _value(spec, raw)
    if not isinstance(raw, dict):
        return NOTHING
    fields = _fields(spec, raw) if isinstance(spec, Fields) else _entries(spec, raw)
    return NOTHING if fields is None else fields


def _value(spec: Value, raw: Raw) -> object:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | None) or not spec.fits(raw):
        return NOTHING
    if isinstance(raw, float):
        return int(raw)
    return _words(raw) if isinstance(raw, str) else raw


def _fields(spec: Fields, raw: dict[str, Raw]) -> dict[str, object] | None:
    fields = {name: _project(each, raw.get(name)) for name, each in spec.fields.items()}
    return None if NOTHING in fields.values() else fields


def _entries(spec: Entries, raw: dict[str, Raw]) -> list[dict[str, object]]:
    read = ((key, _fields(spec.each, value)) for key, value in raw.items() if isinstance(value, dict))
    entries: list[dict[str, object]] = [{"id": key, **fields} for key, fields in read if fields is not None]
    return sorted(entries, key=lambda entry: (str(entry["rank"]), str(entry["id"])))


def _words(text: str) -> str:
    """Without control characters: PostgreSQL refuses NUL in text, XML in letters the others."""
    return text if text.isprintable() else "".join(c for c in text if c >= " " or c in "\n\t")
