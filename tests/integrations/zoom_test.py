import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from integrations.errors import Gone, GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.meetings import CallRun, Meeting, MeetingPlan, MeetingStatus, Obstacle, Status
from integrations.meetings.zoom import provider
from integrations.offers import offers
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"
CREATE, MINE = "POST /v2/users/me/meetings", "GET /v2/users/me/meetings"
STARTS, LASTS = datetime(2026, 11, 24, 17, 0), timedelta(minutes=45)
PLAN = MeetingPlan("The portfolio", STARTS, "Africa/Nairobi", LASTS, "marker-1234")
NOON = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # when it starts
SETTINGS = {
    "waiting_room": True, "join_before_host": False, "meeting_authentication": False, "use_pmi": False,
    "auto_recording": "none", "email_notification": False, "alternative_hosts_email_notification": False,
}  # fmt: skip


@pytest.fixture
def hosts(zoom):
    return offers(zoom.settings(), loopback=True)["zoom"].hosts


@pytest.fixture
def http(zoom):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture
def meeting(http, hosts):
    return provider.create(http, hosts, PLAN)


def only(zoom):
    [row] = zoom.meetings_of(RUTH)
    return row


def renewed(zoom, http):
    http.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
    return http


def test_a_meeting_has_the_wall_time_of_the_pair(zoom, meeting):
    row = only(zoom)
    assert (row["start_time"], row["timezone"]) == ("2026-11-24T14:00:00Z", "Africa/Nairobi")
    assert (row["duration"], row["topic"], row["type"]) == (45, "The portfolio", 2)


def test_the_host_opens_the_door_and_nothing_is_recorded(zoom, meeting):
    row = only(zoom)
    assert {name: row["settings"][name] for name in SETTINGS} == SETTINGS
    assert row["password"]


def test_the_host_link_is_not_kept(zoom, meeting):
    row = only(zoom)
    assert meeting == Meeting(str(row["id"]), row["join_url"])
    assert "zak" not in repr(meeting)


@pytest.mark.parametrize(("fold", "instant"), [(0, "2027-10-31T01:30:00Z"), (1, "2027-10-31T02:30:00Z")])
def test_an_hour_that_comes_twice_is_the_one_that_was_meant(zoom, http, hosts, fold, instant):
    twice = datetime(2027, 10, 31, 3, 30, fold=fold)
    provider.create(http, hosts, MeetingPlan("", twice, "Europe/Helsinki", timedelta(hours=1), "m"))
    there = datetime.fromisoformat(only(zoom)["start_time"])
    assert there == datetime.fromisoformat(instant) - timedelta(hours=1)


def test_a_lost_meeting_is_found_by_its_marker(zoom, http, hosts):
    zoom.wrong(Fault(CREATE, "lost"))
    with pytest.raises(LostAnswer):
        provider.create(http, hosts, PLAN)
    found = provider.find(http, hosts, PLAN)
    assert found is not None
    assert found.reference == str(only(zoom)["id"])


def test_the_marker_is_looked_for_on_all_pages(zoom, http, hosts):
    zoom.daily_limit = 1000
    for number in range(301):
        wish = {"topic": f"Other {number}"}
        http.post(f"{zoom.url}/v2/users/me/meetings", json=wish, timeout=5)
    made = provider.create(http, hosts, PLAN)
    assert provider.find(http, hosts, PLAN) == made


def test_a_moved_meeting_keeps_its_link(zoom, http, hosts, meeting):
    later = MeetingPlan("Later", datetime(2026, 11, 25, 9, 30), "America/Santiago", timedelta(hours=1), PLAN.marker)
    assert provider.move(http, hosts, meeting, later) == meeting
    row = only(zoom)
    assert (row["start_time"], row["topic"], row["duration"]) == ("2026-11-25T12:30:00Z", "Later", 60)


def test_a_meeting_put_right_lets_the_partner_in_again(zoom, http, hosts, meeting):
    wrong = {"meeting_authentication": True, "waiting_room": False, "join_before_host": True}
    zoom.edit(meeting.reference, topic="Mine", settings=wrong)
    provider.move(http, hosts, meeting, PLAN)
    assert only(zoom)["topic"] == "The portfolio"
    assert {name: only(zoom)["settings"][name] for name in SETTINGS} == SETTINGS


def test_a_meeting_deleted_at_zoom_is_gone_and_cancelling_it_is_fine(zoom, http, hosts, meeting):
    zoom.remove(meeting.reference)
    provider.cancel(http, hosts, meeting)
    for verb in (lambda: provider.move(http, hosts, meeting, PLAN), lambda: provider.status(http, hosts, meeting, "")):
        with pytest.raises(Gone, match="Make a new link"):
            verb()


def test_a_meeting_is_as_zoom_has_it_now(zoom, http, hosts, meeting):
    assert provider.status(http, hosts, meeting, zoom.users[RUTH].id) == Status(
        MeetingStatus.PLANNED, NOON, LASTS, meeting.join_url
    )
    zoom.edit(meeting.reference, start_time="2026-11-24T20:00:00", timezone="Africa/Nairobi", duration=90)
    moved = provider.status(http, hosts, meeting, zoom.users[RUTH].id)
    assert (moved.starts_at, moved.length) == (NOON + timedelta(hours=3), timedelta(minutes=90))


def test_an_account_that_demands_signing_in_is_an_obstacle(zoom, http, hosts, meeting):
    zoom.policy = {"meeting_authentication": True}
    assert provider.status(http, hosts, meeting, "").obstacles == {Obstacle.SIGN_IN}
    provider.move(http, hosts, meeting, PLAN)
    assert provider.status(http, hosts, meeting, "").obstacles == {Obstacle.SIGN_IN}


def test_a_meeting_of_another_account_is_an_obstacle(http, hosts, meeting):
    assert provider.status(http, hosts, meeting, "somebody-else").obstacles == {Obstacle.OTHER_HOST}


def test_a_call_that_goes_on_was_on_when_zoom_said_so(zoom, http, hosts, meeting, clock):
    clock.set(NOON)
    running = zoom.start(meeting.reference)
    clock.move(timedelta(minutes=40))
    status = provider.status(renewed(zoom, http), hosts, meeting, "")
    assert status.now is MeetingStatus.LIVE
    assert status.runs == (CallRun(running, NOON + timedelta(minutes=40)),)


def test_a_call_that_ended_is_told_from_beginning_to_end(zoom, http, hosts, meeting, clock):
    clock.set(NOON)
    held = zoom.start(meeting.reference)
    clock.move(timedelta(minutes=44))
    zoom.end(meeting.reference)
    status = provider.status(renewed(zoom, http), hosts, meeting, "")
    assert status.now is MeetingStatus.OVER
    assert status.runs == (CallRun(held, NOON, NOON + timedelta(minutes=44), people=None),)


@pytest.mark.parametrize(
    ("said", "people"), [(1, 1), (2, 2), (0, None), (-1, None), ("2", None), (True, None), (2**40, None), (None, None)]
)
def test_how_many_came_is_told_where_zoom_counts_them(zoom, http, hosts, meeting, said, people):
    past = {"uuid": "u==", "start_time": "2026-11-24T14:00:00Z", "end_time": "2026-11-24T14:50:00Z"}
    body = json.dumps(past | {"participants_count": said})
    zoom.wrong(Fault("GET /v2/past_meetings/", "instead", status=200, body=body))
    [run] = provider.status(http, hosts, meeting, "").runs
    assert run.people == people


def test_a_call_that_drops_and_starts_again_is_two(zoom, http, hosts, meeting, clock):
    clock.set(NOON)
    first = zoom.start(meeting.reference)
    clock.move(timedelta(minutes=40))
    zoom.end(meeting.reference)
    second = zoom.start(meeting.reference)
    status = provider.status(renewed(zoom, http), hosts, meeting, "")
    assert first != second
    assert status.now is MeetingStatus.LIVE
    assert status.runs == (
        CallRun(first, NOON, NOON + timedelta(minutes=40)),
        CallRun(second, NOON + timedelta(minutes=40)),
    )


def test_trying_the_link_the_day_before_does_not_end_the_meeting(zoom, http, hosts, meeting):
    zoom.start(meeting.reference)
    zoom.end(meeting.reference)
    status = provider.status(http, hosts, meeting, "")
    assert (status.now, len(status.runs)) == (MeetingStatus.PLANNED, 1)


@pytest.mark.parametrize("is_on", [True, False])
def test_without_the_scope_for_past_calls_the_link_is_looked_after_all_the_same(zoom, http, hosts, meeting, is_on):
    [grant] = zoom.grants.values()
    grant.scopes -= {"meeting:read:past_meeting"}
    zoom.start(meeting.reference)
    if not is_on:
        zoom.end(meeting.reference)
    status = provider.status(http, hosts, meeting, "")
    assert (status.starts_at, status.runs) == (NOON, ())


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, '{"code": 200, "message": "Only available for paid account"}'),
        (400, '{"code": 12702, "message": "Can not access a meeting a year ago."}'),
        (429, ""), (503, "<html>"), (200, "<xml/>"), (200, '{"uuid": 7, "start_time": "soon"}'),
        (200, '{"uuid": "u==", "start_time": "2026-11-24T14:00:00Z"}'),
    ],
)  # fmt: skip
def test_what_zoom_will_not_tell_of_calls_does_not_spoil_the_link(zoom, http, hosts, meeting, status, body):
    zoom.wrong(Fault("GET /v2/past_meetings/", "instead", status=status, body=body))
    found = provider.status(http, hosts, meeting, "")
    assert (found.now, found.runs) == (MeetingStatus.PLANNED, ())


@pytest.mark.parametrize("kind", ["reset", "lost"])
def test_no_answer_about_calls_does_not_spoil_the_link(zoom, http, hosts, meeting, kind):
    zoom.wrong(Fault("GET /v2/past_meetings/", kind))
    found = provider.status(http, hosts, meeting, "")
    assert (found.now, found.starts_at, found.runs) == (MeetingStatus.PLANNED, NOON, ())


@pytest.mark.parametrize(
    "body",
    [
        "[]", '{"start_time": 7, "duration": "long", "join_url": "javascript:alert(1)", "settings": [], "uuid": {}}',
        '{"start_time": "2026-11-24T14:00:00", "duration": -1, "host_id": 3, "status": "dancing"}',
    ],
)  # fmt: skip
def test_a_meeting_that_makes_no_sense_is_unknown(zoom, http, hosts, meeting, body):
    zoom.wrong(Fault(f"GET /v2/meetings/{meeting.reference}", "instead", status=200, body=body))
    assert provider.status(http, hosts, meeting, "ruth") == Status(MeetingStatus.UNKNOWN)


def test_the_hosts_link_is_a_new_one_each_time(zoom, http, hosts, meeting):
    first, second = (provider.host_url(http, hosts, meeting) for _ in range(2))
    assert first != second
    assert all(link.startswith(f"{zoom.url}/s/{meeting.reference}?zak=") for link in (first, second))


def test_the_account_is_the_one_that_granted(zoom, http, hosts):
    account = provider.oauth.whose(http, hosts, {})
    assert (account.id, account.label) == (zoom.users[RUTH].id, RUTH)


def test_a_dead_token_asks_to_connect_again(zoom, http, hosts):
    zoom.granted(RUTH)
    with pytest.raises(GrantRevoked, match="Connect Zoom again"):
        provider.create(http, hosts, PLAN)


def test_a_missing_scope_asks_to_connect_again(zoom, hosts):
    zoom.scopes = frozenset({"user:read:user"})
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {zoom.granted(RUTH)['access_token']}"
        with pytest.raises(GrantRevoked):
            provider.create(http, hosts, PLAN)


def test_a_validation_error_names_the_field(http, hosts):
    with pytest.raises(Refused, match=r"Zoom says: Validation Failed. \(duration: Invalid field.\)"):
        provider.create(http, hosts, replace(PLAN, length=timedelta(0)))


def test_somebody_who_may_not_host_is_told_in_zooms_words(zoom, http, hosts):
    zoom.users[RUTH].may_host = False
    with pytest.raises(Refused, match="not allowed to host"):
        provider.create(http, hosts, PLAN)


def test_too_many_in_a_second_may_come_again_in_the_next(zoom, http, hosts, clock):
    zoom.plan = "free"
    provider.create(http, hosts, PLAN)
    provider.create(http, hosts, PLAN)
    with pytest.raises(Unavailable) as refused:
        provider.create(http, hosts, PLAN)
    assert refused.value.until == clock.now + timedelta(seconds=1)
    clock.set(refused.value.until)
    provider.create(http, hosts, PLAN)


def test_two_writes_at_once_are_no_reason_to_give_up(zoom, http, hosts, meeting):
    zoom.goes_wrong("too many at once", at="PATCH")
    with pytest.raises(Unavailable) as refused:
        provider.move(http, hosts, meeting, PLAN)
    assert refused.value.until is None


def test_the_daily_limit_says_until_when_and_is_not_tried_again(zoom, http, hosts):
    zoom.daily_limit = 0
    with pytest.raises(Unavailable, match="until 23 Nov, 00:00 UTC") as refused:
        provider.create(http, hosts, PLAN)
    assert refused.value.until == datetime(2026, 11, 23, tzinfo=UTC)
    assert zoom.calls[CREATE] == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (201, "<Response><id>1</id></Response>", LostAnswer),
        (201, '{"id": 7}', LostAnswer),
        (201, '{"id": {}, "join_url": "https://zoom.us/j/1"}', LostAnswer),
        (201, '{"id": 7, "join_url": "javascript:alert(1)"}', LostAnswer),
        (400, '{"code": 3161, "message": "You may not host."}', Refused),
        (400, "<Error/>", Refused),
        (400, '{"code": [1], "message": {}}', Refused),
        (400, '{"code": {"a": 1}}', Refused),
        (401, "", GrantRevoked),
        (404, '{"code": 1001, "message": "User does not exist."}', Refused),
        (429, "slow down", Unavailable),
        (500, "<html>", LostAnswer),
    ],
)
def test_whatever_zoom_answers_is_understood(zoom, http, hosts, status, body, error):
    zoom.wrong(Fault(CREATE, "instead", status=status, body=body))
    with pytest.raises(error):
        provider.create(http, hosts, PLAN)


@pytest.mark.parametrize(
    "body", ['{"meetings": 7}', '{"meetings": [7, null, {}]}', "[]", '{"meetings": [{"agenda": "marker-1234"}]}']
)
def test_a_list_that_makes_no_sense_finds_nothing(zoom, http, hosts, body):
    zoom.wrong(Fault(MINE, "instead", status=200, body=body))
    assert provider.find(http, hosts, PLAN) is None
