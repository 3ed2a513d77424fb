"""Words and times that templates use. Everything here is told what it needs; nothing asks who is reading."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from companion import clock
from companion.model import moments
from companion.model.agendas import Page
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import place
from companion.web.strip import strip


def teach(app: Flask) -> None:
    """Give the templates their vocabulary."""
    app.jinja_env.globals.update(
        moment=moments.moment,
        place=place,
        strip=strip,
        greeting=greeting,
        hours_apart=hours_apart,
        on_agenda=on_agenda,
        Role=Role,
        now=clock.now,
    )
    app.jinja_env.filters.update(
        local_time=moments.local_time,
        local_day=moments.local_day,
        long_day=moments.long_day,
        short_day=moments.short_day,
        near=moments.near,
        due_words=moments.due_words,
        due_sentence=moments.due_sentence,
        lower_first=lower_first,
        upper_first=upper_first,
        count=count,
        number=number,
        ago=ago,
        how_long_ago=how_long_ago,
    )


def greeting(person: Person) -> str:
    """“Good morning”, by the person's own clock."""
    hour = clock.now().astimezone(ZoneInfo(person.zone)).hour
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 18 else "Good evening"


def number(amount: int) -> str:
    """“two”, “17”: small numbers as words."""
    words = {0: "no", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
    return words.get(amount, str(amount))


def count(amount: int, one: str, many: str | None = None) -> str:
    """“one thing”, “12 things”: small numbers as words, the noun in its number."""
    return f"{number(amount)} {one if amount == 1 else many or one + 's'}"


def on_agenda(page: Page, my_role: Role, partner: Person) -> str:
    """“Four talking points, two from each of you”, “One talking point, from Mateo”, “The agenda is empty”."""
    points = page.talking_points
    if not points:
        return "The agenda is empty"
    mine = sum(point.raised_by is my_role for point in points)
    theirs = len(points) - mine
    if mine == theirs:
        share = f"{number(mine)} from each of you"
    elif not mine or not theirs:
        share = f"{'all ' if len(points) > 1 else ''}from {'you' if mine else partner.first_name}"
    else:
        share = f"{number(theirs)} from {partner.first_name}"
    return f"{upper_first(count(len(points), 'talking point'))}, {share}"


def ago(when: datetime) -> str:
    """“Just now”, “12 minutes ago”, “Three hours ago”; beyond a day, the date and time in UTC."""
    return upper_first(how_long_ago(when))


def how_long_ago(when: datetime) -> str:
    """The same inside a sentence: “three hours ago”."""
    minutes = int((clock.now() - when).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{count(minutes, 'minute')} ago"
    if minutes < 24 * 60:
        return f"{count(minutes // 60, 'hour')} ago"
    return f"{when.day} {when:%B, %H:%M} UTC"


def hours_apart(me: Person, partner: Person, when: datetime | None = None) -> str:
    """“6 hours behind you”, “an hour ahead of you”, “on your clock”: never an offset alone."""
    at = when or clock.now()
    mine, theirs = at.astimezone(ZoneInfo(me.zone)).utcoffset(), at.astimezone(ZoneInfo(partner.zone)).utcoffset()
    assert mine is not None
    assert theirs is not None
    minutes = int((theirs - mine).total_seconds() // 60)
    if not minutes:
        return "on your clock"
    hours, rest = divmod(abs(minutes), 60)
    said = {(1, 0): "an hour", (0, 30): "half an hour"}.get((hours, rest)) or (
        f"{hours} hours" if not rest else f"{hours} h {rest} min"
    )
    return f"{said} {'ahead of' if minutes > 0 else 'behind'} you"


def upper_first(words: str) -> str:
    """The same with a capital at its beginning."""
    return words[:1].upper() + words[1:]


def lower_first(words: str) -> str:
    """“Yesterday” inside a sentence; names of days keep their capital."""
    return words[0].lower() + words[1:] if words.split(" ", 1)[0] in {"Today", "Tomorrow", "Yesterday", "In"} else words
