from datetime import datetime, timedelta

import pytest
import requests

from integrations.errors import Gone, GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.meetings import MeetingPlan, MeetingStatus, Obstacle
from integrations.meetings.google_meet import provider
from integrations.offers import offers
from tests.simulators.google_api import CREATED
from tests.simulators.google_events import TOPIC
from tests.simulators.server import Fault

RUTH, MATEO = "ruth@google.example", "mateo@google.example"
CREATE, RECORDS = "POST /v2/spaces", "GET /v2/conferenceRecords"
STARTS, LASTS = datetime(2026, 11, 24, 17, 0), timedelta(minutes=45)
PLAN = MeetingPlan("The portfolio", STARTS, "Africa/Nairobi", LASTS, "marker-1234")
TOPIC_TYPES = {"conference.v2.started", "conference.v2.ended", "participant.v2.joined", "participant.v2.left"}


@pytest.fixture
def hosts(google):
    return offers(google.settings(), loopback=True)["google_meet"].hosts


@pytest.fixture
def authorised(google):
    sessions = []

    def for_account(account=RUTH, *scopes):
        http = requests.Session()
        granted = google.granted(account, scopes or ("openid", "email", CREATED))
        http.headers["Authorization"] = f"Bearer {granted['access_token']}"
        sessions.append(http)
        return http

    yield for_account
    for http in sessions:
        http.close()


@pytest.fixture
def http(authorised):
    return authorised()


@pytest.fixture
def meeting(http, hosts):
    return provider.create(http, hosts, PLAN)


@pytest.fixture
def status(http, hosts, meeting):
    return lambda: provider.status(http, hosts, meeting, "")


def test_a_space_is_kept_by_its_lasting_name(google, meeting):
    assert google.spaces[meeting.reference]["meetingUri"] == meeting.join_url


def test_both_partners_can_walk_in(google, meeting, status):
    assert google.spaces[meeting.reference]["config"] == {"accessType": "OPEN", "entryPointAccess": "ALL"}
    assert status().obstacles == frozenset()


@pytest.mark.parametrize("closed", [{"accessType": "TRUSTED"}, {"accessType": "RESTRICTED"}])
def test_closed_doors_are_seen_and_opened_again(google, http, hosts, meeting, status, closed):
    google.spaces[meeting.reference]["config"] |= closed
    assert status().obstacles == {Obstacle.KNOCK}
    assert provider.move(http, hosts, meeting, PLAN) == meeting
    assert status().obstacles == frozenset()


def test_doors_that_the_organisation_keeps_closed_are_told_of(google, http, hosts):
    google.policy["accessType"] = "TRUSTED"
    meeting = provider.create(http, hosts, PLAN)
    provider.move(http, hosts, meeting, PLAN)
    assert provider.status(http, hosts, meeting, "").obstacles == {Obstacle.KNOCK}


def test_moving_changes_nothing_where_the_doors_are_open(google, http, hosts, meeting):
    provider.move(http, hosts, meeting, PLAN)
    assert not [operation for operation in google.calls if operation.startswith("PATCH")]


def test_cancelling_asks_nobody(google, http, hosts, meeting):
    before = google.calls.copy()
    provider.cancel(http, hosts, meeting)
    assert google.calls == before


def test_a_space_has_no_time_to_differ_from(status):
    found = status()
    assert (found.starts_at, found.length) == (None, None)
    assert found.join_url


def test_before_during_and_after_a_call(google, meeting, status):
    assert status().now is MeetingStatus.UNKNOWN
    google.join(meeting.reference, "Ruth", RUTH)
    assert status().now is MeetingStatus.LIVE
    google.end(meeting.reference)
    assert status().now is MeetingStatus.OVER


def test_a_call_that_drops_and_starts_again_is_two_runs(google, clock, meeting, status):
    for _ in range(2):
        google.join(meeting.reference, "Ruth", RUTH)
        clock.move(timedelta(minutes=20))
        google.leave(meeting.reference, "Ruth")
    newest, first = status().runs
    assert newest.instance != first.instance
    assert newest.started_at == first.ended_at == clock.now - timedelta(minutes=20)
    assert newest.ended_at == clock.now


def test_who_is_in_the_call_is_told_by_account_or_name(google, meeting, status):
    google.join(meeting.reference, "Ruth Wanjiru", RUTH)
    google.join(meeting.reference, "Mateo – teléfono")
    [run] = status().runs
    assert run.ended_at is None
    told = {(guest.account, guest.name, guest.email) for guest in run.guests}
    assert told == {(google.sub(RUTH), "Ruth Wanjiru", ""), ("", "Mateo – teléfono", "")}
    assert all(guest.joined_at and guest.left_at is None for guest in run.guests)


def test_who_came_back_is_in_the_call_though_they_left_once(google, meeting, status):
    google.join(meeting.reference, "Ruth", RUTH)
    google.join(meeting.reference, "Mateo", MATEO)
    google.leave(meeting.reference, "Mateo")
    google.join(meeting.reference, "Mateo", MATEO)
    [run] = status().runs
    stays = {guest.key: guest.left_at is None for guest in run.guests if guest.name == "Mateo"}
    assert sorted(stays.values()) == [False, True]
    google.end(meeting.reference)
    [over] = status().runs
    assert len(over.guests) == 2 and all(guest.left_at for guest in over.guests)


def test_all_calls_are_found_however_many_pages_they_fill(google, meeting, status):
    for _ in range(101):
        google.start(meeting.reference)
        google.end(meeting.reference)
    assert len(status().runs) == 101


def test_calls_of_other_spaces_are_not_this_ones(google, http, hosts, meeting, status):
    other = provider.create(http, hosts, PLAN)
    google.join(other.reference, "Ruth", RUTH)
    assert status().runs == ()


@pytest.mark.parametrize("name", ["may not host", "deleted meeting"])
def test_an_account_whose_calls_google_keeps_to_itself_still_has_its_link_checked(google, meeting, status, name):
    google.start(meeting.reference)
    google.goes_wrong(name, RECORDS)
    found = status()
    assert (found.now, found.runs) == (MeetingStatus.LIVE, ())


def test_a_space_of_another_account_is_not_taken_for_a_lost_one(authorised, hosts, meeting):
    with pytest.raises(Refused, match="only to the account that made it"):
        provider.status(authorised(MATEO), hosts, meeting, "")


def test_a_space_that_is_gone_is_gone(google, meeting, status):
    del google.spaces[meeting.reference]
    with pytest.raises(Gone, match="Make a new link"):
        status()


def test_an_unticked_scope_asks_to_connect_again(authorised, hosts):
    with pytest.raises(GrantRevoked, match="Connect Google Meet again"):
        provider.create(authorised(RUTH, "openid", "email"), hosts, PLAN)


def test_a_dead_token_asks_to_connect_again(google, status):
    google.removed(RUTH)
    with pytest.raises(GrantRevoked):
        status()


@pytest.mark.parametrize("name", ["rate by second", "rate by day", "rate as refusal"])
def test_too_much_is_never_taken_for_a_refusal(google, http, hosts, name):
    google.goes_wrong(name, CREATE)
    with pytest.raises(Unavailable, match="no more requests") as raised:
        provider.create(http, hosts, PLAN)
    assert not isinstance(raised.value, LostAnswer)


def test_the_eleventh_space_of_a_minute_waits(http, hosts):
    for _ in range(10):
        provider.create(http, hosts, PLAN)
    with pytest.raises(Unavailable, match="no more requests"):
        provider.create(http, hosts, PLAN)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "{}", LostAnswer),
        (200, '{"name": "spaces/x", "meetingUri": "http://evil.example/"}', LostAnswer),
        (200, '{"name": "spaces/x\\" OR", "meetingUri": "https://meet.google.com/a"}', LostAnswer),
        (200, "<html>", LostAnswer),
        (403, '{"error": "words"}', Refused),
        (400, '{"error": {"message": "Invalid value"}}', Refused),
        (403, '{"error": {"errors": "rateLimitExceeded", "details": [7]}}', Refused),
        (401, "<html>", GrantRevoked),
        (503, "", LostAnswer),
    ],
)
def test_whatever_google_answers_is_understood(google, http, hosts, status, body, error):
    google.wrong(Fault(CREATE, "instead", status=status, body=body))
    with pytest.raises(error):
        provider.create(http, hosts, PLAN)


@pytest.mark.parametrize(
    "row",
    [
        "7", "{}", '{"name": "conferenceRecords/a"}', '{"name": "conferenceRecords/a", "startTime": "yesterday"}',
        '{"name": "conferenceRecords/a", "startTime": "2026-11-24T14:00:00Z", "endTime": "soon"}',
        '{"name": 7, "startTime": "2026-11-24T14:00:00Z"}',
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_read_is_none(google, status, row):
    google.wrong(Fault(RECORDS, "instead", status=200, body=f'{{"conferenceRecords": [{row}]}}'))
    assert status().runs == ()


def test_google_is_asked_once_to_tell_of_a_space(google, http, hosts, meeting):
    for _ in range(2):
        provider.subscribe(http, hosts, meeting, TOPIC)
    [made] = google.events.subscriptions.values()
    assert made["targetResource"] == f"//meet.googleapis.com/{meeting.reference}"
    assert set(made["eventTypes"]) == {f"google.workspace.meet.{each}" for each in TOPIC_TYPES}


@pytest.mark.parametrize(
    ("name", "error"), [("token dead", GrantRevoked), ("server error", LostAnswer), ("may not host", Refused)]
)
def test_a_subscription_fails_like_any_call(google, http, hosts, meeting, name, error):
    google.goes_wrong(name, "POST /v1/subscriptions")
    with pytest.raises(error):
        provider.subscribe(http, hosts, meeting, TOPIC)


@pytest.mark.parametrize("name", ["empty", "a list", "xml", "garbage"])
def test_an_unreadable_answer_spoils_no_subscription(google, http, hosts, meeting, name):
    google.goes_wrong(name, "POST /v1/subscriptions")
    provider.subscribe(http, hosts, meeting, TOPIC)
    assert len(google.events.subscriptions) == 1
