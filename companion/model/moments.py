"""Instants as people say them: the reader's own zone first, the partner's beside it; 24 or 12 hours by their locale."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from companion import clock
from companion.model.people import Person

NEAR_DAYS = 6
CHOSEN = "-u-hc-"  # how BCP 47 writes a clock that somebody chose against their locale's habit


@dataclass(frozen=True)
class Moment:
    """One instant for two readers. `theirs` names the day only where it differs from mine."""

    iso: str
    day: str
    time: str
    mine: str
    theirs: str


def moment(when: datetime, me: Person, partner: Person) -> Moment:
    """`mine` "Tuesday 24 November, 17:00", `theirs` "11:00" (or "Wednesday 25 November, 01:00")."""
    here, there = when.astimezone(ZoneInfo(me.zone)), when.astimezone(ZoneInfo(partner.zone))
    time, theirs = local_time(when, me), clock_words(there, me.locale)
    if here.date() != there.date():
        theirs = f"{long_day(there.date(), me)}, {theirs}"
    day = long_day(here.date(), me)
    return Moment(when.isoformat(), day, time, f"{day}, {time}", theirs)


def local_time(when: datetime, person: Person, reader: Person | None = None) -> str:
    """A clock time where `person` lives, “17:00” or “5:00 pm” as the reader (else they themselves) would write it."""
    return clock_words(when.astimezone(ZoneInfo(person.zone)), (reader or person).locale)


def local_day(when: datetime, person: Person) -> str:
    """As “Tuesday 24 November”, with the year where it isn't this one."""
    return long_day(when.astimezone(ZoneInfo(person.zone)).date(), person)


def long_day(day: date, person: Person) -> str:
    """As “Tuesday 24 November”."""
    words = f"{day:%A} {day.day} {day:%B}"
    return words if day.year == clock.today(person.zone).year else f"{words} {day.year}"


def short_day(day: date, person: Person) -> str:
    """As “Tue 24 Nov”; the month only where it is another one than this; the year where it isn't this one."""
    today = clock.today(person.zone)
    words = (
        f"{day:%a} {day.day}" if (day.year, day.month) == (today.year, today.month) else f"{day:%a} {day.day} {day:%b}"
    )
    return words if day.year == today.year else f"{words} {day.year}"


def near(when: datetime, person: Person) -> str:
    """“Today”, “Tomorrow”, “In 2 days”, “Yesterday”, “3 days ago”; beyond six days, the date."""
    day = when.astimezone(ZoneInfo(person.zone)).date()
    days = (day - clock.today(person.zone)).days
    close_by = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    if days in close_by:
        return close_by[days]
    if abs(days) > NEAR_DAYS:
        return short_day(day, person)
    return f"In {days} days" if days > 0 else f"{-days} days ago"


def due_words(due: date | None, person: Person) -> str:
    """“Today”, “Tomorrow”, “Thu 26”, “5 days late”; nothing without a date."""
    if due is None:
        return ""
    days = (due - clock.today(person.zone)).days
    if days < 0:
        return "1 day late" if days == -1 else f"{-days} days late"
    return {0: "Today", 1: "Tomorrow"}.get(days) or short_day(due, person)


def due_sentence(due: date, person: Person) -> str:
    """As “Due tomorrow”, “Due Thu 26” or “5 days late”."""
    words = due_words(due, person)
    return words if words.endswith("late") else f"Due {words.lower() if words in {'Today', 'Tomorrow'} else words}"


def minutes_until(when: datetime) -> int:
    """Whole minutes from now, negative once it has passed."""
    return (when - clock.now()) // timedelta(minutes=1)


def clock_words(local: datetime, locale: str) -> str:
    """A wall time as people of this locale write it."""
    if not uses_12_hours(locale):
        return f"{local:%H:%M}"
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


@lru_cache(maxsize=256)
def uses_12_hours(locale: str) -> bool:
    """Whether people of this locale (a BCP 47 tag) say 5 pm rather than 17:00, or this person chose to."""
    usual, _, chosen = locale.partition(CHOSEN)
    if chosen:
        return chosen == "h12"
    try:
        return "a" in Locale.parse(usual, sep="-").time_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return False


def with_clock(locale: str, twelve_hours: bool) -> str:
    """The same locale with this clock: the order of day and month stays as it was."""
    usual = locale.partition(CHOSEN)[0]
    return usual if uses_12_hours(usual) is twelve_hours else f"{usual}{CHOSEN}{'h12' if twelve_hours else 'h23'}"
