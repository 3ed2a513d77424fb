"""Google's own descriptions of its APIs, and what of an exchange with the simulator differs from them.

They come with google-api-python-client and are read as they are: nothing here is copied from them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import googleapiclient

from tests.simulators.server import Exchange

NAMES = ("meet.v2", "workspaceevents.v1", "calendar.v3", "oauth2.v2")
TYPES = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "integer": int,
    "any": object,
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
FORMATS = {
    "google-datetime": TIME,
    "google-duration": re.compile(r"-?\d+(\.\d{1,9})?s"),
    "google-fieldmask": re.compile(r"[\w.]+(,[\w.]+)*"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
}


@cache
def described(name: str) -> Mapping[str, Any]:
    """One API, as Google describes it."""
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    return json.loads((folder / f"{name}.json").read_text())


@dataclass(frozen=True)
class Method:
    """One method of an API."""

    api: str
    said: Mapping[str, Any]

    def takes(self, operation: str) -> bool:
        return self._pattern.fullmatch(operation) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        path = described(self.api)["servicePath"] + self.said.get("flatPath", self.said["path"])
        names = re.sub(r"\\\{[^}]*\\\}", "[^/:]+", re.escape(path))
        return re.compile(f"{self.said['httpMethod']} /{names}")

    def wrong_in(self, query: str) -> list[str]:
        """What may not be asked, or should have been."""
        said = dict(parse_qsl(query, keep_blank_values=True))
        known = {**described(self.api)["parameters"], **self.said.get("parameters", {})}
        wanted = {name for name, each in known.items() if each.get("required") and each["location"] == "query"}
        missing = [f"{name} is missing" for name in wanted - set(said)]
        unknown = [f"{name} can't be asked" for name in said if known.get(name, {}).get("location") != "query"]
        return (
            missing + unknown + [fault for name in set(said) & set(known) for fault in _text(said[name], known[name])]
        )

    def wrong_sent(self, body: bytes) -> list[str]:
        if "request" not in self.said:
            return ["nothing is to be sent"] if body else []
        value = json.loads(body or b"{}")
        return list(self._differs(value, self.said["request"], sent=True)) + self._missing(value)

    def wrong_answered(self, body: bytes) -> list[str]:
        if "response" not in self.said:
            return ["nothing is to be answered"] if body else []
        value = json.loads(body)
        return list(self._differs(value, self.said["response"], sent=False)) + list(self._differs_inside(value))

    def _differs_inside(self, value: Any) -> Iterator[str]:
        """An operation carries its outcome as anything at all, and names the schema that it has."""
        outcome = dict(value.get("response", {})) if "done" in value else {}
        kind = outcome.pop("@type", "").rpartition(".")[2]
        if kind:
            yield from self._differs(outcome, {"$ref": kind}, sent=False)

    def _missing(self, value: Mapping[str, Any]) -> list[str]:
        fields = described(self.api)["schemas"][self.said["request"]["$ref"]].get("properties", {})
        wanted = (
            name for name, each in fields.items() if self.said["id"] in each.get("annotations", {}).get("required", ())
        )
        return [f"{name} is missing" for name in wanted if name not in value]

    def _differs(self, value: Any, schema: Mapping[str, Any], *, sent: bool) -> Iterator[str]:
        """Where it is not of its schema; what is sent may not set what is read-only."""
        if "$ref" in schema:
            schema = described(self.api)["schemas"][schema["$ref"]]
        kind: Any = TYPES[schema["type"]]
        is_flag = isinstance(value, bool) and schema["type"] not in {"boolean", "any"}
        if is_flag or not isinstance(value, kind):
            yield f"{value!r} is no {schema['type']}"
            return
        if isinstance(value, str):
            yield from _text(value, schema)
        for each in value if schema["type"] == "array" else ():
            yield from self._differs(each, schema["items"], sent=sent)
        for name, inner in value.items() if isinstance(value, dict) and schema["type"] != "any" else ():
            known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if known is None or (sent and known.get("readOnly")):
                yield f"{name} can't be said here"
            else:
                yield from self._differs(inner, known, sent=sent)


@cache
def methods() -> tuple[Method, ...]:
    """All methods of the four."""
    return tuple(Method(name, said) for name in NAMES for said in _all(described(name)["resources"]))


def found(operation: str) -> list[Method]:
    """The one that an operation ("POST /v2/spaces") is; none where it belongs to none of these APIs."""
    return [each for each in methods() if each.takes(operation)][:1]


def method(operation: str) -> Mapping[str, Any]:
    """What Google says of it."""
    return found(operation)[0].said


def wrong(exchange: Exchange) -> list[str]:
    """What Google's descriptions have against it: the answer, and, where that is a good one, what was asked."""
    is_one = found(exchange.operation)
    if is_one and exchange.status >= 400:
        return _wrong_error(exchange)
    faults = (
        fault
        for each in is_one
        for fault in (
            *each.wrong_in(exchange.query),
            *each.wrong_sent(exchange.sent),
            *each.wrong_answered(exchange.answer),
        )
    )
    return [f"{exchange.operation}: {fault}" for fault in faults]


def _all(resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in resources.values():
        yield from each.get("methods", {}).values()
        yield from _all(each.get("resources", {}))


def _text(value: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is none of {schema['enum']}"
    form = FORMATS.get(schema.get("format", ""))
    if form and schema["type"] == "string" and not form.fullmatch(value):
        yield f"{value!r} is no {schema['format']}"
    if schema["type"] == "boolean" and value not in {"true", "false"} and isinstance(value, str):
        yield f"{value!r} is no boolean"
    if schema["type"] == "integer" and not value.isdecimal():
        yield f"{value!r} is no number"
    if (
        not int(schema.get("minimum", 0))
        <= int(value if value.isdecimal() else 0)
        <= int(schema.get("maximum", 10**30))
    ):
        yield f"{value!r} is out of bounds"


def _wrong_error(exchange: Exchange) -> list[str]:
    error = json.loads(exchange.answer)["error"]
    is_right = error["code"] == exchange.status and isinstance(error["message"], str)
    return [] if is_right else [f"{exchange.operation}: {error} is no error of Google's"]
