import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from companion import db, signals
from companion.errors import Invalid, NotYours, TooLate
from companion.model.connections import Connection, ConnectionState
from companion.model.sessions import Meeting, MeetingState, Session, SessionState
from companion.services import connect, meet, providers, schedule, tries
from companion.services.authorised import authorised
from companion.services.meet import NotConnected, ProviderFailed
from companion.services.schedule import Slot
from companion.services.tries import Try
from tests.simulators.server import Fault
from tests.waiting import until

pytestmark = pytest.mark.both_databases

RUTH, MATEO = "ruth@zoom.example", "mateo@zoom.example"
CREATE, MINE = "POST /v2/users/me/meetings", "GET /v2/users/me/meetings"
LATER = Slot(datetime(2026, 11, 25, 9, 30), "America/Santiago", 45)


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


@pytest.fixture
def at_google(google, mateo):
    said = {**google.granted("mateo@google.example"), "userinfo": {"sub": "123", "email": "mateo@google.example"}}
    return connect.remember(mateo.id, "google_meet", said)


@pytest.fixture
def told(app):
    """The sessions whose partners were told that the meeting changed."""
    heard: list[int] = []

    def hear(_, session_id):
        heard.append(session_id)

    with signals.meeting_changed.connected_to(hear):
        yield heard


@pytest.fixture
def zoom_link(session, ruth, at_zoom):
    return meet.make_link(session.id, "zoom", by=ruth.id)


def current(session):
    meeting = meet.current(session.id)
    assert meeting is not None
    return meeting


def rows(session):
    with db.reading() as tx:
        return [each.state for each in tx.query(Meeting).filter_by(session_id=session.id).order_by(Meeting.id)]


def test_one_click_makes_a_link_for_both(session, ruth, at_zoom, zoom, told):
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    [there] = zoom.meetings_of(RUTH)
    assert (made.state, made.join_url, made.reference) == (MeetingState.MADE, there["join_url"], str(there["id"]))
    assert there["start_time"] == "2026-11-24T14:00:00Z"
    assert (current(session).id, current(session).made_by) == (made.id, ruth.id)
    assert told == [session.id] * 2  # it is being made, it is there
    assert meet.place(made) == "Zoom"


def test_names_stay_out_of_other_peoples_machines(zoom_link, zoom):
    said = str(zoom.meetings_of(RUTH))
    assert "Ruth Wanjiru" not in said
    assert "Mateo" not in said


def test_either_partner_can_make_it(session, mateo, at_google, google):
    made = meet.make_link(session.id, "google_meet", by=mateo.id)
    assert google.spaces[made.reference]["meetingUri"] == made.join_url


def test_jitsi_and_pasted_links_need_no_account(session, mateo):
    room = meet.make_link(session.id, "jitsi", by=mateo.id)
    assert room.join_url.startswith("https://meet.jit.si/")
    meet.drop_link(session.id, mateo.id, room.id)
    pasted = meet.paste_link(session.id, " https://whereby.com/our-room ", by=mateo.id)
    assert (pasted.join_url, meet.place(pasted)) == ("https://whereby.com/our-room", "Whereby")


def test_a_bad_link_is_refused_and_leaves_nothing(session, ruth):
    with pytest.raises(Invalid, match="https://"):
        meet.paste_link(session.id, "javascript:alert(1)", by=ruth.id)
    assert rows(session) == []


def test_without_a_connection_consent_comes_first(session, ruth, mateo, at_zoom, zoom):
    with pytest.raises(NotConnected):
        meet.make_link(session.id, "zoom", by=mateo.id)
    assert rows(session) == []
    assert not zoom.calls[CREATE]


def test_a_stranger_makes_and_drops_nothing(zoom_link, session, linh, zoom):
    with pytest.raises(NotYours):
        meet.make_link(session.id, "jitsi", by=linh.id)
    with pytest.raises(NotYours):
        meet.drop_link(session.id, linh.id, zoom_link.id)
    assert zoom.meetings_of(RUTH)


def test_there_is_no_such_provider(session, ruth):
    with pytest.raises(Invalid):
        meet.make_link(session.id, "skype", by=ruth.id)


def test_a_session_that_is_over_gets_no_link(session, ruth):
    schedule.cancel(session.id, by=ruth.id)
    with pytest.raises(TooLate, match="needs no link"):
        meet.make_link(session.id, "jitsi", by=ruth.id)


def test_the_link_that_stands_is_given_to_whoever_presses_next(zoom_link, session, mateo, zoom):
    assert meet.make_link(session.id, "zoom", by=mateo.id).id == zoom_link.id
    assert meet.make_link(session.id, "jitsi", by=mateo.id).id == zoom_link.id
    assert zoom.calls[CREATE] == 1


def test_two_presses_at_once_make_one_meeting(session, ruth, at_zoom, zoom):
    zoom.wrong(Fault(CREATE, "slow", seconds=0.3))
    made: list[int] = []

    def press():
        made.append(meet.make_link(session.id, "zoom", by=ruth.id).id)

    presses = [threading.Thread(target=press) for _ in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len(set(made)) == 1
    assert len(made) == 2
    assert len(zoom.meetings_of(RUTH)) == 1


@pytest.mark.parametrize(
    "fault", [Fault(CREATE, "lost"), Fault(CREATE, "garbled", status=502), Fault(CREATE, "garbled", status=201)]
)
def test_a_lost_answer_is_looked_up(session, ruth, at_zoom, zoom, fault):
    zoom.wrong(replace(fault))
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    [there] = zoom.meetings_of(RUTH)
    assert made.reference == str(there["id"])


def test_when_nobody_can_say_the_next_press_looks_first(session, ruth, at_zoom, zoom, told):
    zoom.wrong(Fault(CREATE, "lost"))
    zoom.wrong(Fault(MINE, "reset"))
    with pytest.raises(ProviderFailed, match="Zoom did not answer in time"):
        meet.make_link(session.id, "zoom", by=ruth.id)
    assert meet.current(session.id) is None
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    assert len(zoom.meetings_of(RUTH)) == 1
    assert (zoom.calls[CREATE], made.state) == (1, MeetingState.MADE)
    assert rows(session) == [MeetingState.MADE]
    assert told == [session.id] * 4


def test_a_try_that_was_found_again_is_newer_than_what_was_dropped_before(session, ruth, at_zoom, zoom, clock):
    zoom.wrong(Fault(CREATE, "lost"))
    zoom.wrong(Fault(MINE, "reset"))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    clock.move(timedelta(minutes=2))
    dropped = meet.make_link(session.id, "jitsi", by=ruth.id)
    meet.drop_link(session.id, ruth.id, dropped.id)
    clock.move(timedelta(minutes=2))
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    tries.lost(made)
    gone = meet.deleted(session.id)
    assert made.id < dropped.id
    assert gone is not None
    assert gone.id == made.id


def test_a_try_that_never_arrived_is_made_the_second_time(session, ruth, at_zoom, zoom):
    zoom.wrong(Fault(CREATE, "reset"))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    meet.make_link(session.id, "zoom", by=ruth.id)
    assert len(zoom.meetings_of(RUTH)) == 1


def test_a_killed_process_leaves_a_try_that_the_next_press_looks_up(session, ruth, at_zoom, zoom, clock):
    begun = tries.begin(session.id, "zoom", ruth.id, "")
    assert isinstance(begun, Try)
    assert current(session).state is MeetingState.CREATING
    offer = providers.offer("zoom")
    with authorised(ruth.id, offer) as http:
        offer.provider.create(http, offer.hosts, begun.plan)
    clock.move(timedelta(minutes=2))
    assert meet.current(session.id) is None
    meet.make_link(session.id, "zoom", by=ruth.id)
    assert (zoom.calls[CREATE], len(zoom.meetings_of(RUTH))) == (1, 1)


def test_after_a_lost_answer_another_provider_can_be_used(session, ruth, at_zoom, zoom):
    zoom.wrong(Fault(CREATE, "reset"))
    with pytest.raises(ProviderFailed):
        meet.make_link(session.id, "zoom", by=ruth.id)
    assert meet.make_link(session.id, "jitsi", by=ruth.id).provider == "jitsi"


def test_a_refusal_says_why_and_leaves_nothing(session, ruth, at_zoom, zoom, told):
    words = '{"code": 3161, "message": "You may not host."}'
    zoom.wrong(Fault(CREATE, "instead", status=400, body=words))
    with pytest.raises(ProviderFailed, match="Zoom says: You may not host"):
        meet.make_link(session.id, "zoom", by=ruth.id)
    assert rows(session) == []
    assert told == [session.id] * 2


def test_a_grant_that_died_leads_to_consent(session, ruth, at_zoom, zoom):
    zoom.grants.clear()
    with pytest.raises(NotConnected, match="Connect Zoom again"):
        meet.make_link(session.id, "zoom", by=ruth.id)
    with db.reading() as tx:
        assert tx.get_one(Connection, at_zoom.id).state is ConnectionState.RECONNECT
    assert rows(session) == []


def test_a_scope_taken_away_leads_to_consent(session, ruth, at_zoom, zoom):
    [grant] = zoom.grants.values()
    grant.scopes = frozenset({"user:read:user"})
    for _ in range(2):
        with pytest.raises(NotConnected):
            meet.make_link(session.id, "zoom", by=ruth.id)
    assert zoom.calls[CREATE] == 1


def test_the_meeting_moves_with_its_session(zoom_link, session, mateo, zoom):
    schedule.move(session.id, mateo.id, LATER)
    meet.follow(session.id)
    [there] = zoom.meetings_of(RUTH)
    assert (there["start_time"], there["duration"]) == ("2026-11-25T12:30:00Z", 45)
    assert there["join_url"] == zoom_link.join_url


def test_the_meeting_is_cancelled_with_its_session(zoom_link, session, mateo, zoom):
    schedule.cancel(session.id, by=mateo.id)
    meet.follow(session.id)
    meet.follow(session.id)
    assert zoom.meetings_of(RUTH) == []
    assert meet.current(session.id) is None


def test_a_session_without_a_link_has_nothing_to_follow(session, zoom):
    meet.follow(session.id)
    assert not zoom.calls


def test_a_session_moved_while_its_link_was_made_takes_it_along(session, ruth, mateo, at_zoom, zoom):
    zoom.wrong(Fault(CREATE, "slow", seconds=0.3))
    press = threading.Thread(target=lambda: meet.make_link(session.id, "zoom", by=ruth.id))
    press.start()
    until(lambda: meet.current(session.id))
    schedule.move(session.id, mateo.id, LATER)
    meet.follow(session.id)
    press.join()
    [there] = zoom.meetings_of(RUTH)
    assert there["start_time"] == "2026-11-25T12:30:00Z"


def test_a_session_cancelled_while_its_link_was_made_keeps_none(session, ruth, mateo, at_zoom, zoom):
    zoom.wrong(Fault(CREATE, "slow", seconds=0.3))
    press = threading.Thread(target=lambda: meet.make_link(session.id, "zoom", by=ruth.id))
    press.start()
    until(lambda: meet.current(session.id))
    schedule.cancel(session.id, by=mateo.id)
    press.join()
    assert zoom.meetings_of(RUTH) == []
    assert rows(session) == [MeetingState.GONE]


def test_a_meeting_deleted_at_zoom_is_offered_anew(zoom_link, session, ruth, zoom, told):
    zoom.users[RUTH].meetings.clear()
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed, match="Make a new link"):
        meet.follow(session.id)
    assert meet.current(session.id) is None
    assert meet.make_link(session.id, "zoom", by=ruth.id).id != zoom_link.id


def test_when_zoom_cannot_be_told_the_link_still_works(zoom_link, session, ruth, zoom):
    zoom.wrong(Fault("PATCH /v2/meetings/", "instead", status=503))
    schedule.move(session.id, ruth.id, LATER)
    with pytest.raises(ProviderFailed, match="shows the old time"):
        meet.follow(session.id)
    assert current(session).join_url == zoom_link.join_url


def test_dropping_frees_the_session_whatever_the_provider_says(zoom_link, session, ruth, zoom, told):
    zoom.wrong(Fault("DELETE /v2/meetings/", "reset"))
    with pytest.raises(ProviderFailed, match="gone here, but not there"):
        meet.drop_link(session.id, ruth.id, zoom_link.id)
    assert meet.current(session.id) is None
    assert told == [session.id]
    meet.drop_link(session.id, ruth.id, zoom_link.id)


def test_only_the_link_that_was_shown_is_dropped(zoom_link, session, ruth, mateo):
    meet.drop_link(session.id, ruth.id, zoom_link.id)
    second = meet.make_link(session.id, "jitsi", by=ruth.id)
    with pytest.raises(TooLate, match="changed meanwhile"):
        meet.drop_link(session.id, mateo.id, zoom_link.id)
    assert current(session).id == second.id


def test_a_link_outlives_the_connection_that_made_it(zoom_link, session, ruth, mateo, at_zoom, zoom):
    connect.forget(at_zoom.id, by=ruth.id)
    schedule.move(session.id, mateo.id, LATER)
    with pytest.raises(ProviderFailed, match="no longer connected"):
        meet.follow(session.id)
    assert current(session).join_url == zoom_link.join_url


def test_what_needs_no_account_is_offered_always_and_what_is_connected_first(mateo, ruth, linh, at_zoom, at_google):
    def names(person):
        return [each.name for each in meet.choices(person.id)]

    assert names(ruth)[0] == "zoom"
    assert names(mateo)[0] == "google_meet"
    assert names(linh)[-2:] == ["jitsi", "pasted"]
    assert [each.needs_account for each in meet.choices(linh.id)] == [True, True, False, False]


def test_a_live_session_still_gets_a_link(live_session, ruth):
    assert live_session.state is SessionState.LIVE
    assert meet.make_link(live_session.id, "jitsi", by=ruth.id).state is MeetingState.MADE
    with db.reading() as tx:
        assert tx.get_one(Session, live_session.id).state is SessionState.LIVE
