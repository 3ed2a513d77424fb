"""The simulated Microsoft, and our requests to it, held against what Microsoft's pages say of the real one.

The tables are facts from learn.microsoft.com (onlineMeeting: createOrGet, get, update, delete; lobbyBypassSettings;
authorization code flow; refresh tokens) as read in November 2026. Nothing here was tried against the real service.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.auth import HTTPBasicAuth

from integrations.meetings import MeetingPlan
from integrations.meetings.teams import provider
from integrations.offers import offers
from tests.simulators.consent import CLIENT_ID, CLIENT_SECRET
from tests.simulators.microsoft import SCOPES

RUTH, BACK = "ruth@school.example", "http://localhost/back"
MINE = "/v1.0/me/onlineMeetings"
EVERYTHING = " ".join(SCOPES)
BASIC = HTTPBasicAuth(CLIENT_ID, CLIENT_SECRET)
PLAN = MeetingPlan("The portfolio", datetime(2026, 11, 24, 17, 0), "Africa/Nairobi", timedelta(minutes=45), "marker")
CREATE_OR_GET = {"endDateTime", "externalId", "participants", "startDateTime", "subject"}
UPDATABLE = {
    "allowAttendeeToEnableCamera", "allowAttendeeToEnableMic", "allowBreakoutRooms",
    "allowCopyingAndSharingMeetingContent", "allowedLobbyAdmitters", "allowedPresenters", "allowLiveShare",
    "allowMeetingChat", "allowPowerPointSharing", "allowRecording", "allowTeamworkReactions", "allowTranscription",
    "allowWhiteboard", "anonymizeIdentityForRoles", "endDateTime", "isEntryExitAnnounced", "lobbyBypassSettings",
    "participants", "recordAutomatically", "startDateTime", "subject", "watermarkProtection",
}  # fmt: skip
MEETING = {
    "id": str, "creationDateTime": str, "startDateTime": str, "endDateTime": str, "joinWebUrl": str, "subject": str,
    "isEntryExitAnnounced": bool, "allowedPresenters": str, "externalId": str, "participants": dict,
    "lobbyBypassSettings": dict,
}  # fmt: skip
LOBBIES = {
    "organizer", "organization", "organizationAndFederated", "everyone", "invited", "organizationExcludingGuests",
}  # fmt: skip
TOKEN_ANSWER = {"token_type", "scope", "expires_in", "ext_expires_in", "access_token", "refresh_token"}
OAUTH_ERROR = {"error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id"}


def fits(said, shape):
    return all(isinstance(said.get(name), kind) for name, kind in shape.items())


class Listening(requests.Session):
    """A session that keeps what it sent."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def send(self, request, **kwargs):
        self.sent.append(request)
        return super().send(request, **kwargs)


@pytest.fixture
def http(microsoft):
    with Listening() as session:
        session.headers["Authorization"] = f"Bearer {microsoft.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture
def ask(microsoft, http):
    return lambda method, path, **parts: http.request(method, f"{microsoft.url}{path}", timeout=5, **parts)


@pytest.fixture
def exchange(microsoft):
    address = f"{microsoft.url}/organizations/oauth2/v2.0/token"
    return lambda **form: requests.post(address, data=form, auth=BASIC, timeout=5)


def consented(microsoft, decision="allow", scope=EVERYTHING):
    query = {
        "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK, "state": "s", "scope": scope,
    }  # fmt: skip
    address = f"{microsoft.url}/organizations/oauth2/v2.0/authorize"
    form = {"decision": decision, "account": RUTH}
    back = requests.post(address, params=query, data=form, timeout=5, allow_redirects=False)
    return {name: value for name, [value] in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def test_our_addresses_are_microsofts():
    base = "https://login.microsoftonline.com/organizations/oauth2/v2.0"
    grant, hosts = provider.oauth, provider.hosts
    assert [each.format_map(hosts) for each in (grant.authorize, grant.token)] == [f"{base}/authorize", f"{base}/token"]
    assert hosts["graph"] == "https://graph.microsoft.com"


def test_what_we_ask_for_is_the_least_and_lasts():
    assert set(provider.oauth.asks) == {"OnlineMeetings.ReadWrite", "User.Read", "offline_access"}
    assert set(provider.oauth.asks) == set(provider.oauth.scopes)


def test_our_requests_say_only_what_graph_takes(microsoft, http):
    hosts = offers(microsoft.settings(), loopback=True)["teams"].hosts
    made = provider.create(http, hosts, PLAN)
    provider.move(http, hosts, made, PLAN)
    create, *changes = http.sent
    assert (create.method, create.path_url) == ("POST", f"{MINE}/createOrGet")
    assert set(json.loads(create.body)) <= CREATE_OR_GET
    for change in changes:
        said = json.loads(change.body)
        assert (change.method, set(said) <= UPDATABLE) == ("PATCH", True)
        assert {"startDateTime", "endDateTime"} <= set(said)
        assert said["lobbyBypassSettings"]["scope"] in LOBBIES


def test_a_meeting_from_making_to_deleting(microsoft, ask):
    wish = {"externalId": "m", "startDateTime": "2026-11-24T14:00:00Z", "endDateTime": "2026-11-24T15:00:00Z"}
    made = ask("POST", f"{MINE}/createOrGet", json=wish | {"subject": "T"})
    assert (made.status_code, fits(made.json(), MEETING)) == (201, True)
    again = ask("POST", f"{MINE}/createOrGet", json=wish)
    assert (again.status_code, again.json()) == (200, made.json())
    path = f"{MINE}/{made.json()['id']}"
    changed = ask("PATCH", path, json={"subject": "Later"})
    assert (changed.status_code, changed.json()["subject"]) == (200, "Later")
    assert ask("GET", path).json() == changed.json()
    gone = ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    again = ask("DELETE", path)
    assert (again.status_code, set(again.json()["error"])) == (404, {"code", "message", "innerError"})


def test_a_deleted_meeting_comes_back_for_whoever_opens_its_link(ask):
    made = ask("POST", f"{MINE}/createOrGet", json={"externalId": "m"}).json()
    ask("DELETE", f"{MINE}/{made['id']}")
    assert "SIMULATED" in requests.get(made["joinWebUrl"], timeout=5).text
    assert ask("GET", f"{MINE}/{made['id']}").ok


def test_one_marker_of_two_people_is_two_meetings(microsoft, ask):
    mine = ask("POST", f"{MINE}/createOrGet", json={"externalId": "m"}).json()
    headers = {"Authorization": f"Bearer {microsoft.granted('mateo@school.example')['access_token']}"}
    theirs = ask("POST", f"{MINE}/createOrGet", json={"externalId": "m"}, headers=headers)
    assert (theirs.status_code, theirs.json()["id"] != mine["id"]) == (201, True)


def test_without_times_it_is_an_hour_from_now(ask):
    made = ask("POST", f"{MINE}/createOrGet", json={"externalId": "m"}).json()
    starts_at, ends_at = (datetime.fromisoformat(made[name]) for name in ("startDateTime", "endDateTime"))
    assert ends_at - starts_at == timedelta(hours=1)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        [],
        {"externalId": 7},
        {"externalId": "m", "lobbyBypassSettings": {"scope": "everyone"}},
        {"externalId": "m", "endDateTime": "2026-11-24T15:00:00Z"},
        {"externalId": "m", "startDateTime": "2026-11-24T15:00:00Z", "endDateTime": "2026-11-24T14:00:00Z"},
        {"externalId": "m", "startDateTime": "tomorrow"},
    ],
)
def test_what_graph_does_not_take_is_a_400(ask, wish):
    answer = ask("POST", f"{MINE}/createOrGet", json=wish)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadRequest")


def test_a_new_time_needs_both_ends(ask):
    made = ask("POST", f"{MINE}/createOrGet", json={"externalId": "m"}).json()
    assert ask("PATCH", f"{MINE}/{made['id']}", json={"startDateTime": "2026-11-24T14:00:00Z"}).status_code == 400


def test_the_token_answer_names_scopes_in_its_own_way(microsoft, exchange):
    code = consented(microsoft)["code"]
    said = exchange(grant_type="authorization_code", code=code, redirect_uri=BACK).json()
    assert set(said) == TOKEN_ANSWER
    assert "https://graph.microsoft.com/OnlineMeetings.ReadWrite" in said["scope"].split()
    assert "offline_access" not in said["scope"]
    again = exchange(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_without_offline_access_there_is_no_refresh_token(microsoft, exchange):
    code = consented(microsoft, scope="User.Read")["code"]
    assert "refresh_token" not in exchange(grant_type="authorization_code", code=code, redirect_uri=BACK).json()


def test_a_refresh_token_lives_on_beside_its_successor_until_sessions_are_revoked(microsoft, exchange):
    first = microsoft.granted(RUTH)["refresh_token"]
    second = exchange(grant_type="refresh_token", refresh_token=first).json()["refresh_token"]
    assert second != first
    assert exchange(grant_type="refresh_token", refresh_token=first).ok
    microsoft.revoke_sessions(RUTH)
    dead = exchange(grant_type="refresh_token", refresh_token=second)
    assert (dead.status_code, dead.json()["error"], set(dead.json())) == (400, "invalid_grant", OAUTH_ERROR)


def test_a_refresh_token_dies_after_ninety_days(microsoft, exchange, clock):
    first = microsoft.granted(RUTH)["refresh_token"]
    clock.move(timedelta(days=91))
    assert exchange(grant_type="refresh_token", refresh_token=first).json()["error"] == "invalid_grant"


def test_people_can_say_no(microsoft):
    assert consented(microsoft, decision="deny") == {"error": "access_denied", "state": "s"}


def test_wrong_credentials_are_told_apart(microsoft):
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": CLIENT_ID, "client_secret": "wrong"}
    answer = requests.post(f"{microsoft.url}/organizations/oauth2/v2.0/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_tokens_live_about_an_hour(ask, clock):
    assert fits(ask("GET", "/v1.0/me").json(), {"id": str, "userPrincipalName": str})
    clock.move(timedelta(minutes=91))
    answer = ask("GET", "/v1.0/me")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
