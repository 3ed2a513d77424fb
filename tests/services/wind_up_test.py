import threading
from datetime import date, datetime, timedelta

import pytest

from companion.errors import Invalid, NotYours, TooLate
from companion.model.agreed import wording
from companion.model.mentorships import Role
from companion.services import follow_up, promises, schedule, talk, wind_up
from companion.services.schedule import Slot
from tests.writing import Pen

pytestmark = pytest.mark.both_databases

FRIDAY = date(2026, 11, 27)
AS_AGREED = wording("Send the CV", Role.MENTEE, FRIDAY)


@pytest.fixture
def item(live_session, mateo):
    """The id of the one action item on the agenda."""
    pen = Pen()
    key = pen.add_item("Send the CV", "mentee", FRIDAY)
    pen.save(live_session.id, mateo.id)
    return key


def close(session, by):
    talk.end(session.id, by.id)
    follow_up.close(session.id, by.id)
    return promises.of_session(session.id)


def first_offer(session):
    return wind_up.next_date(session).offered[0]


def test_who_agreed_to_which_wording_is_kept(live_session, item, ruth):
    wind_up.agree(live_session.id, ruth.id, {item: AS_AGREED})
    assert wind_up.agreed(live_session) == [wind_up.Agreed(item, Role.MENTOR, AS_AGREED)]


def test_agreeing_again_takes_the_place_of_what_was_agreed_before(live_session, item, ruth):
    wind_up.agree(live_session.id, ruth.id, {item: AS_AGREED, "gone": AS_AGREED})
    wind_up.agree(live_session.id, ruth.id, {item: "0" * 64})
    assert [(each.item, each.wording) for each in wind_up.agreed(live_session)] == [(item, "0" * 64)]


def test_what_both_agreed_to_is_agreed_in_the_record(live_session, item, ruth, mateo):
    for who in (ruth, mateo):
        wind_up.agree(live_session.id, who.id, {item: AS_AGREED})
    items = close(live_session, ruth)
    assert wind_up.settled(live_session.id, items) == {item}


def test_what_one_agreed_to_or_to_another_wording_is_not(live_session, item, ruth, mateo):
    wind_up.agree(live_session.id, ruth.id, {item: AS_AGREED})
    items = close(live_session, ruth)
    assert wind_up.settled(live_session.id, items) == set()


def test_a_wording_that_changed_after_both_agreed_is_no_longer_agreed(live_session, item, ruth, mateo):
    for who in (ruth, mateo):
        wind_up.agree(live_session.id, who.id, {item: AS_AGREED})
    (row,) = close(live_session, ruth)
    changed = promises.change(row.id, mateo.id, "Send the CV", Role.MENTEE, FRIDAY + timedelta(days=7))
    assert wind_up.settled(live_session.id, [changed]) == set()
    back = promises.change(row.id, mateo.id, " Send  the CV", Role.MENTEE, FRIDAY)
    assert wind_up.settled(live_session.id, [back]) == {item}


def test_nothing_is_agreed_once_the_lists_have_gone_out(live_session, item, ruth):
    close(live_session, ruth)
    with pytest.raises(TooLate, match="gone out already"):
        wind_up.agree(live_session.id, ruth.id, {item: AS_AGREED})
    with pytest.raises(TooLate, match="gone out already"):
        wind_up.want(live_session.id, ruth.id, first_offer(live_session))


def test_a_stranger_agrees_to_nothing(live_session, item, linh):
    with pytest.raises(NotYours):
        wind_up.agree(live_session.id, linh.id, {item: AS_AGREED})
    with pytest.raises(NotYours):
        wind_up.want(live_session.id, linh.id, first_offer(live_session))


def test_one_tap_plans_nothing_and_is_shown(live_session, ruth):
    when = first_offer(live_session)
    assert wind_up.want(live_session.id, ruth.id, when) is None
    known = wind_up.next_date(live_session)
    assert (known.planned, known.wanted) == (None, {Role.MENTOR: when})


def test_two_taps_plan_the_next_talk_and_the_first_to_tap_gets_the_usual_letter(live_session, ruth, mateo, outbox):
    when = first_offer(live_session)
    wind_up.want(live_session.id, ruth.id, when)
    planned = wind_up.want(live_session.id, mateo.id, when)
    assert planned is not None
    assert (planned.starts_at, planned.wall, planned.zone) == (when, datetime(2026, 12, 8, 17), "Africa/Nairobi")
    assert wind_up.next_date(live_session).planned is not None
    assert [(each.kind, each.to_email) for each in outbox()][-1] == ("session_planned", "ruth@example.org")


def test_taps_on_different_times_plan_nothing_until_they_meet(live_session, ruth, mateo):
    first, second, _ = wind_up.next_date(live_session).offered
    wind_up.want(live_session.id, ruth.id, first)
    assert wind_up.want(live_session.id, mateo.id, second) is None
    planned = wind_up.want(live_session.id, ruth.id, second)
    assert planned is not None
    assert planned.starts_at == second


def test_both_tap_in_the_same_second_and_one_talk_is_planned(live_session, ruth, mateo, outbox):
    when = first_offer(live_session)
    taps = [threading.Thread(target=wind_up.want, args=(live_session.id, who.id, when)) for who in (ruth, mateo, ruth)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert len(schedule.of_mentorship(live_session.mentorship_id)) == 2


def test_a_tap_after_the_next_talk_was_planned_elsewhere_plans_no_second(live_session, ruth, mateo):
    when = first_offer(live_session)
    planned = schedule.plan(live_session.mentorship_id, ruth.id, Slot(datetime(2026, 12, 1, 9), "Africa/Nairobi", 30))
    there = wind_up.want(live_session.id, mateo.id, when)
    assert there is not None
    assert there.id == planned.id
    assert wind_up.next_date(live_session).offered == []


def test_a_time_that_is_not_offered_is_refused(live_session, ruth):
    with pytest.raises(Invalid, match="isn’t offered"):
        wind_up.want(live_session.id, ruth.id, first_offer(live_session) + timedelta(minutes=1))
