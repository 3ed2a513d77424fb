"""Wall times and instants, over every zone; and what a session says about itself."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.errors import Invalid, NotYours
from companion.model import zones
from companion.model.people import Person
from companion.model.sessions import Session, SessionState, instant, is_doubled, place

ZONES = st.sampled_from(sorted(zones.cities()))
WALLS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(lambda wall: wall.replace(second=0, microsecond=0))
SKIPPED = datetime(2027, 3, 28, 1, 30)  # clocks in Lisbon go from 1 to 2 that night
TWICE = datetime(2026, 10, 25, 1, 30)  # and from 2 to 1 in October


@given(WALLS, ZONES, st.sampled_from([0, 1]))
def test_a_wall_time_is_an_instant_that_reads_the_same_there_or_is_refused(
    wall: datetime, zone: str, fold: int
) -> None:
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=each).utcoffset() for each in (0, 1))
    assert first is not None and second is not None
    if first < second:  # a gap
        with pytest.raises(Invalid, match=place(zone)):
            instant(wall.replace(fold=fold), zone)
    else:
        moment = instant(wall.replace(fold=fold), zone)
        assert moment.tzinfo is UTC
        assert moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == wall


@given(WALLS, ZONES)
def test_a_doubled_time_is_two_instants_and_any_other_is_one(wall: datetime, zone: str) -> None:
    try:
        both = {instant(wall.replace(fold=fold), zone) for fold in (0, 1)}
    except Invalid:
        assert not is_doubled(wall, zone)
    else:
        assert len(both) == (2 if is_doubled(wall, zone) else 1)


@example(datetime(1, 1, 1), "Asia/Tokyo")
@example(datetime(9999, 12, 31, 23), "America/Santiago")
@given(st.datetimes(), ZONES)
def test_no_wall_time_at_all_is_more_than_refused(wall: datetime, zone: str) -> None:
    with suppress(Invalid):
        assert instant(wall, zone).tzinfo is UTC


def test_a_time_that_clocks_skip_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="01:30 does not exist in Lisbon that day: the clocks go forward"):
        instant(SKIPPED, "Europe/Lisbon")


def test_a_time_that_comes_twice_is_known_and_its_fold_says_which() -> None:
    assert is_doubled(TWICE, "Europe/Lisbon")
    first, second = (instant(TWICE.replace(fold=fold), "Europe/Lisbon") for fold in (0, 1))
    assert second - first == timedelta(hours=1)


def test_a_place_is_said_as_people_say_it() -> None:
    assert place("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_a_session_is_for_its_two_people_alone(session: Session, ruth: Person, mateo: Person, linh: Person) -> None:
    assert session.for_partner(ruth.id) is session.for_partner(mateo.id) is session
    with pytest.raises(NotYours):
        session.for_partner(linh.id)


def test_a_session_knows_its_end_its_name_and_its_nearness(session: Session) -> None:
    assert (session.ends_at, session.length) == (session.starts_at + timedelta(hours=1), timedelta(hours=1))
    assert session.name == "Session 1"
    assert not session.is_near(session.starts_at - timedelta(minutes=16))
    assert session.is_near(session.starts_at - timedelta(minutes=15))


def test_a_session_that_nobody_opened_never_happened_half_an_hour_after_its_end(session: Session) -> None:
    assert not session.never_happened(session.ends_at + timedelta(minutes=30))
    assert session.never_happened(session.ends_at + timedelta(minutes=31))
    session.state = SessionState.LIVE
    assert not session.never_happened(session.ends_at + timedelta(days=1))


def test_a_provider_is_told_when_and_how_long_but_no_names(session: Session) -> None:
    plan = session.plan("marker")
    assert (plan.starts_at, plan.zone, plan.length) == (session.wall, "Africa/Nairobi", timedelta(hours=1))
    assert plan.title == "Mentoring session"


@pytest.mark.parametrize(
    ("begun_after", "ends_after"),
    [(None, 60), (-10, 60), (12, 60), (-90, -30), (55, 115)],
    ids=["not yet", "a little early", "late", "well before", "near its end"],
)
def test_a_talk_is_to_end_as_planned_unless_it_began_so_far_off_that_this_says_nothing(
    begun_after: int | None, ends_after: int
) -> None:
    starts_at = datetime(2026, 11, 24, 14, tzinfo=UTC)
    live_at = None if begun_after is None else starts_at + timedelta(minutes=begun_after)
    session = Session(starts_at=starts_at, minutes=60, live_at=live_at)
    assert session.means_to_end_at == starts_at + timedelta(minutes=ends_after)
