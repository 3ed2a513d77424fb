from datetime import UTC, datetime, timedelta

import pytest
import requests

from integrations import grants, oauth
from integrations.errors import Gone, GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.meetings import Meeting, MeetingPlan, MeetingStatus, Obstacle
from integrations.meetings.teams import provider
from integrations.offers import offers
from tests.simulators.server import Fault

RUTH = "ruth@school.example"
MINE = "/v1.0/me/onlineMeetings"
CREATE = f"POST {MINE}/createOrGet"
STARTS, LASTS = datetime(2026, 11, 24, 17, 0), timedelta(minutes=45)
PLAN = MeetingPlan("The portfolio", STARTS, "Africa/Nairobi", LASTS, "marker-1234")
LATER = MeetingPlan("Later", datetime(2026, 11, 25, 9, 30), "America/Santiago", timedelta(hours=1), PLAN.marker)


@pytest.fixture
def offer(microsoft):
    return offers(microsoft.settings(), loopback=True)["teams"]


@pytest.fixture
def hosts(offer):
    return offer.hosts


@pytest.fixture
def http(microsoft):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {microsoft.granted(RUTH)['access_token']}"
        yield session


@pytest.fixture
def meeting(http, hosts):
    return provider.create(http, hosts, PLAN)


@pytest.fixture
def look(http, hosts, meeting):
    return lambda account="": provider.status(http, hosts, meeting, account)


def only(microsoft):
    [row] = microsoft.meetings_of(RUTH)
    return row


def test_a_meeting_has_the_instant_of_the_pairs_wall_time(microsoft, meeting):
    row = only(microsoft)
    assert row["startDateTime"] == "2026-11-24T14:00:00.0000000Z"
    assert row["endDateTime"] == "2026-11-24T14:45:00.0000000Z"
    assert (row["subject"], meeting) == ("The portfolio", Meeting(row["id"], row["joinWebUrl"]))


@pytest.mark.parametrize(("fold", "instant"), [(0, "2027-10-31T00:30"), (1, "2027-10-31T01:30")])
def test_an_hour_that_comes_twice_is_the_one_that_was_meant(microsoft, http, hosts, fold, instant):
    twice = datetime(2027, 10, 31, 3, 30, fold=fold)
    provider.create(http, hosts, MeetingPlan("", twice, "Europe/Helsinki", timedelta(hours=1), "m"))
    assert only(microsoft)["startDateTime"].startswith(instant)


def test_the_partner_waits_in_no_lobby_and_nothing_is_recorded(microsoft, meeting):
    row = only(microsoft)
    assert (row["lobbyBypassSettings"]["scope"], row["recordAutomatically"]) == ("everyone", False)


def test_the_same_marker_never_makes_a_second_meeting(microsoft, http, hosts):
    microsoft.wrong(Fault(CREATE, "lost"))
    with pytest.raises(LostAnswer):
        provider.create(http, hosts, PLAN)
    again = provider.create(http, hosts, PLAN)
    assert again.reference == only(microsoft)["id"]


def test_a_meeting_found_again_is_put_at_todays_time(microsoft, http, hosts, meeting):
    assert provider.create(http, hosts, LATER) == meeting
    assert only(microsoft)["startDateTime"] == "2026-11-25T12:30:00.0000000Z"


def test_a_meeting_found_again_that_can_not_be_put_right_is_no_link_yet(microsoft, http, hosts, meeting):
    microsoft.wrong(Fault(f"PATCH {MINE}", "reset"))
    with pytest.raises(LostAnswer):
        provider.create(http, hosts, LATER)


def test_an_organisation_that_keeps_its_lobby_still_gets_a_link_and_is_told_apart(microsoft, http, hosts):
    microsoft.lobby_is_locked = True
    made = provider.create(http, hosts, PLAN)
    assert provider.status(http, hosts, made, "").obstacles == {Obstacle.KNOCK}
    assert provider.move(http, hosts, made, LATER) == made
    assert only(microsoft)["startDateTime"] == "2026-11-25T12:30:00.0000000Z"


def test_a_new_meeting_whose_lobby_nobody_answered_for_is_a_link_and_moving_opens_it(microsoft, http, hosts):
    microsoft.wrong(Fault(f"PATCH {MINE}", "reset"))
    made = provider.create(http, hosts, PLAN)
    assert only(microsoft)["lobbyBypassSettings"]["scope"] == "organization"
    provider.move(http, hosts, made, PLAN)
    assert only(microsoft)["lobbyBypassSettings"]["scope"] == "everyone"


def test_a_moved_meeting_keeps_its_link(microsoft, http, hosts, meeting):
    assert provider.move(http, hosts, meeting, LATER) == meeting
    row = only(microsoft)
    assert (row["subject"], row["startDateTime"]) == ("Later", "2026-11-25T12:30:00.0000000Z")


def test_its_state_is_its_time_and_its_door_and_never_a_guess_about_calls(look, meeting):
    found = look()
    assert (found.now, found.runs) == (MeetingStatus.UNKNOWN, ())
    assert found.starts_at == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert (found.length, found.join_url, found.obstacles) == (LASTS, meeting.join_url, frozenset())


def test_a_time_that_graph_lost_is_no_time(microsoft, look):
    only(microsoft)["startDateTime"] = "0001-01-01T00:00:00Z"
    assert (look().starts_at, look().length) == (None, None)


def test_a_meeting_of_another_account_needs_that_one(microsoft, look):
    assert look(microsoft.users[RUTH].id).obstacles == frozenset()
    assert look("somebody else").obstacles == {Obstacle.OTHER_HOST}


def test_a_meeting_deleted_at_teams_is_gone_and_cancelling_it_is_fine(http, hosts, meeting, look):
    provider.cancel(http, hosts, meeting)
    provider.cancel(http, hosts, meeting)
    with pytest.raises(Gone, match="Make a new link"):
        look()
    with pytest.raises(Gone):
        provider.move(http, hosts, meeting, PLAN)


def test_an_id_of_the_old_kind_stays_one_step_of_the_address(microsoft, http, hosts):
    old = "550fae72_19:meeting_M2Iz/?#@thread.skype"
    with pytest.raises(Gone):
        provider.status(http, hosts, Meeting(old, ""), "")
    assert microsoft.calls[f"GET {MINE}/{old}"] == 1


def test_there_is_no_link_that_makes_somebody_the_host(http, hosts, meeting):
    assert provider.host_url(http, hosts, meeting) == ""


def test_the_account_is_the_one_that_granted(microsoft, http, hosts):
    account = provider.oauth.whose(http, hosts, {})
    assert (account.id, account.label) == (microsoft.users[RUTH].id, RUTH)


def test_a_personal_account_is_told_why(microsoft, http, hosts):
    microsoft.personal.add(RUTH)
    with pytest.raises(Refused, match="work and school accounts only"):
        provider.create(http, hosts, PLAN)


def test_a_refusal_without_words_is_a_sentence_all_the_same(microsoft, http, hosts):
    microsoft.unlicensed.add(RUTH)
    with pytest.raises(Refused, match="Microsoft Teams did not accept this"):
        provider.create(http, hosts, PLAN)


def test_a_missing_scope_asks_to_connect_again(microsoft, hosts):
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {microsoft.granted(RUTH, ('User.Read',))['access_token']}"
        with pytest.raises(GrantRevoked, match="Connect Microsoft Teams again"):
            provider.create(http, hosts, PLAN)


def test_a_refresh_leaves_the_old_token_alive_so_a_lost_answer_loses_nothing(microsoft, offer):
    first = microsoft.granted(RUTH)["refresh_token"]
    microsoft.wrong(Fault("POST /organizations/oauth2/v2.0/token", "lost"))
    with pytest.raises(LostAnswer):
        grants.refresh(offer, first)
    assert grants.refresh(offer, first).refresh not in {"", first}
    assert not offer.provider.oauth.rotates


@pytest.mark.parametrize("error", ["invalid_grant", "interaction_required"])
def test_a_grant_that_an_organisation_ended_is_dead(microsoft, offer, error):
    microsoft.wrong(Fault("POST /organizations", "instead", status=400, body=f'{{"error": "{error}"}}'))
    with pytest.raises(GrantRevoked, match="Connect Microsoft Teams again"):
        grants.refresh(offer, microsoft.granted(RUTH)["refresh_token"])


def test_giving_up_a_grant_is_for_the_person_to_do_at_microsoft(microsoft, offer):
    tokens = oauth.read(microsoft.granted(RUTH))
    assert tokens is not None
    assert grants.revoke(offer, tokens) is False
    assert not microsoft.calls


def test_an_app_of_one_organisation_is_reached_by_its_own_address(microsoft):
    ours = {**microsoft.settings(), "TEAMS_LOGIN_URL": f"{microsoft.url}/72f988bf-0000-0000-0000-000000000000"}
    offer = offers(ours, loopback=True)["teams"]
    assert provider.oauth.token.format_map(offer.hosts).endswith("-000000000000/oauth2/v2.0/token")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (201, "{}", LostAnswer),
        (201, '{"id": "x", "joinWebUrl": "javascript:alert(1)"}', LostAnswer),
        (201, '{"id": 7, "joinWebUrl": "https://teams.microsoft.com/l/x"}', LostAnswer),
        (201, '{"id": "' + "x" * 201 + '", "joinWebUrl": "https://teams.microsoft.com/l/x"}', LostAnswer),
        (200, "<html>", LostAnswer),
        (400, '{"error": {"code": "BadRequest", "message": "externalId is required."}}', Refused),
        (401, "<html>", GrantRevoked),
        (403, '{"error": "words"}', Refused),
        (429, "", Unavailable),
        (503, "", LostAnswer),
    ],
)
def test_whatever_graph_answers_is_understood(microsoft, http, hosts, status, body, error):
    microsoft.wrong(Fault(CREATE, "instead", status=status, body=body))
    with pytest.raises(error):
        provider.create(http, hosts, PLAN)
