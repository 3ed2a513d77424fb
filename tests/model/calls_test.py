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

    def session(self) -> Session:
        return Session(starts_at=FIVE, minutes=60, mentor_came=self.mentor_came, mentee_came=False)

    def verdict(self, *calls: Call, at: float = 70) -> Verdict:
        return judge(calls, self.session(), minute(at)).verdict


def minute(count: float) -> datetime:
    return FIVE + timedelta(minutes=count)


def optional(count: float | None) -> datetime | None:
    return None if count is None else minute(count)


def call(start: float | None, end: float | None, *guests: CallGuest, instance: str = "a", meeting: int = 1) -> Call:
    return Call(
        meeting_id=meeting, instance=instance, started_at=optional(start), ended_at=optional(end), guests=list(guests)
    )


def guest(who: str, joined: float | None, left: float | None = None, key: str = "") -> CallGuest:
    return CallGuest(key=key or who, account=who, name="", email="", joined_at=optional(joined), left_at=optional(left))


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


def test_who_is_signed_in_on_one_device_and_only_named_on_another_is_one_person():
    phone = CallGuest(key="2", account="", name="Ruth", email="", joined_at=minute(1), left_at=minute(20))
    ruth = CallGuest(key="1", account=RUTH, name="RUTH", email="", joined_at=minute(0), left_at=minute(20))
    other = CallGuest(key="3", account="another", name="Ruth", email="", joined_at=minute(0), left_at=minute(20))
    assert Talk().verdict(call(0, 20, ruth, phone)) is Verdict.ALONE
    assert Talk().verdict(call(0, 20, ruth, phone, other)) is Verdict.OVER
    assert Talk().verdict(call(0, 20, ruth, guest("", 0, 20, key="unnamed"))) is Verdict.ALONE


def test_a_call_whose_guests_nobody_told_of_counts_as_a_talk():
    assert Talk().verdict(call(0, 50)) is Verdict.OVER


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
    lambda start, end, guests, instance, meeting: call(start, end, *guests, instance=instance, meeting=meeting),
    KNOWN, KNOWN, st.lists(GUESTS, max_size=3), st.sampled_from("abc"), st.integers(1, 2),
)  # fmt: skip


@given(st.lists(CALLS, max_size=4), st.booleans(), MINUTES, st.randoms())
def test_the_order_of_calls_never_matters(calls, came, at, random):
    shuffled = random.sample(calls, len(calls))
    for each in shuffled:
        random.shuffle(each.guests)
    session = Talk(came).session()
    assert judge(calls, session, minute(at)) == judge(shuffled, session, minute(at))


@given(st.lists(CALLS, max_size=4), st.booleans(), MINUTES)
def test_nothing_is_live_long_before_and_nothing_over_without_a_stretch_that_reached_its_time(calls, came, at):
    session = Talk(came).session()
    said = judge(calls, session, minute(at))
    if said.verdict is Verdict.LIVE:
        assert session.is_near(minute(at))
    if said.verdict in (Verdict.OVER, Verdict.ALONE):
        assert said.began_at is not None and said.ended_at is not None
        assert said.began_at <= said.ended_at
        assert said.ended_at > FIVE


@given(st.lists(CALLS, max_size=4))
def test_days_later_nothing_goes_on(calls):
    later = minute(120) + BELIEVED
    assert all(each.ended_at for each in stretches(calls, Talk().session(), later))
