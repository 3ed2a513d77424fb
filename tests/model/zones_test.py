"""Zones as people choose them."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

from companion.model import zones

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_old_names_become_what_they_are_called_now() -> None:
    assert zones.canonical("Asia/Calcutta") == "Asia/Kolkata"
    assert zones.canonical("US/Pacific") == "America/Los_Angeles"


def test_a_city_stays_its_own_even_where_tzdata_keeps_it_with_another() -> None:
    assert zones.canonical("Africa/Addis_Ababa") == "Africa/Addis_Ababa"


def test_every_zone_a_browser_may_name_has_one() -> None:
    for zone in available_timezones() - {"Factory", "localtime"}:
        assert zones.canonical(zone) in available_timezones(), zone


def test_no_zone_is_none() -> None:
    assert zones.canonical("Mars/Olympus") is None


def test_a_label_says_place_clock_and_offset() -> None:
    assert zones.label("Africa/Nairobi", NOON, "en-GB") == "Nairobi, 15:00 now (UTC+3)"
    assert zones.label("Asia/Kolkata", NOON, "en-US") == "Kolkata, 5:30 pm now (UTC+5:30)"
    assert zones.label("America/St_Johns", NOON, "en-GB") == "St Johns, 08:30 now (UTC−3:30)"


def test_cities_are_listed_by_continent() -> None:
    listed = zones.choices(NOON, "en-GB")
    assert [each.zone for each in listed["Africa"]][:2] == ["Africa/Abidjan", "Africa/Accra"]
    assert sum(map(len, listed.values())) == len(zones.cities())


def test_a_city_says_what_it_was_called() -> None:
    asia = {each.zone: each.was for each in zones.choices(NOON, "en-GB")["Asia"]}
    assert "Asia/Calcutta" in asia["Asia/Kolkata"]
