"""Instants as people say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.model import moments, zones
from companion.model.people import Person
from tests.conftest import NOON, Clock

EVENING = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # Tuesday: 17:00 in Nairobi, 11:00 in Santiago
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # Wednesday 02:30 in Nairobi, Tuesday 20:30 in Santiago


def someone(zone: str, locale: str = "en-GB") -> Person:
    return Person(email="someone@example.org", name="Someone", zone=zone, locale=locale, created_at=NOON)


@pytest.fixture
def ruth(clock: Clock) -> Person:
    return someone("Africa/Nairobi")


@pytest.fixture
def mateo(clock: Clock) -> Person:
    return someone("America/Santiago", "en-US")


def test_the_reader_s_time_comes_first_and_the_partner_s_beside_it(ruth: Person, mateo: Person) -> None:
    said = moments.moment(EVENING, ruth, mateo)
    assert (said.mine, said.theirs) == ("Tuesday 24 November, 17:00", "11:00")


def test_the_partner_s_day_is_named_where_it_is_another(ruth: Person, mateo: Person) -> None:
    said = moments.moment(NIGHT, ruth, mateo)
    assert (said.mine, said.theirs) == ("Wednesday 25 November, 02:30", "Tuesday 24 November, 20:30")


def test_both_times_are_written_as_the_reader_writes_them(ruth: Person, mateo: Person) -> None:
    said = moments.moment(EVENING, mateo, ruth)
    assert (said.time, said.theirs) == ("11:00 am", "5:00 pm")


@pytest.mark.parametrize(
    ("locale", "half_past_noon"), [("en-GB", "12:30"), ("en-US", "12:30 pm"), ("de-DE", "12:30"), ("no such", "12:30")]
)
def test_the_clock_has_the_hours_of_its_reader_s_locale(locale: str, half_past_noon: str) -> None:
    assert moments.clock_words(datetime(2026, 11, 24, 12, 30), locale) == half_past_noon


def test_midnight_is_twelve_in_the_morning() -> None:
    assert moments.clock_words(datetime(2026, 11, 24, 0, 5), "en-US") == "12:05 am"


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Today"), (1, "Tomorrow"), (-1, "Yesterday"), (2, "In 2 days"), (-6, "6 days ago"), (7, "Sun 29"),
     (40, "Fri 1 Jan 2027")],
)  # fmt: skip
def test_near_days_are_counted_and_far_ones_named(ruth: Person, days: int, words: str) -> None:
    assert moments.near(NOON + timedelta(days=days), ruth) == words


@pytest.mark.parametrize(
    ("due", "words", "sentence"),
    [
        (date(2026, 11, 22), "Today", "Due today"),
        (date(2026, 11, 23), "Tomorrow", "Due tomorrow"),
        (date(2026, 11, 21), "1 day late", "1 day late"),
        (date(2026, 11, 17), "5 days late", "5 days late"),
        (date(2026, 11, 26), "Thu 26", "Due Thu 26"),
        (date(2026, 12, 1), "Tue 1 Dec", "Due Tue 1 Dec"),
    ],
)
def test_a_due_day_is_said_by_how_near_it_is(ruth: Person, due: date, words: str, sentence: str) -> None:
    assert (moments.due_words(due, ruth), moments.due_sentence(due, ruth)) == (words, sentence)


def test_no_due_day_is_no_words(ruth: Person) -> None:
    assert moments.due_words(None, ruth) == ""


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(sorted(zones.cities())), st.sampled_from(sorted(zones.cities())), st.text(max_size=12),
)  # fmt: skip
def test_every_instant_can_be_said_to_anybody(when: datetime, here: str, there: str, locale: str) -> None:
    said = moments.moment(when, someone(here, locale), someone(there))
    assert said.mine == f"{said.day}, {said.time}"
    assert datetime.fromisoformat(said.iso) == when
