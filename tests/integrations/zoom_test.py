from datetime import UTC, datetime, timedelta

import pytest
import requests

from integrations.errors import Gone, GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus
from integrations.meetings.zoom import provider
from integrations.offers import offers
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"
CREATE, MINE = "POST /v2/users/me/meetings", "GET /v2/users/me/meetings"
STARTS, LASTS = datetime(2026, 11, 24, 17, 0), timedelta(minutes=45)
PLAN = MeetingPlan("The portfolio", STARTS, "Africa/Nairobi", LASTS, "marker-1234")


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


def test_a_meeting_has_the_wall_time_of_the_pair(zoom, meeting):
    row = only(zoom)
    assert (row["start_time"], row["timezone"]) == ("2026-11-24T14:00:00Z", "Africa/Nairobi")
    assert (row["duration"], row["topic"], row["type"]) == (45, "The portfolio", 2)


def test_nobody_is_let_in_or_recorded_by_itself(zoom, meeting):
    row = only(zoom)
    asked = {"waiting_room": True, "join_before_host": False, "use_pmi": False, "auto_recording": "none"}
    assert {name: row["settings"][name] for name in asked} == asked
    assert row["settings"]["email_notification"] is False
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
    assert only(zoom)["start_time"] == "2026-11-25T12:30:00Z"


def test_a_meeting_deleted_at_zoom_is_gone_and_cancelling_it_is_fine(http, hosts, meeting):
    provider.cancel(http, hosts, meeting)
    provider.cancel(http, hosts, meeting)
    with pytest.raises(Gone):
        provider.status(http, hosts, meeting, "")
    with pytest.raises(Gone, match="Make a new link"):
        provider.move(http, hosts, meeting, PLAN)


def test_whether_people_are_in_it(zoom, http, hosts, meeting):
    assert provider.status(http, hosts, meeting, "").now is MeetingStatus.PLANNED
    only(zoom)["status"] = "started"
    assert provider.status(http, hosts, meeting, "").now is MeetingStatus.LIVE


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
