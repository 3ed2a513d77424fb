"""What a time that is being entered means for the two: said beside the form while it is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from companion.errors import Invalid
from companion.model.mentorships import Mentorship
from companion.model.moments import Moment, moment
from companion.model.people import Person
from companion.model.sessions import Session, is_doubled
from companion.services.overlaps import overlapping
from companion.services.schedule import Slot
from companion.web import forms


@dataclass(frozen=True)
class Said:
    """Nothing yet, why the time can't be (`sentence`), the moment for both, or the two moments of a doubled hour.

    `fold` is which of those two was chosen ("0", "1" or ""). `meanwhile` is another session of this pair at that time.
    """

    sentence: str = ""
    moment: Moment | None = None
    doubled: tuple[Moment, ...] = ()
    fold: str = ""
    meanwhile: Session | None = None


def said(entered: Mapping[str, Any], me: Person, mentorship: Mentorship, moving: int | None = None) -> Said:
    """What to say about the day, time and length that `me` has entered. `moving` is the session that gets the time."""
    if not entered.get("day") or not entered.get("time"):
        return Said()
    partner = mentorship.partner_of(me.id)
    try:
        slot = forms.slot({"minutes": "60", **entered}, me.zone)
        first = replace(slot, fold=slot.fold or 0).instant()
        doubled = _both(slot, me, partner) if is_doubled(slot.wall, slot.zone) else ()
    except Invalid as invalid:
        return Said(sentence=invalid.sentence)
    until = first + timedelta(minutes=slot.minutes)
    return Said(
        moment=moment(first, me, partner),
        doubled=doubled,
        fold="" if slot.fold is None else str(slot.fold),
        meanwhile=overlapping(mentorship.id, first, until, but=moving),
    )


def _both(slot: Slot, me: Person, partner: Person) -> tuple[Moment, ...]:
    return tuple(moment(replace(slot, fold=fold).instant(), me, partner) for fold in (0, 1))
