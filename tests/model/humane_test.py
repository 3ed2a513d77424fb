"""An hour for two, when they have not talked yet."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from companion.model import humane
from tests.conftest import NOON


def both(mine: str, theirs: str) -> tuple[datetime, datetime]:
    wall = humane.first_time(mine, theirs, NOON)
    return wall, wall.replace(tzinfo=ZoneInfo(mine)).astimezone(ZoneInfo(theirs))


def test_it_lies_in_the_middle_of_what_both_days_share() -> None:
    wall, there = both("Africa/Nairobi", "America/Santiago")
    assert wall == datetime(2026, 11, 23, 17, 0)
    assert there.hour == 11


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("Africa/Nairobi", "Africa/Nairobi"),
        ("America/Santiago", "Africa/Nairobi"),
        ("Europe/Lisbon", "Asia/Kolkata"),
        ("Asia/Kathmandu", "Europe/Berlin"),
        ("America/New_York", "America/Los_Angeles"),
    ],
)
def test_it_begins_and_ends_within_both_days_where_any_hour_does(mine: str, theirs: str) -> None:
    for local in both(mine, theirs):
        assert 9 <= local.hour + local.minute / 60 <= 19


@pytest.mark.parametrize(
    ("mine", "theirs"), [("Asia/Tokyo", "America/Sao_Paulo"), ("Pacific/Auckland", "Europe/Lisbon")]
)
def test_where_no_hour_does_nobody_gets_up_at_night(mine: str, theirs: str) -> None:
    for local in both(mine, theirs):
        assert 6 <= local.hour + local.minute / 60 <= 22


def test_it_is_tomorrow_for_whoever_plans() -> None:
    assert both("Pacific/Kiritimati", "Africa/Nairobi")[0].date() == datetime(2026, 11, 24).date()


def test_a_midnight_that_clocks_skip_is_no_trouble() -> None:
    spring = datetime(2026, 9, 5, 15, 0, tzinfo=ZoneInfo("America/Santiago"))  # at 24:00 it is 01:00
    assert humane.first_time("America/Santiago", "America/Santiago", spring) == datetime(2026, 9, 6, 14, 0)
