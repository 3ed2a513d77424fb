"""Whatever a provider tells of a call, the talk becomes what it should be. What a person pressed counts for more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from companion import db, signals
from companion.model.calls import Call, CallGuest
from companion.model.mentorships import Role
from companion.model.sessions import Meeting, MeetingState, OverBecause, SessionState
from companion.services import follow_call, follow_up, schedule, talk
from integrations.meetings import CallRun, Guest
from tests.writing import Pen

pytestmark = pytest.mark.both_databases

NUMBER = "86543210987"
RUTH, MATEO = "ruth-at-zoom", "mateo-at-zoom"


@pytest.fixture
def meeting(session, ruth, clock):
    with db.transaction() as tx:
        row = Meeting(
            session_id=session.id, provider="zoom", reference=NUMBER, join_url="https://zoom.example/j/1",
            state=MeetingState.MADE, made_by=ruth.id, marker="m", created_at=clock.now,
        )  # fmt: skip
        tx.add(row)
    return row


@pytest.fixture
def minute(session):
    """So many minutes after the planned start, 17:00 in Nairobi. It lasts an hour."""

    def at(count: float) -> datetime:
        return session.starts_at + timedelta(minutes=count)

    return at


@pytest.fixture
def heard(app):
    """The names of the facts that were told, in their order."""
    names: list[str] = []
    facts = [signals.session_live, signals.session_over, signals.session_resumed, signals.meeting_changed]
    listeners = [(fact, lambda _, session_id, name=fact.name: names.append(name)) for fact in facts]
    for fact, listen in listeners:
        fact.connect(listen)
    yield names
    for fact, listen in listeners:
        fact.disconnect(listen)


@pytest.fixture
def call(meeting, minute, clock):
    """What a look shows of one call that began and perhaps ended so many minutes after the planned start."""

    def told(start, end=None, who=(RUTH, MATEO), instance="a"):
        ended = None if end is None else minute(end)
        guests = tuple(Guest(name, name, name, joined_at=minute(start), left_at=ended) for name in who)
        clock.set(minute(start if end is None else end))
        follow_call.keep("zoom", NUMBER, [CallRun(instance, minute(start), ended, guests)])

    return told


def now(session):
    return schedule.find(session.id, session.planned_by)


def test_a_call_that_begins_near_its_time_makes_the_session_live(session, call, heard):
    call(-10)
    found = now(session)
    assert (found.state, found.began_at) == (SessionState.LIVE, session.starts_at)
    assert sorted(heard) == ["meeting-changed", "session-live"]


def test_a_call_long_before_is_only_somebody_trying_the_link(session, call):
    call(-120)
    assert now(session).state is SessionState.PLANNED


def test_a_call_that_began_too_early_counts_once_it_is_time(session, call, clock, minute):
    call(-40)
    clock.set(minute(-16))
    follow_call.tick()
    assert now(session).state is SessionState.PLANNED
    clock.set(minute(-15))
    follow_call.tick()
    assert now(session).state is SessionState.LIVE


def test_the_end_of_the_call_brings_both_to_the_wrap_up(session, call, minute, heard):
    call(0)
    call(0, 52)
    found = now(session)
    assert (found.state, found.over_because) == (SessionState.OVER, OverBecause.CALL)
    assert found.lasted == timedelta(minutes=52)
    assert heard[-1] == "session-over"


def test_nobody_opened_the_companion_and_the_provider_was_late_with_everything(session, call, clock, minute, outbox):
    clock.set(minute(90))
    call(0, 52)
    found = now(session)
    assert (found.state, found.lasted) == (SessionState.OVER, timedelta(minutes=52))
    clock.set(minute(52) + timedelta(minutes=10))
    follow_up.tick()
    assert now(session).state is SessionState.CLOSED
    assert sum(letter.kind == "action_items" for letter in outbox()) == 2


def test_late_news_still_leaves_the_whole_wrap_up(session, meeting, clock, minute):
    clock.set(minute(70))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(52))])
    follow_up.tick()
    assert follow_up.closes_at(now(session)) == minute(80)
    assert now(session).state is SessionState.OVER


def test_a_call_that_starts_again_within_the_wrap_up_is_the_same_session_and_one_pair_of_letters(
    session, call, clock, outbox
):
    call(0, 30)
    call(33, instance="b")
    assert now(session).state is SessionState.LIVE
    clock.move(timedelta(minutes=20))
    follow_up.tick()
    assert now(session).state is SessionState.LIVE
    call(33, 58, instance="b")
    call(0, 30)  # told once more
    assert now(session).lasted == timedelta(minutes=58)
    clock.move(timedelta(minutes=40))
    follow_up.tick()
    assert now(session).state is SessionState.CLOSED
    assert sum(letter.kind == "action_items" for letter in outbox()) == 2


def test_after_the_lists_have_gone_out_no_call_opens_it_again(session, call, clock):
    call(0, 30)
    clock.move(timedelta(minutes=10))
    follow_up.tick()
    call(45, instance="b")
    call(45, 60, instance="b")
    assert now(session).state is SessionState.CLOSED


def test_still_talking_counts_for_more_than_the_call_that_ended(session, call, mateo):
    call(0, 30)
    talk.resume(session.id, by=mateo.id)
    call(0, 30)
    call(0, 30, who=(RUTH, MATEO, "a late word of somebody else"))
    assert now(session).state is SessionState.LIVE
    call(32, instance="b")
    call(32, 50, instance="b")
    assert now(session).state is SessionState.OVER


def test_a_press_on_end_counts_for_more_than_the_call_that_goes_on(session, call, ruth):
    call(0)
    talk.end(session.id, by=ruth.id)
    call(0)
    call(0, 55)
    call(57, instance="b")
    found = now(session)
    assert (found.state, found.over_because) == (SessionState.OVER, OverBecause.PERSON)


def test_one_who_waited_alone_in_the_call_has_not_talked(session, call, clock, minute, outbox):
    call(0, who=(RUTH,))
    assert now(session).state is SessionState.LIVE
    call(0, 20, who=(RUTH,))
    assert now(session).state is SessionState.PLANNED
    clock.set(minute(95))
    talk.tick()
    follow_up.tick()
    assert now(session).never_happened(clock.now)
    assert [letter.kind for letter in outbox()] == ["session_planned"]


def test_whoever_waited_in_the_companion_too_is_asked_by_the_clock(session, call, clock, minute):
    clock.set(minute(0))
    talk.someone_sits(session.id, [Role.MENTOR])
    call(0, 20, who=(RUTH,))
    assert now(session).state is SessionState.LIVE
    talk.everybody_left(session.id)
    clock.set(minute(95))
    talk.tick()
    assert now(session).never_happened(clock.now)


def test_an_end_told_before_its_guests_is_taken_back_when_only_one_had_come(session, meeting, minute, clock, heard):
    clock.set(minute(35))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(35))])
    assert now(session).state is SessionState.OVER
    alone = Guest("1", RUTH, "Ruth", joined_at=minute(0), left_at=minute(35))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(35), (alone,))])
    found = now(session)
    assert (found.state, found.over_because, found.over_at) == (SessionState.PLANNED, None, None)
    assert "session-resumed" in heard


def test_the_clock_waits_for_a_call_that_goes_on(session, call, clock, minute):
    call(0)
    clock.set(minute(60 + 119))
    talk.tick()
    assert now(session).state is SessionState.LIVE


def test_an_end_that_is_never_told_becomes_a_question_to_both(session, call, clock, minute, outbox):
    call(0)
    clock.set(minute(60 + 121))
    talk.tick()
    follow_call.tick()
    talk.tick()
    found = now(session)
    assert (found.state, found.over_because) == (SessionState.OVER, OverBecause.CLOCK)
    assert found.lasted == session.length
    assert sum(letter.kind == "ask_if_over" for letter in outbox()) == 2


def test_one_who_waited_alone_and_whose_end_is_never_told_is_asked_whether_they_talked(session, call, clock, minute):
    call(0, who=(RUTH,))
    clock.set(minute(60 + 121))
    for _ in range(2):
        talk.tick()
        follow_call.tick()
    assert now(session).never_happened(clock.now)


def test_one_who_waits_on_and_on_is_asked_once_and_not_called_back(session, meeting, call, clock, minute):
    states = []
    for count in (0, 60, 60 + 121, 60 + 125, 60 + 130, 60 + 200):
        clock.set(minute(count))
        seen = Guest(RUTH, RUTH, RUTH, joined_at=minute(0))
        for _ in range(2):
            follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), None, (seen,))])
            talk.tick()
            follow_call.tick()
            states.append(now(session).state)
    assert states == [SessionState.LIVE] * 4 + [SessionState.PLANNED] * 8
    call(0, 60 + 201)
    assert now(session).state is SessionState.OVER, "both had come after all"


def test_one_who_came_after_the_other_had_gone_gets_no_lists(session, call, clock, outbox):
    call(0, 15, who=(RUTH,))
    call(20, 35, who=(MATEO,), instance="b")
    clock.move(timedelta(minutes=11))
    follow_up.tick()
    assert now(session).state is SessionState.PLANNED
    assert [letter.kind for letter in outbox()] == ["session_planned"]


def test_where_a_provider_only_counts_people_the_greatest_count_stays(session, meeting, clock, minute):
    clock.set(minute(50))
    for people, state in [(1, SessionState.PLANNED), (2, SessionState.OVER), (1, SessionState.OVER)]:
        follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(50), people=people)])
        follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(50))])
        assert now(session).state is state


def test_a_short_call_of_unknown_guests_is_left_to_the_clock(session, meeting, clock, minute):
    clock.set(minute(0))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0))])
    clock.set(minute(25))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(25))])
    assert now(session).state is SessionState.PLANNED
    clock.set(minute(91))
    talk.tick()
    assert now(session).never_happened(clock.now)


def test_two_who_both_had_the_agenda_open_are_not_sent_back_by_a_call_of_one(session, call, clock, minute):
    clock.set(minute(0))
    talk.someone_sits(session.id, list(Role))
    call(0, 40, who=(RUTH,))
    assert now(session).state is SessionState.OVER


def test_looks_at_those_still_there_do_not_hide_that_they_had_met(session, meeting, clock, minute):
    mateo = Guest("2", MATEO, "Mateo", joined_at=minute(2))
    ruth = Guest("1", RUTH, "Ruth", joined_at=minute(0))
    clock.set(minute(20))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), None, (ruth, mateo))])
    gone = replace(mateo, left_at=minute(30))
    clock.set(minute(35))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), None, (ruth, gone))])
    clock.set(minute(40))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(40), (replace(ruth, left_at=minute(40)), gone))])
    assert now(session).state is SessionState.OVER


def test_still_talking_in_a_call_that_goes_on_lets_its_end_be_the_end(session, call, ruth, mateo):
    call(0)
    talk.end(session.id, by=ruth.id)
    talk.resume(session.id, by=mateo.id)
    call(0, 55)
    found = now(session)
    assert (found.state, found.over_because) == (SessionState.OVER, OverBecause.CALL)


def test_a_moved_session_starts_afresh(session, call, ruth, clock):
    call(0, 35)
    talk.resume(session.id, by=ruth.id)
    schedule.move(session.id, ruth.id, schedule.Slot(session.wall + timedelta(hours=2), session.zone, 60))
    call(120, 155, instance="b")
    assert now(session).state is SessionState.OVER


def test_a_session_moved_a_little_while_its_call_goes_on_goes_on_too(session, call, ruth):
    call(-12, who=(RUTH,))
    schedule.move(session.id, ruth.id, schedule.Slot(session.wall + timedelta(minutes=2), session.zone, 60))
    assert now(session).state is SessionState.PLANNED
    follow_call.tick()
    assert now(session).state is SessionState.LIVE


def test_times_that_no_call_can_have_are_ignored(session, meeting, clock, minute):
    clock.set(minute(1))
    never, ages_ago = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    odd = Guest("1", RUTH, "Ruth", joined_at=never, left_at=never)
    for start, end in [(never, None), (never, never), (ages_ago, minute(0)), (ages_ago, never)]:
        follow_call.keep("zoom", NUMBER, [CallRun(f"{start}{end}", start, end, (odd,))])
        follow_call.tick()
    with db.reading() as tx:
        said = [moment for each in tx.query(Call) for moment in (each.started_at, each.ended_at) if moment]
        said += [moment for each in tx.query(CallGuest) for moment in (each.joined_at, each.left_at) if moment]
    assert set(said) <= {minute(0), minute(1)}


def test_the_end_told_after_the_question_says_how_long_it_was(session, call, clock, minute):
    call(0)
    clock.set(minute(60 + 121))
    talk.tick()
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), minute(73))])
    found = now(session)
    assert (found.over_because, found.lasted) == (OverBecause.CLOCK, timedelta(minutes=73))


def test_a_call_that_begins_again_answers_the_question(session, call, clock, minute, ruth, mateo):
    clock.set(minute(0))
    talk.someone_sits(session.id, (Role.MENTOR, Role.MENTEE))
    talk.everybody_left(session.id)
    clock.set(minute(91))
    talk.tick()
    assert now(session).over_because is OverBecause.CLOCK
    call(93)
    assert now(session).state is SessionState.LIVE


def test_a_session_moved_while_its_call_goes_on_begins_when_its_new_time_is_near(session, call, clock, minute, ruth):
    call(-12, who=(RUTH,))
    schedule.move(session.id, ruth.id, schedule.Slot(session.wall + timedelta(hours=2), session.zone, 60))
    follow_call.tick()
    assert now(session).state is SessionState.PLANNED
    clock.set(minute(120))
    call(119, instance="b")
    assert now(session).state is SessionState.LIVE


def test_a_meeting_that_is_nobodys_changes_nothing(session, meeting, minute):
    follow_call.keep("zoom", "1", [CallRun("a", minute(0))])
    follow_call.keep("google_meet", NUMBER, [CallRun("a", minute(0))])
    follow_call.keep("zoom", "", [CallRun("a", minute(0))])
    with db.reading() as tx:
        assert tx.query(Call).count() == 0


@pytest.mark.parametrize("state", [SessionState.CANCELLED, SessionState.CLOSED])
def test_a_session_that_is_done_with_takes_no_calls(session, call, state):
    with db.transaction() as tx:
        tx.merge(session).state = state
    call(0)
    assert now(session).state is state


def test_a_meeting_that_was_dropped_during_its_call_still_tells(session, meeting, call):
    call(0)
    with db.transaction() as tx:
        tx.merge(meeting).state = MeetingState.GONE
    call(0, 40)
    assert now(session).state is SessionState.OVER


def test_what_a_provider_says_too_long_or_unprintable_is_still_kept(session, meeting, minute, clock):
    clock.set(minute(0))
    name = "Ruth\x00\ud800" + "!" * 500
    strange = Guest("k" * 500, "a" * 500, name, "m" * 500, joined_at=minute(0))
    follow_call.keep("zoom", NUMBER, [CallRun("i" * 500, minute(0), None, (strange,))] * 2)
    with db.reading() as tx:
        [guest] = tx.query(CallGuest)
    assert (len(guest.key), len(guest.name), len(guest.email)) == (200, 200, 254)
    assert guest.name.startswith("Ruth !!!")


def test_who_was_in_a_call_is_forgotten_after_a_month(session, call, clock):
    call(0, 50)
    clock.move(timedelta(days=29))
    follow_call.forget_old()
    with db.reading() as tx:
        assert tx.query(CallGuest).count() == 2
    clock.move(timedelta(days=2))
    follow_call.forget_old()
    with db.reading() as tx:
        assert (tx.query(CallGuest).count(), tx.query(Call).count()) == (0, 1)


def test_pages_are_told_only_when_what_they_show_changed(session, call, heard):
    call(0, who=(RUTH,))
    heard.clear()
    call(0, who=(RUTH,))
    assert heard == []
    call(0)
    assert heard == ["meeting-changed"]


def test_a_look_shows_who_came_back_over_the_same_connection(session, meeting, clock, minute):
    clock.set(minute(12))
    left = Guest("1", MATEO, "Mateo", joined_at=minute(0), left_at=minute(10))
    there = Guest("1", MATEO, "Mateo", joined_at=minute(0))
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), None, (left,))])
    follow_call.keep("zoom", NUMBER, [CallRun("a", minute(0), None, (there,))])
    with db.reading() as tx:
        [guest] = tx.query(CallGuest)
        assert not guest.is_gone


def test_what_was_written_in_the_companion_goes_out_with_the_lists(session, call, mateo, clock, outbox):
    call(0)
    pen = Pen()
    pen.add_item("Send CV to Ana", "mentee")
    pen.save(session.id, mateo.id)
    call(0, 50)
    clock.move(timedelta(minutes=10))
    follow_up.tick()
    assert sum(letter.kind == "action_items" for letter in outbox()) == 2
