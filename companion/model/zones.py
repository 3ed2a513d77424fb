"""Time zones as people choose them: cities, grouped by continent, under the names IANA prefers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from companion.model.moments import clock_words
from companion.model.sessions import place

DATA = resources.files("tzdata") / "zoneinfo"


@dataclass(frozen=True)
class Choice:
    """One zone in a list: `label` is "Nairobi, 16:42 now (UTC+3)", `was` what some browsers still call it."""

    zone: str
    label: str
    was: tuple[str, ...]


def canonical(name: str) -> str | None:
    """The zone to keep for a name that a browser may say ("Asia/Calcutta" is Asia/Kolkata); None for no zone."""
    if name in cities():
        return name
    if name not in available_timezones():
        return None
    return _links().get(name, name)


def choices(now: datetime, locale: str) -> Mapping[str, list[Choice]]:
    """Every city's zone by continent, with what its clock says now, as people of this locale write it."""
    found: dict[str, list[Choice]] = {}
    for zone in sorted(cities(), key=lambda zone: (zone.split("/")[0], place(zone))):
        found.setdefault(zone.split("/")[0], []).append(
            Choice(zone, label(zone, now, locale), _older_names().get(zone, ()))
        )
    return found


def label(zone: str, now: datetime, locale: str) -> str:
    """A zone with its clock: `Nairobi, 16:42 now (UTC+3)`."""
    there = now.astimezone(ZoneInfo(zone))
    offset = there.utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "−" if offset < timedelta() else "+"
    return f"{place(zone)}, {clock_words(there, locale)} now (UTC{sign}{hours}{f':{minutes:02d}' if minutes else ''})"


@lru_cache(maxsize=1)
def cities() -> frozenset[str]:
    """The zones of tzdata's own list for choosing by place."""
    lines = (DATA / "zone.tab").read_text().splitlines()
    return frozenset(line.split("\t")[2] for line in lines if not line.startswith("#"))


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Older names and what they are called now."""
    lines = (line.split() for line in (DATA / "tzdata.zi").read_text().splitlines())
    return {line[2]: line[1] for line in lines if line and line[0] == "L"}


@lru_cache(maxsize=1)
def _older_names() -> dict[str, tuple[str, ...]]:
    """By city, the names that are no city's own today."""
    found: dict[str, tuple[str, ...]] = {}
    for older, now_called in _links().items():
        if older not in cities():
            found[now_called] = (*found.get(now_called, ()), older)
    return found
