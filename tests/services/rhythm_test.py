from datetime import datetime

import pytest

from companion.services import rhythm, schedule
from companion.services.schedule import Slot

pytestmark = pytest.mark.both_databases

NAIROBI, SANTIAGO = "Africa/Nairobi", "America/Santiago"


def test_the_form_suggests_two_weeks_after_the_last_one_at_its_time(mentorship, session):
    assert rhythm.suggestion(mentorship.id, NAIROBI, SANTIAGO)["day"] == "2026-12-08"
    assert rhythm.suggestion(mentorship.id, SANTIAGO, NAIROBI)["time"] == "11:00"


def test_the_suggested_time_stays_when_the_clocks_change_in_between(mentorship, ruth):
    schedule.plan(mentorship.id, ruth.id, Slot(datetime(2027, 3, 30, 11, 0), SANTIAGO, 60))  # clocks go back on 4 April
    suggested = rhythm.suggestion(mentorship.id, SANTIAGO, NAIROBI)
    assert (suggested["day"], suggested["time"]) == ("2027-04-13", "11:00")


def test_the_first_time_suggested_is_humane_for_both(mentorship):
    first = rhythm.suggestion(mentorship.id, NAIROBI, SANTIAGO)
    assert (first["day"], first["time"]) == ("2026-11-23", "17:00")


def test_the_usual_interval_weekday_and_time_are_offered_first(mentorship, ruth, clock):
    for month, day, hour in ((11, 24, 17), (12, 1, 17), (12, 9, 18), (12, 15, 17)):
        schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, month, day, hour), NAIROBI, 45))
    first, workday_later, week_later = rhythm.offers(mentorship.id)
    assert (first.wall, first.zone, first.minutes) == (datetime(2026, 12, 22, 17), NAIROBI, 45)
    assert (workday_later.wall, week_later.wall) == (datetime(2026, 12, 23, 17), datetime(2026, 12, 29, 17))


def test_a_wall_time_stays_when_the_clocks_of_whoever_planned_change(mentorship, ruth, mateo):
    schedule.plan(mentorship.id, mateo.id, Slot(datetime(2027, 3, 30, 11), SANTIAGO, 60))  # they go back on 4 April
    first = rhythm.offers(mentorship.id)[0]
    assert first.wall == datetime(2027, 4, 13, 11)
    assert first.instant().hour == 15  # 14:00 UTC before


def test_a_time_that_clocks_skip_is_not_offered(mentorship, mateo):
    schedule.plan(mentorship.id, mateo.id, Slot(datetime(2027, 8, 22, 0, 30), SANTIAGO, 60))
    assert datetime(2027, 9, 5, 0, 30) not in [slot.wall for slot in rhythm.offers(mentorship.id)]


def test_nothing_is_offered_to_a_pair_that_has_never_talked(mentorship):
    assert rhythm.offers(mentorship.id) == []


def test_a_cancelled_session_makes_no_rhythm(session, ruth):
    schedule.cancel(session.id, ruth.id)
    assert rhythm.offers(session.mentorship_id) == []


def test_after_a_long_pause_the_offer_lies_ahead(session, clock):
    clock.set(datetime(2027, 2, 3, 10, tzinfo=session.starts_at.tzinfo))
    first = rhythm.offers(session.mentorship_id)[0]
    assert first.wall == datetime(2027, 2, 16, 17)
