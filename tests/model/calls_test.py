"""What calls say of a talk: whatever a provider tells, in whatever order, how often, and with what left out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from companion.model.calls import BELIEVED, Call, CallGuest, Verdict, have_met, judge, stretches
from companion.model.sessions import Session

FIVE = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # 17:00 in Nairobi
RUTH, MATEO = "ruth-at-zoom", "mateo-at-zoom"


@dataclass
class Talk:
    """Calls at one meeting in minutes from the planned start, an hour long."""

    mentor_came: bool = False
    mentee_came: bool = False
    live_at: float | None = None
    minutes: int = 60

    def session(self) -> Session:
        came = {"mentor_came": self.mentor_came, "mentee_came": self.mentee_came}
        return Session(starts_at=FIVE, minutes=self.minutes, live_at=optional(self.live_at), **came)

    def verdict(self, *calls: Call, at: float = 70) -> Verdict:
        return judge(calls, self.session(), minute(at)).verdict


def minute(count: float) -> datetime:
    return FIVE + timedelta(minutes=count)


def optional(count: float | None) -> datetime | None:
    return None if count is None else minute(count)


def call(
    start: float | None,
    end: float | None,
    *guests: CallGuest,
    instance: str = "a",
    meeting: int = 1,
    people: int | None = None,
) -> Call:
    return Call(
        meeting_id=meeting, instance=instance, started_at=optional(start), ended_at=optional(end), people=people,
        guests=list(guests),
    )  # fmt: skip


def guest(who: str, joined: float | None, left: float | None = None, key: str = "") -> CallGuest:
    return CallGuest(key=key or who, account=who, name="", email="", joined_at=optional(joined), left_at=optional(left))


def named(name: str, joined: float, left: float | None, key: str) -> CallGuest:
    """Somebody who isn't signed in."""
    return CallGuest(key=key, account="", name=name, email="", joined_at=minute(joined), left_at=optional(left))


def both(left: float | None = None) -> list[CallGuest]:
    return [guest(RUTH, 0, left), guest(MATEO, 2, left)]


def test_no_call_says_nothing():
    assert Talk().verdict() is Verdict.NOTHING


def test_a_call_that_goes_on_near_its_time_is_the_talk():
    begun = call(-14, None, guest(RUTH, -14))
    assert Talk().verdict(begun, at=-15.1) is Verdict.NOTHING
    assert Talk().verdict(begun, at=-15) is Verdict.LIVE


def test_a_call_that_both_came_to_and_that_ended_was_the_talk():
    found = judge([call(0, 52, *both(52))], Talk().session(), minute(53))
    assert (found.verdict, found.began_at, found.ended_at) == (Verdict.OVER, minute(0), minute(52))


def test_a_call_that_ended_before_the_planned_start_ends_nothing():
    assert Talk(mentor_came=True).verdict(call(-14, -1, *both(-1))) is Verdict.NOTHING


def test_four_minutes_end_a_talk_only_where_somebody_opened_the_companion():
    short = call(0, 4, *both(4))
    assert Talk().verdict(short) is Verdict.NOTHING
    assert Talk(mentor_came=True).verdict(short) is Verdict.OVER


def test_many_short_stretches_are_one_talk():
    parts = [call(4 * each, 4 * each + 3, *both(4 * each + 3), instance=str(each)) for each in range(3)]
    assert Talk().verdict(*parts) is Verdict.OVER


def test_one_who_waited_in_vain_was_alone_on_whatever_devices():
    waited = call(0, 20, guest(RUTH, 0, 20), guest(RUTH, 3, 20, key="her phone"))
    assert Talk().verdict(waited) is Verdict.ALONE


def test_who_came_one_after_the_other_has_met_nobody():
    ruth, mateo = guest(RUTH, 0, 15), guest(MATEO, 20, 35)
    apart = [call(0, 15, ruth), call(20, 35, mateo, instance="b")]
    assert Talk().verdict(*apart) is Verdict.ALONE
    assert not have_met(apart, Talk().session())
    in_one = call(0, 35, guest(RUTH, 0, 15), guest(MATEO, 20, 35))
    assert Talk().verdict(in_one) is Verdict.ALONE
    assert not have_met([in_one], Talk().session())
    assert Talk().verdict(call(0, 35, guest(RUTH, 0, 21), guest(MATEO, 20, 35))) is Verdict.OVER


def test_two_who_each_waited_at_another_link_have_not_met():
    at_zoom, at_meet = call(0, 20, guest(RUTH, 0, 20)), call(0, 20, guest(MATEO, 0, 20), meeting=2)
    assert Talk().verdict(at_zoom, at_meet) is Verdict.ALONE
    assert not have_met([at_zoom, at_meet], Talk().session())


def test_whose_coming_or_going_was_not_told_counts_for_the_whole_call():
    assert Talk().verdict(call(0, 35, guest(RUTH, 0, None), guest(MATEO, 20, 35))) is Verdict.OVER
    assert Talk().verdict(call(0, 35, guest(RUTH, 0, 15), guest(MATEO, None, 35))) is Verdict.OVER
    came_back = guest(MATEO, 30, left=10)
    assert Talk().verdict(call(0, 35, guest(RUTH, 0, 20), came_back)) is Verdict.OVER


def test_who_changes_devices_is_one_person_and_namesakes_side_by_side_are_two():
    ruth = CallGuest(key="1", account=RUTH, name="RUTH", email="", joined_at=minute(0), left_at=minute(20))
    other = CallGuest(key="3", account="another", name="Ruth", email="", joined_at=minute(0), left_at=minute(20))
    changed = named("Ruth", 17, 40, "2")
    assert Talk().verdict(call(0, 40, ruth, changed)) is Verdict.ALONE
    assert Talk().verdict(call(0, 40, ruth, changed, other)) is Verdict.OVER
    assert Talk().verdict(call(0, 40, ruth, named("Ruth", 15, 40, "2"))) is Verdict.OVER
    assert Talk().verdict(call(0, 40, ruth, named("", 15, 40, "2"))) is Verdict.OVER
    phones = named("iPhone", 0, 30, "1"), named("iPhone", 3, 30, "2")
    assert Talk().verdict(call(0, 30, *phones)) is Verdict.OVER
    assert have_met([call(0, 30, *phones)], Talk().session())


def test_a_person_and_their_own_connection_are_one_though_both_are_told():
    person, line = named("Ruth", 0, 30, "participants/1"), named("Ruth", 0, 30, "participants/1/participantSessions/2")
    assert Talk().verdict(call(0, 30, person, line)) is Verdict.ALONE
    assert Talk().verdict(call(0, 30, person, named("Ruth", 0, 30, "participants/2"))) is Verdict.OVER


def test_two_who_both_had_the_agenda_open_have_talked_whatever_their_call_says():
    assert Talk(True, True).verdict(call(0, 20, guest(RUTH, 0, 20))) is Verdict.OVER
    assert Talk(True, True, live_at=0).verdict(call(0, 20, people=1)) is Verdict.OVER
    assert Talk(True, True).verdict(call(0, 10)) is Verdict.OVER
    assert Talk(True, False).verdict(call(0, 20, guest(RUTH, 0, 20))) is Verdict.ALONE


def test_an_agenda_that_both_opened_after_the_call_is_no_part_of_it():
    assert Talk(True, True, live_at=25).verdict(call(0, 20, guest(RUTH, 0, 20))) is Verdict.ALONE


def test_a_call_of_unknown_guests_was_a_talk_when_nobody_waits_for_so_long():
    assert Talk().verdict(call(0, 50)) is Verdict.OVER
    assert Talk().verdict(call(0, 30)) is Verdict.OVER
    assert Talk().verdict(call(0, 29)) is Verdict.NOTHING
    assert Talk(minutes=30).verdict(call(0, 20)) is Verdict.OVER
    assert Talk(minutes=30).verdict(call(0, 19)) is Verdict.NOTHING
    assert Talk().verdict(call(0, 20), call(21, 41, instance="b")) is Verdict.NOTHING


def test_a_provider_that_only_counts_people_tells_who_waited_from_who_talked():
    assert Talk().verdict(call(0, 50, people=1)) is Verdict.ALONE
    assert Talk().verdict(call(0, 10, people=2)) is Verdict.OVER
    assert have_met([call(0, None, people=2)], Talk().session())
    assert not have_met([call(0, None, people=1), call(0, 50, instance="b")], Talk().session())


def test_a_count_that_known_connections_explain_says_nothing_new():
    lines = guest(RUTH, 0, 10), guest(RUTH, 11, 20, key="her second line")
    assert Talk().verdict(call(0, 20, *lines, people=2)) is Verdict.ALONE
    assert Talk().verdict(call(0, 20, *lines, people=3)) is Verdict.OVER


def test_once_both_have_left_it_is_over_though_the_end_is_never_told():
    found = judge([call(0, None, guest(RUTH, 0, 51), guest(MATEO, 2, 50))], Talk().session(), minute(55))
    assert (found.verdict, found.ended_at) == (Verdict.OVER, minute(51))


def test_one_who_left_does_not_end_the_call_for_the_other():
    assert Talk().verdict(call(0, None, guest(RUTH, 0), guest(MATEO, 2, 50))) is Verdict.LIVE


def test_one_who_came_back_over_the_same_connection_is_there():
    back = guest(MATEO, 12, left=10)
    assert not back.is_gone
    assert Talk().verdict(call(0, None, guest(RUTH, 0, 20), back)) is Verdict.LIVE


def test_a_call_that_began_again_is_the_same_talk():
    dropped, again = call(0, 20, *both(20)), call(22, None, *both(), instance="b")
    assert Talk().verdict(dropped, again, at=30) is Verdict.LIVE


def test_a_later_call_at_the_same_meeting_ends_the_one_before():
    lost, again = call(0, None, *both()), call(22, 40, *both(40), instance="b")
    assert Talk().verdict(lost, again) is Verdict.OVER
    elsewhere = call(22, 40, *both(40), instance="b", meeting=2)
    assert Talk().verdict(lost, elsewhere) is Verdict.LIVE


def test_a_call_nobody_told_the_end_of_is_not_believed_for_ever():
    tried_out_the_day_before = call(-1000, None, guest(RUTH, -1000))
    assert Talk().verdict(tried_out_the_day_before, at=0) is Verdict.NOTHING
    lost = call(0, None, *both())
    assert Talk().verdict(lost, at=60 + 119) is Verdict.LIVE
    assert Talk().verdict(lost, at=60 + 120) is Verdict.NOTHING
    assert have_met([lost], Talk().session())


def test_one_who_waited_has_met_nobody():
    assert not have_met([call(0, None, guest(RUTH, 0), guest(RUTH, 5, key="phone"))], Talk().session())


MINUTES = st.integers(-30, 120)
KNOWN = st.none() | MINUTES
GUESTS = st.builds(guest, st.sampled_from([RUTH, MATEO, ""]), KNOWN, KNOWN, st.sampled_from("123"))
CALLS = st.builds(
    lambda start, end, guests, instance, meeting, people: call(
        start, end, *guests, instance=instance, meeting=meeting, people=people
    ),
    KNOWN, KNOWN, st.lists(GUESTS, max_size=3), st.sampled_from("abc"), st.integers(1, 2), st.sampled_from([None, 1, 2])
)  # fmt: skip
HELD = st.lists(CALLS, max_size=4, unique_by=lambda each: (each.meeting_id, each.instance))


@given(HELD, st.booleans(), MINUTES, st.randoms())
def test_the_order_of_calls_never_matters(calls, came, at, random):
    shuffled = random.sample(calls, len(calls))
    for each in shuffled:
        random.shuffle(each.guests)
    session = Talk(came).session()
    assert judge(calls, session, minute(at)) == judge(shuffled, session, minute(at))


@given(HELD, st.booleans(), MINUTES)
def test_nothing_is_live_long_before_and_nothing_over_without_a_stretch_that_reached_its_time(calls, came, at):
    session = Talk(came).session()
    said = judge(calls, session, minute(at))
    if said.verdict is Verdict.LIVE:
        assert session.is_near(minute(at))
    if said.verdict in (Verdict.OVER, Verdict.ALONE):
        assert said.began_at is not None and said.ended_at is not None
        assert said.began_at <= said.ended_at
        assert said.ended_at > FIVE


WAITS = st.tuples(st.sampled_from([RUTH, MATEO]), st.integers(0, 60), st.integers(1, 60), st.integers(1, 2))


@given(st.lists(WAITS, max_size=5), st.booleans())
def test_whoever_never_shared_a_call_has_no_talk_behind_them(waits, came):
    alone = [
        call(start, start + length, guest(who, start, start + length), instance=str(each), meeting=meeting)
        for each, (who, start, length, meeting) in enumerate(waits)
    ]
    assert Talk(came).verdict(*alone, at=200) is not Verdict.OVER
    assert not have_met(alone, Talk(came).session())


@given(HELD, MINUTES)
def test_two_who_both_came_are_never_told_that_one_was_alone(calls, at):
    assert judge(calls, Talk(True, True).session(), minute(at)).verdict is not Verdict.ALONE


@given(HELD)
def test_days_later_nothing_goes_on(calls):
    later = minute(120) + BELIEVED
    assert all(each.ended_at for each in stretches(calls, Talk().session(), later))
