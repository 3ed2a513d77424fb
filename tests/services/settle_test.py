import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from companion import db
from companion.errors import Refusal
from companion.model.sessions import Finding, Meeting, MeetingState, Owed
from companion.services import connect, meet, owed, pair, providers, schedule, settle, tries
from companion.services.authorised import authorised
from companion.services.meet import ProviderFailed
from companion.services.schedule import Slot
from companion.services.tries import Try
from tests.simulators.faults import Fault
from tests.waiting import until

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"
CREATE, MINE = "POST /v2/users/me/meetings", "GET /v2/users/me/meetings"
PATCH, DELETE = "PATCH /v2/meetings/", "DELETE /v2/meetings/"
LATER = Slot(datetime(2026, 11, 25, 9, 30), "America/Santiago", 45)
LATER_THERE = "2026-11-25T12:30:00Z"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def zoom_link(session, ruth, at_zoom):
    return meet.make_link(session.id, "zoom", by=ruth.id)


def row(meeting):
    with db.reading() as tx:
        return tx.get_one(Meeting, meeting.id)


def at_zoom_now(zoom):
    [there] = zoom.meetings_of(RUTH)
    return there


def calls(zoom, operation):
    return sum(count for name, count in zoom.calls.items() if name.startswith(operation))


def owes_nothing(meeting):
    return row(meeting).owed is None


def test_a_link_just_made_owes_nothing(zoom_link):
    assert owes_nothing(zoom_link)


def test_the_debt_of_a_move_stands_before_anybody_is_asked(zoom_link, session, ruth, zoom):
    schedule.move(session.id, ruth.id, LATER)
    assert row(zoom_link).owed is Owed.MOVE
    assert calls(zoom, PATCH) == 0


def test_a_move_that_a_crash_left_untold_is_told_by_the_clock(zoom_link, session, ruth, zoom, clock):
    schedule.move(session.id, ruth.id, LATER)  # and the process died here
    settle.tick()
    assert calls(zoom, PATCH) == 0  # whoever moved it may still be telling it
    clock.move(timedelta(minutes=2))
    settle.tick()
    assert at_zoom_now(zoom)["start_time"] == LATER_THERE
    assert owes_nothing(zoom_link)


def test_another_title_reaches_the_provider_too(zoom_link, session, ruth, zoom):
    same = Slot(session.wall, session.zone, session.minutes, session.fold)
    schedule.move(session.id, ruth.id, same, "The portfolio")
    meet.follow(session.id)
    assert at_zoom_now(zoom)["topic"] == "The portfolio"


def test_what_failed_is_told_again_after_a_rest_that_doubles(zoom_link, session, ruth, zoom, clock):
    zoom.wrong(Fault(PATCH, "instead", times=3, status=503))
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed, match="shows the old time there"):
        meet.follow(session.id)
    rests = []
    while not owes_nothing(zoom_link):
        rest = row(zoom_link).owed_from - clock.now
        rests.append(rest)
        settle.tick()
        assert calls(zoom, PATCH) == len(rests)  # not a moment earlier
        clock.move(rest)
        settle.tick()
    assert at_zoom_now(zoom)["start_time"] == LATER_THERE
    assert [timedelta(seconds=15) <= rests[0] <= timedelta(seconds=30), rests[2] > rests[0]] == [True, True]
    assert calls(zoom, PATCH) == 4


def test_a_provider_that_names_a_time_is_left_alone_until_then(zoom_link, session, ruth, zoom, clock):
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    zoom.wrong(Fault(PATCH, "instead", status=429, headers={"Retry-After": "2026-11-23T00:00:00Z"}))
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed):
        meet.follow(session.id)
    assert row(zoom_link).owed_from == midnight
    clock.set(midnight)
    settle.tick()
    assert owes_nothing(zoom_link)


def test_a_session_moved_while_its_move_is_told_ends_at_the_last_time(zoom_link, session, ruth, mateo, zoom, clock):
    zoom.wrong(Fault(PATCH, "slow", seconds=0.3))
    schedule.move(session.id, ruth.id, replace(LATER, minutes=30))
    first = threading.Thread(target=lambda: meet.follow(session.id))
    first.start()
    until(lambda: calls(zoom, PATCH))
    schedule.move(session.id, mateo.id, LATER)
    first.join()
    assert row(zoom_link).owed is Owed.MOVE
    clock.move(timedelta(minutes=2))
    settle.tick()
    assert (at_zoom_now(zoom)["start_time"], at_zoom_now(zoom)["duration"]) == (LATER_THERE, 45)


def test_a_slower_answer_of_an_earlier_move_is_put_right(zoom_link, session, ruth, zoom, clock):
    schedule.move(session.id, ruth.id, replace(LATER, minutes=30))
    slow = owed.take(zoom_link.id, early=True)
    assert slow is not None
    schedule.move(session.id, ruth.id, LATER)
    meet.follow(session.id)
    settle.tell(slow)
    assert at_zoom_now(zoom)["duration"] == 30
    settle.tick()
    assert at_zoom_now(zoom)["duration"] == 45


def test_a_cancel_that_failed_is_told_again(zoom_link, session, mateo, zoom, clock):
    zoom.wrong(Fault(DELETE, "reset"))
    schedule.cancel(session.id, by=mateo.id)
    with pytest.raises(ProviderFailed, match="We keep trying"):
        meet.follow(session.id)
    assert zoom.meetings_of(RUTH)
    clock.move(timedelta(minutes=1))
    settle.tick()
    assert zoom.meetings_of(RUTH) == []
    assert owes_nothing(zoom_link)


def test_gone_is_cancelled(zoom_link, session, mateo, zoom):
    zoom.users[RUTH].meetings.clear()
    schedule.cancel(session.id, by=mateo.id)
    meet.follow(session.id)
    assert owes_nothing(zoom_link)


def test_when_a_mentorship_ends_its_meetings_are_cancelled(zoom_link, session, mateo, zoom):
    pair.close(session.mentorship_id, by=mateo.id)
    schedule.cancel_planned(session.mentorship_id)
    assert row(zoom_link).state is MeetingState.GONE
    settle.tick()
    assert zoom.meetings_of(RUTH) == []


def test_a_grant_that_died_is_not_tried_and_tried(zoom_link, session, ruth, zoom, clock):
    zoom.grants.clear()
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed, match="Connect Zoom again"):
        meet.follow(session.id)
    assert row(zoom_link).finding is Finding.RECONNECT
    asked = zoom.calls.total()
    for _ in range(5):
        clock.move(timedelta(hours=1))
        settle.tick()
    assert zoom.calls.total() == asked


def test_who_connects_again_gets_the_move_done(zoom_link, session, ruth, zoom, clock):
    zoom.grants.clear()
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed):
        meet.follow(session.id)
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    clock.move(timedelta(hours=1))
    settle.tick()
    assert at_zoom_now(zoom)["start_time"] == LATER_THERE


def test_an_account_taken_away_is_owed_nothing_more(zoom_link, session, ruth, at_zoom):
    connect.forget(at_zoom.id, by=ruth.id)
    schedule.cancel(session.id, by=ruth.id)
    with pytest.raises(ProviderFailed, match="no longer connected"):
        meet.follow(session.id)
    assert owes_nothing(zoom_link)


def test_a_day_after_the_session_nobody_needs_to_be_told(zoom_link, session, ruth, zoom, clock):
    zoom.wrong(Fault(DELETE, "reset"))
    schedule.cancel(session.id, by=ruth.id)
    with pytest.raises(ProviderFailed):
        meet.follow(session.id)
    clock.set(session.ends_at + timedelta(days=1, minutes=1))
    settle.tick()
    assert owes_nothing(zoom_link)
    assert calls(zoom, DELETE) == 1


def test_two_processes_tell_it_once(zoom_link, session, ruth, zoom, clock):
    zoom.wrong(Fault(PATCH, "slow", seconds=0.2))
    schedule.move(session.id, ruth.id, LATER)
    clock.move(timedelta(minutes=2))
    beats = [threading.Thread(target=settle.tick) for _ in range(3)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert calls(zoom, PATCH) == 1


@pytest.fixture
def unanswered(session, ruth, at_zoom, zoom):
    """Made at Zoom, and neither the answer nor the look afterwards came through."""
    zoom.wrong(Fault(CREATE, "lost"))
    zoom.wrong(Fault(MINE, "reset"))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    found = tries.newest(session.id)
    assert found is not None and found.owed is Owed.LOOK_UP
    return found


def test_a_lost_answer_that_nobody_asks_about_becomes_the_link(unanswered, session, zoom, clock):
    clock.move(timedelta(minutes=1))
    settle.tick()
    made = meet.current(session.id)
    assert made is not None and made.state is MeetingState.MADE
    assert made.reference == str(at_zoom_now(zoom)["id"])
    settle.tick()
    assert owes_nothing(made)
    assert calls(zoom, CREATE) == 1


def test_what_nobody_wants_any_more_is_cancelled_there(unanswered, session, ruth, zoom, clock):
    meet.make_link(session.id, "jitsi", by=ruth.id)
    clock.move(timedelta(minutes=1))
    for _ in range(2):
        settle.tick()
    assert zoom.meetings_of(RUTH) == []
    standing = meet.current(session.id)
    assert standing is not None and standing.provider == "jitsi"


def test_where_nothing_came_of_it_the_search_ends(session, ruth, at_zoom, zoom, clock):
    zoom.wrong(Fault(CREATE, "reset"))
    zoom.wrong(Fault(MINE, "reset"))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    for _ in range(10):
        clock.move(timedelta(minutes=10))
        settle.tick()
    assert calls(zoom, MINE) == 1 + settle.LOOKS
    assert meet.current(session.id) is None


def test_a_process_killed_while_making_a_link_leaves_no_orphan(session, ruth, at_zoom, zoom, clock):
    begun = tries.begin(session.id, "zoom", ruth.id, "")
    assert isinstance(begun, Try)
    offer = providers.offer("zoom")
    with authorised(ruth.id, offer) as http:
        offer.provider.create(http, offer.hosts, begun.plan)
    clock.move(timedelta(minutes=2))
    settle.tick()
    made = meet.current(session.id)
    assert made is not None and made.reference == str(at_zoom_now(zoom)["id"])


def test_a_found_meeting_takes_the_time_that_the_session_has_by_now(unanswered, session, ruth, zoom, clock):
    schedule.move(session.id, ruth.id, LATER)
    clock.move(timedelta(minutes=1))
    for _ in range(2):
        settle.tick()
    assert at_zoom_now(zoom)["start_time"] == LATER_THERE


def test_a_press_that_finds_an_earlier_try_puts_its_time_right(unanswered, session, ruth, zoom):
    schedule.move(session.id, ruth.id, LATER)
    meet.make_link(session.id, "zoom", by=ruth.id)
    assert at_zoom_now(zoom)["start_time"] == LATER_THERE
    assert calls(zoom, CREATE) == 1


def test_one_failing_provider_doesn_t_hold_up_the_others(zoom_link, session, mentorship, ruth, zoom, clock):
    second = schedule.plan(mentorship.id, ruth.id, Slot(datetime(2026, 12, 1, 17), "Africa/Nairobi", 60))
    meet.make_link(second.id, "zoom", by=ruth.id)
    zoom.wrong(Fault(f"{DELETE}{zoom_link.reference}", "instead", times=9, status=500))
    for each in (session, second):
        schedule.cancel(each.id, by=ruth.id)
    clock.move(timedelta(minutes=2))
    settle.tick()
    assert [str(there["id"]) for there in zoom.meetings_of(RUTH)] == [zoom_link.reference]


def test_sentences_carry_no_code(zoom_link, session, ruth, zoom):
    zoom.wrong(Fault(PATCH, "garbled", status=500, body="<xml>Traceback</xml>"))
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(Refusal) as failed:
        meet.follow(session.id)
    assert "xml" not in failed.value.sentence
