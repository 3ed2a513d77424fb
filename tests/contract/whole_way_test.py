"""The whole way of a link, for every provider with accounts: what is beyond a provider's file knows none by name."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests

from companion import db
from companion.model.sessions import Meeting, MeetingState
from companion.services import connect, meet, providers, schedule
from companion.services.authorised import authorised, find
from companion.services.meet import ProviderFailed
from companion.services.schedule import Slot
from integrations import meetings
from integrations.errors import Gone
from tests.simulators.google import CREATED
from tests.simulators.server import Fault, Simulator

WITH_ACCOUNTS = sorted(name for name, provider in meetings.providers().items() if provider.oauth)
CREATES = {"zoom": "POST /v2/users/me/meetings", "google_meet": "POST /v2/spaces", "teams": "POST /v1.0/me/online"}
ACCOUNT = "ruth@provider.example"
LATER = Slot(datetime(2026, 11, 25, 9, 30), "America/Santiago", 45)


@dataclass
class Way:
    """One provider as Ruth uses it for a session."""

    name: str
    simulator: Simulator
    by: int
    session_id: int

    def make(self):
        return meet.make_link(self.session_id, self.name, by=self.by)

    def status(self, made):
        offer = providers.offer(self.name)
        with authorised(self.by, offer) as http:
            there = meetings.Meeting(made.reference, made.join_url)
            return offer.provider.status(http, offer.hosts, there, "")


@pytest.fixture
def settings(settings, zoom, google, microsoft):
    return replace(settings, provider_env={**zoom.settings(), **google.settings(), **microsoft.settings()})


@pytest.fixture(params=WITH_ACCOUNTS)
def way(request, as_ruth, ruth, session, zoom, google, microsoft):
    """Connected by the click on "make a link", which comes back with the link made."""
    simulators = {"zoom": zoom, "google_meet": google, "teams": microsoft}
    assert set(simulators) == set(WITH_ACCOUNTS) == set(CREATES), "a provider with accounts needs a simulator"
    pressed = as_ruth.submit(f"/sessions/{session.id}/meeting", provider=request.param)
    consent = as_ruth.submit(pressed.location).location
    form = {"decision": "allow", "account": ACCOUNT, "granted": (CREATED,)}
    back = urlsplit(requests.post(consent, data=form, timeout=5, allow_redirects=False).headers["Location"])
    assert as_ruth.get(f"{back.path}?{back.query}").location == f"/sessions/{session.id}"
    return Way(request.param, simulators[request.param], ruth.id, session.id)


def made_rows(session):
    with db.reading() as tx:
        return tx.query(Meeting).filter_by(session_id=session.id, state=MeetingState.MADE).count()


def standing(session):
    meeting = meet.current(session.id)
    assert meeting is not None
    return meeting


def test_the_first_click_connects_and_makes_the_link_that_the_second_finds(way, session):
    made = meet.current(session.id)
    assert made is not None
    assert (made.provider, made.state) == (way.name, MeetingState.MADE)
    assert way.make().id == made.id


def test_the_link_can_be_used_by_both_and_has_the_sessions_time(way, session):
    found = way.status(meet.current(session.id))
    assert found.obstacles == frozenset()
    assert found.starts_at in {None, session.starts_at}


def test_an_answer_that_got_lost_makes_one_link_after_all(way, session):
    meet.drop_link(session.id, way.by, standing(session).id)
    for fault in (Fault(CREATES[way.name], "lost"), Fault("GET ", "reset")):  # the answer, and the look for it
        way.simulator.wrong(fault)
    try:
        way.make()
    except ProviderFailed:
        way.make()
    assert made_rows(session) == 1
    if way.name != "google_meet":  # a space whose name never reached us stays empty, and harms nobody
        assert len(way.simulator.meetings_of(ACCOUNT)) == 1


def test_the_meeting_follows_its_session(way, session, ruth):
    made = meet.current(session.id)
    if way.status(made).starts_at is not None:
        moved = schedule.move(session.id, ruth.id, LATER)
        meet.follow(session.id)
        assert way.status(made).starts_at == moved.starts_at


def test_a_link_that_was_taken_away_is_gone_there_too_where_links_can_go(way, session):
    made = standing(session)
    meet.drop_link(session.id, way.by, made.id)
    assert meet.current(session.id) is None
    if way.name != "google_meet":  # spaces stay, empty
        with pytest.raises(Gone):
            way.status(made)


def test_a_token_that_ran_out_is_renewed_on_the_way(way, session, clock):
    first = find(way.by, way.name)
    clock.move(timedelta(hours=2))
    assert way.status(meet.current(session.id))
    renewed = find(way.by, way.name)
    assert first is not None and renewed is not None
    assert renewed.version == first.version + 1


def test_disconnecting_says_what_is_left_to_do_where_the_provider_can_not_be_told(way):
    [mine] = [each.connection.id for each in connect.connectable(way.by) if each.connection]
    left_to_do = connect.forget(mine, by=way.by)
    assert (left_to_do == "") is bool(providers.grant(way.name).revoke)
    assert left_to_do == "" or providers.grant(way.name).taken_away_at in left_to_do
    assert find(way.by, way.name) is None
