"""What people typed, as typed values; what can't be used raises Invalid with a sentence for its field."""

from collections.abc import Mapping
from datetime import date, datetime, time

from companion.errors import Invalid
from companion.model.mentorships import Role
from companion.services.schedule import Slot


def slot(form: Mapping[str, str], zone: str) -> Slot:
    """Day, time and length of a session, in the planner's zone."""
    fold = form.get("fold", "")
    return Slot(
        wall=datetime.combine(day(form, "day", "Pick a day."), clock_time(form)),
        zone=zone,
        minutes=minutes(form),
        fold=int(fold) if fold in {"0", "1"} else None,
    )


def day(form: Mapping[str, str], field: str, sentence: str) -> date:
    """A calendar day as date inputs send it."""
    try:
        return date.fromisoformat(form.get(field, ""))
    except ValueError as error:
        raise Invalid(field, sentence) from error


def maybe_day(form: Mapping[str, str], field: str) -> date | None:
    """A calendar day, or none where nothing was entered."""
    return day(form, field, "Pick a day, or leave it empty.") if form.get(field) else None


def clock_time(form: Mapping[str, str]) -> time:
    """A wall time as time inputs send it."""
    try:
        return time.fromisoformat(form.get("time", "")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise Invalid("time", "Pick a time, such as 17:00.") from error


def instant(form: Mapping[str, str], field: str) -> datetime:
    """A moment as our own buttons name it."""
    try:
        moment = datetime.fromisoformat(form.get(field, ""))
    except ValueError as error:
        raise Invalid(field, "Pick one of the times.") from error
    if moment.tzinfo is None:
        raise Invalid(field, "Pick one of the times.")
    return moment


def minutes(form: Mapping[str, str]) -> int:
    """A session's length."""
    said = form.get("minutes", "")
    if not said.isascii() or not said.isdigit() or len(said) > 4:
        raise Invalid("minutes", "Say how many minutes, from 10 to 240.")
    return int(said)


def role(form: Mapping[str, str], field: str) -> Role:
    """Mentor or mentee."""
    try:
        return Role(form.get(field, ""))
    except ValueError as error:
        raise Invalid(field, "Choose mentor or mentee.") from error
