"""The simulated Calendar, for the day a link is put there. The fixture holds each exchange to Google's description."""

import pytest
import requests

from tests.simulators.google_api import CALENDAR

RUTH = "ruth@google.example"
EVENTS = "/calendar/v3/calendars/primary/events"
TIMES = {
    "start": {"dateTime": "2026-11-24T17:00:00", "timeZone": "Africa/Nairobi"},
    "end": {"dateTime": "2026-11-24T17:45:00", "timeZone": "Africa/Nairobi"},
}
MEET = {"createRequest": {"requestId": "first", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}
AGAIN = {"createRequest": {"requestId": "second", "conferenceSolutionKey": {"type": "hangoutsMeet"}}}


@pytest.fixture
def ask(google):
    token = google.granted(RUTH, (CALENDAR,))["access_token"]

    def asked(verb, key="", body=None, **params):
        path = f"{EVENTS}/{key}" if key else EVENTS
        bearer = {"Authorization": f"Bearer {token}"}
        answer = requests.request(verb, f"{google.url}{path}", json=body, params=params, headers=bearer, timeout=5)
        return answer.status_code, answer.json() if answer.content else {}

    return asked


@pytest.fixture
def insert(ask):
    return lambda version=1, **more: ask(
        "POST", "", {**TIMES, "summary": "Talk", **more}, conferenceDataVersion=version
    )


def why(answer):
    return answer[0], answer[1]["error"]["errors"][0]["reason"]


def conference(event):
    return event["conferenceData"]["createRequest"]["status"]["statusCode"]


def test_a_link_is_made_and_is_not_the_calendars_page(insert):
    status, event = insert(conferenceData=MEET)
    assert (status, conference(event)) == (200, "success")
    assert event["hangoutLink"] == event["conferenceData"]["entryPoints"][0]["uri"] != event["htmlLink"]


def test_without_its_version_a_conference_is_overlooked_without_a_word(insert, ask):
    status, event = insert(version=0, conferenceData=MEET)
    assert (status, "hangoutLink" in event, "conferenceData" in event) == (200, False, False)
    _, event = ask("PATCH", event["id"], {"conferenceData": MEET})
    assert "hangoutLink" not in event


def test_the_same_request_id_makes_no_other_link(insert, ask):
    _, event = insert(conferenceData=MEET)
    patched = [
        ask("PATCH", event["id"], {"conferenceData": each}, conferenceDataVersion=1)[1] for each in (MEET, AGAIN)
    ]
    assert patched[0]["hangoutLink"] == event["hangoutLink"] != patched[1]["hangoutLink"]


def test_a_link_can_be_pending_for_a_while(google, insert, ask):
    google.calendar.pending = 2
    _, event = insert(conferenceData=MEET)
    states = [conference(event), *(conference(ask("GET", event["id"])[1]) for _ in range(2))]
    assert states == ["pending", "pending", "success"]
    assert ask("GET", event["id"])[1]["hangoutLink"]


def test_a_link_can_fail(google, insert):
    google.calendar.fails = True
    _, event = insert(conferenceData=MEET)
    assert (conference(event), "hangoutLink" in event) == ("failure", False)


def test_a_calendar_can_be_without_meet(google, insert):
    google.calendar.without_meet.add(RUTH)
    status, said = insert(conferenceData=MEET)
    assert (status, said["error"]["message"]) == (400, "Invalid conference type value.")
    assert insert()[0] == 200


def test_an_id_of_ones_own_is_taken_once_even_after_deletion(insert, ask):
    assert insert(id="abcdefghijklmnopqrstuv0123456789")[1]["id"] == "abcdefghijklmnopqrstuv0123456789"
    assert why(insert(id="abcdefghijklmnopqrstuv0123456789")) == (409, "duplicate")
    ask("DELETE", "abcdefghijklmnopqrstuv0123456789")
    assert why(insert(id="abcdefghijklmnopqrstuv0123456789")) == (409, "duplicate")


@pytest.mark.parametrize("key", ["wxyz0", "abc", "ABCDE"])
def test_an_id_has_an_alphabet(insert, key):
    assert why(insert(id=key)) == (400, "invalid")


def test_a_deleted_event_is_gone_the_second_time_and_can_still_be_read(insert, ask):
    key = insert()[1]["id"]
    assert ask("DELETE", key) == (204, {})
    assert why(ask("DELETE", key)) == (410, "deleted")
    assert why(ask("PATCH", key, {"summary": "x"})) == (410, "deleted")
    assert ask("GET", key)[1]["status"] == "cancelled"
    assert why(ask("GET", "neverwas0")) == (404, "notFound")


def test_local_times_need_their_zone(ask):
    bare = {name: {"dateTime": when["dateTime"]} for name, when in TIMES.items()}
    assert why(ask("POST", "", bare)) == (400, "required")
    offset = {name: {"dateTime": f"{when['dateTime']}+03:00"} for name, when in TIMES.items()}
    assert ask("POST", "", offset)[0] == 200


def test_guests_hear_of_it_when_they_are_to(google, insert, ask):
    guests = [{"email": "mateo@google.example"}]
    _, event = insert(attendees=guests)
    assert google.calendar.invitations == []
    ask("PATCH", event["id"], {"summary": "Later"}, sendUpdates="all")
    assert google.calendar.invitations == [("mateo@google.example", event["id"])]


def test_a_private_mark_finds_its_event(insert, ask):
    key = insert(extendedProperties={"private": {"marker": "m1"}})[1]["id"]
    insert()
    assert [each["id"] for each in ask("GET", privateExtendedProperty="marker=m1")[1]["items"]] == [key]


@pytest.mark.parametrize("name", ["rate by day", "rate as refusal"])
def test_too_much_comes_as_403(google, insert, name):
    google.goes_wrong(name)
    status, said = insert()
    assert (status, said["error"]["errors"][0]["reason"] in {"quotaExceeded", "rateLimitExceeded"}) == (403, True)
