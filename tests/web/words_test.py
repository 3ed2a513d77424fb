"""The words of our pages."""

from datetime import timedelta

import pytest

from companion.model.agendas import Page, TalkingPoint
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.web import words
from tests.conftest import NOON, Clock

MATEO = Person(email="mateo@example.org", name="Mateo Fuentes")


def agenda(mentor: int, mentee: int) -> Page:
    roles = [Role.MENTOR] * mentor + [Role.MENTEE] * mentee
    return Page(tuple(TalkingPoint(str(n), "What?", role, None, "open", None, ()) for n, role in enumerate(roles)))


@pytest.mark.parametrize(
    ("mentor", "mentee", "said"),
    [
        (0, 0, "The agenda is empty"),
        (1, 0, "One talking point, from you"),
        (0, 1, "One talking point, from Mateo"),
        (0, 3, "Three talking points, all from Mateo"),
        (1, 1, "Two talking points, one from each of you"),
        (2, 2, "Four talking points, two from each of you"),
        (1, 2, "Three talking points, two from Mateo"),
        (8, 1, "9 talking points, one from Mateo"),
    ],
)
def test_an_agenda_in_a_line(mentor: int, mentee: int, said: str) -> None:
    assert words.on_agenda(agenda(mentor, mentee), Role.MENTOR, MATEO) == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "Just now"),
        (timedelta(minutes=1), "One minute ago"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(hours=3), "Three hours ago"),
        (timedelta(days=17), "5 November, 10:40 UTC"),
    ],
)
def test_how_long_ago(clock: Clock, before: timedelta, said: str) -> None:
    assert words.ago(NOON - before) == said
    assert words.how_long_ago(NOON - before) == said[0].lower() + said[1:]
