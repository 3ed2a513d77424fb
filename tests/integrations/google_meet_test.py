from datetime import datetime, timedelta

import pytest
import requests

from integrations.errors import GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.meetings import MeetingPlan, MeetingStatus
from integrations.meetings.google_meet import provider
from integrations.offers import offers
from tests.simulators.server import Fault

RUTH = "ruth@google.example"
CREATE = "POST /v2/spaces"
STARTS, LASTS = datetime(2026, 11, 24, 17, 0), timedelta(minutes=45)
PLAN = MeetingPlan("The portfolio", STARTS, "Africa/Nairobi", LASTS, "marker-1234")


@pytest.fixture
def hosts(google):
    return offers(google.settings(), loopback=True)["google_meet"].hosts


@pytest.fixture
def http(google):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {google.granted(RUTH)['access_token']}"
        yield session


def test_a_space_is_kept_by_its_lasting_name(google, http, hosts):
    meeting = provider.create(http, hosts, PLAN)
    assert google.spaces[meeting.reference]["meetingUri"] == meeting.join_url


def test_both_partners_can_walk_in(google, http, hosts):
    meeting = provider.create(http, hosts, PLAN)
    assert google.spaces[meeting.reference]["config"] == {"accessType": "OPEN", "entryPointAccess": "ALL"}


def test_moving_and_cancelling_ask_nobody(google, http, hosts):
    meeting = provider.create(http, hosts, PLAN)
    before = google.calls.copy()
    assert provider.move(http, hosts, meeting, PLAN) == meeting
    provider.cancel(http, hosts, meeting)
    assert google.calls == before


def test_whether_people_are_in_it(google, http, hosts):
    meeting = provider.create(http, hosts, PLAN)
    assert provider.status(http, hosts, meeting, "").now is MeetingStatus.UNKNOWN
    google.live.add(meeting.reference)
    assert provider.status(http, hosts, meeting, "").now is MeetingStatus.LIVE


def test_a_space_that_is_not_ours_is_refused(google, http, hosts):
    meeting = provider.create(http, hosts, PLAN)
    google.foreign.add(meeting.reference)
    with pytest.raises(Refused, match="Permission denied"):
        provider.status(http, hosts, meeting, "")


def test_an_unticked_scope_asks_to_connect_again(google, hosts):
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {google.granted(RUTH, ('openid', 'email'))['access_token']}"
        with pytest.raises(GrantRevoked, match="Connect Google Meet again"):
            provider.create(http, hosts, PLAN)


def test_a_dead_token_asks_to_connect_again(hosts):
    with requests.Session() as http:
        http.headers["Authorization"] = "Bearer ya29.dead"
        with pytest.raises(GrantRevoked):
            provider.create(http, hosts, PLAN)


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
        (200, "<html>", LostAnswer),
        (403, '{"error": "words"}', Refused),
        (400, '{"error": {"message": "Invalid value"}}', Refused),
        (401, "<html>", GrantRevoked),
        (503, "", LostAnswer),
    ],
)
def test_whatever_google_answers_is_understood(google, http, hosts, status, body, error):
    google.wrong(Fault(CREATE, "instead", status=status, body=body))
    with pytest.raises(error):
        provider.create(http, hosts, PLAN)
