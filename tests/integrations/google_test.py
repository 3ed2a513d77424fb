"""Whatever Google says: a value of ours, or an error that tells the caller what to do next."""

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from integrations.answers import Answer
from integrations.errors import Gone, GrantRevoked, IntegrationError, Refused, Unavailable
from integrations.google import MeetApi, moment, refused
from integrations.offers import offers
from tests.simulators.faults import google_error
from tests.simulators.server import Fault

RECORDS, NAME = "GET /v2/conferenceRecords", "conferenceRecords/r"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
ODD: list[object] = [
    "",
    "soon",
    "2026-11-24T14:00:00",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    None,
    7,
    [],
]


@pytest.fixture
def meet(google):
    hosts = offers(google.settings(), loopback=True)["google_meet"].hosts
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {google.granted('ruth@google.example')['access_token']}"
        yield MeetApi(http, hosts)


@pytest.fixture
def run_with(google, meet):
    """The one run of a space, with these rows as its guests."""

    def read(rows, listed="participants", **more):
        record = {"name": NAME, "startTime": "2026-11-24T14:00:00.123456789Z", **more}
        for path, name, said in ((RECORDS, "conferenceRecords", [record]), (f"GET /v2/{NAME}/", listed, rows)):
            google.wrong(Fault(path, "instead", status=200, body=json.dumps({name: said})))
        google.faults.reverse()  # the longer path first
        [run] = meet.runs("spaces/x")
        return run

    return read


@pytest.mark.parametrize(
    ("code", "status", "reason", "errors", "kind"),
    [
        (401, "UNAUTHENTICATED", "", "authError", GrantRevoked),
        (403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "", GrantRevoked),
        (403, "", "", "insufficientPermissions", GrantRevoked),
        (403, "", "", "rateLimitExceeded", Unavailable),
        (403, "", "", "userRateLimitExceeded", Unavailable),
        (403, "", "", "quotaExceeded", Unavailable),
        (403, "RESOURCE_EXHAUSTED", "", "", Unavailable),
        (403, "PERMISSION_DENIED", "RATE_LIMIT_EXCEEDED", "", Unavailable),
        (403, "PERMISSION_DENIED", "", "", Refused),
        (404, "NOT_FOUND", "", "", Gone),
        (400, "INVALID_ARGUMENT", "", "", Refused),
    ],
)
def test_a_403_is_what_its_reason_says(code, status, reason, errors, kind):
    said = google_error(code, status, "words", reason=reason, errors=errors)
    assert type(refused(Answer("Google Meet", code, said, {}))) is kind


@given(code=st.sampled_from([400, 401, 403, 404, 409, 412]), error=ANYTHING, details=ANYTHING, errors=ANYTHING)
def test_whatever_an_error_says_it_is_one_of_ours(code, error, details, errors):
    for body in ({"error": error}, {"error": {"message": error, "details": details, "errors": errors}}):
        found = refused(Answer("Google Meet", code, body, {}))
        assert isinstance(found, IntegrationError) and 0 < len(found.sentence) < 300


@given(ANYTHING)
def test_a_time_is_aware_or_none(said):
    assert (found := moment(said)) is None or found.tzinfo


@pytest.mark.parametrize("said", ODD)
def test_what_is_no_time_is_none(said):
    assert moment(said) is None


def test_a_time_may_have_nanoseconds(run_with):
    assert run_with([]).started_at == moment("2026-11-24T14:00:00.123456Z")


@pytest.mark.parametrize("said", [7, None, {}, {"user": 7}, {"displayName": ["x"]}, "x"])
def test_a_guest_without_a_readable_name_is_a_guest(run_with, said):
    row = {"name": f"{NAME}/participants/1", "signedinUser": said, "earliestStartTime": "soon"}
    [guest] = run_with([row], endTime="2026-11-24T15:00:00Z").guests
    assert (guest.key, guest.joined_at) == ("participants/1", None)


@pytest.mark.parametrize("rows", [None, 7, {}, [7], [{}], [{"name": 7}], [[]]])
def test_what_is_no_guest_is_left_out(run_with, rows):
    assert run_with(rows, endTime="2026-11-24T15:00:00Z").guests == ()


def test_names_fit_where_they_are_kept(run_with):
    row = {"name": f"{NAME}/participants/{'p' * 400}", "anonymousUser": {"displayName": "M" * 400}}
    [guest] = run_with([row], endTime="2026-11-24T15:00:00Z").guests
    assert (len(guest.key), len(guest.name)) == (200, 200)


@pytest.mark.parametrize(
    ("said", "name"),
    [("Mateo\n\x00 Rojas", "Mateo Rojas"), ("\ud800", ""), ("مینا\u200cنور", "مینا\u200cنور"), (7, "")],
)
def test_names_are_words_that_can_be_kept(run_with, said, name):
    row = {"name": f"{NAME}/participants/1", "anonymousUser": {"displayName": said}}
    [guest] = run_with([row], endTime="2026-11-24T15:00:00Z").guests
    assert guest.name == name
