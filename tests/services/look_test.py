import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from companion import config, db, signals
from companion.errors import NotYours, TooLate
from companion.model.connections import ConnectionState
from companion.model.sessions import Finding, Meeting, MeetingState, Session, SessionState
from companion.services import authorised, connect, look, meet, renew, schedule, settle, talk
from companion.services.schedule import Slot
from tests.simulators.faults import Fault
from tests.waiting import until

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"
GET, PATCH, CREATE = "GET /v2/meetings/", "PATCH /v2/meetings/", "POST /v2/users/me/meetings"
TOPIC = {"GOOGLE_MEET_PUBSUB_TOPIC": "projects/p/topics/t"}
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def settings(settings, zoom, google):
    env = {**zoom.settings(), **google.settings()}
    env.pop("ZOOM_WEBHOOK_SECRET", None)
    return replace(settings, provider_env=env)


@pytest.fixture
def at_zoom(zoom, ruth):
    return connect.remember(ruth.id, "zoom", zoom.granted(RUTH))


@pytest.fixture
def at_google(google, mateo):
    email = "mateo@google.example"
    said = {**google.granted(email), "userinfo": {"sub": google.sub(email), "email": email}}
    return connect.remember(mateo.id, "google_meet", said)


@pytest.fixture
def zoom_link(session, ruth, at_zoom):
    """Ruth's, and looked at once, as happens right after it was made."""
    made = meet.make_link(session.id, "zoom", by=ruth.id)
    look.tick()
    return row(made)


@pytest.fixture
def told(app):
    heard: list[int] = []

    def hear(_, session_id):
        heard.append(session_id)

    with signals.meeting_changed.connected_to(hear):
        yield heard


def row(meeting):
    with db.reading() as tx:
        return tx.get_one(Meeting, meeting.id)


def calls(simulator, operation):
    return sum(count for name, count in simulator.calls.items() if name.startswith(operation))


def found(meeting):
    return row(meeting).finding


def letters(outbox, kind):
    return [each.to_email for each in outbox() if each.kind == kind]


def a_visit(session, clock, before=DAY):
    clock.set(session.starts_at - before)
    look.tick()


def test_a_link_just_made_is_looked_at_at_once_and_found_fine(zoom_link, session):
    assert (zoom_link.finding, zoom_link.there_at) == (Finding.FINE, session.starts_at)
    assert zoom_link.look_at == session.starts_at - DAY


def test_it_is_looked_at_a_day_and_a_quarter_of_an_hour_before(zoom_link, session, zoom, clock):
    asked = calls(zoom, GET)
    for before in (DAY, timedelta(minutes=15)):
        clock.set(session.starts_at - before - MINUTE)
        look.tick()
        assert calls(zoom, GET) == asked
        a_visit(session, clock, before)
        look.tick()
        asked += 1
        assert (calls(zoom, GET), row(zoom_link).looked_at) == (asked, clock.now)


@pytest.mark.parametrize("provider", ["jitsi", "pasted"])
def test_where_nobody_can_be_asked_nobody_looks(session, ruth, clock, provider):
    link = "https://meet.example.org/two" if provider == "pasted" else ""
    made = meet.make_link(session.id, provider, by=ruth.id, link=link)
    look.tick()
    assert (row(made).look_at, row(made).finding, row(made).spare_url) == (None, None, "")


def test_a_spare_room_stands_ready_and_its_name_can_t_be_guessed(zoom_link, session):
    room = zoom_link.spare_url.removeprefix("https://meet.jit.si/")
    assert len(room) == 40 and room not in zoom_link.join_url


def test_a_meeting_moved_at_the_provider_is_found_and_nothing_is_done_to_it(zoom_link, session, zoom, told):
    zoom.edit(zoom_link.reference, start_time="2026-11-25T17:00:00", timezone="Africa/Nairobi")
    look.soon("zoom", zoom_link.reference)
    look.tick()
    moved = row(zoom_link)
    assert (moved.finding, moved.there_at) == (Finding.MOVED, session.starts_at + DAY)
    assert (told, calls(zoom, PATCH)) == ([session.id], 0)


def test_a_minute_s_rounding_is_no_move(zoom_link, zoom):
    zoom.edit(zoom_link.reference, start_time="2026-11-24T17:00:30", timezone="Africa/Nairobi")
    look.soon("zoom", zoom_link.reference)
    look.tick()
    assert found(zoom_link) is Finding.FINE


def test_a_time_that_we_owe_the_provider_is_told_not_found(zoom_link, session, ruth, zoom, clock):
    schedule.move(session.id, ruth.id, Slot(datetime(2026, 11, 26, 17), "Africa/Nairobi", 60))
    look.at(session.id, by=ruth.id)
    assert (found(zoom_link), row(zoom_link).owed) == (Finding.FINE, None)
    [there] = zoom.meetings_of(RUTH)
    assert there["start_time"] == "2026-11-26T14:00:00Z"


def test_while_we_still_owe_it_the_old_time_is_no_finding(zoom_link, session, ruth, zoom):
    zoom.wrong(Fault(PATCH, "instead", status=503))
    schedule.move(session.id, ruth.id, Slot(datetime(2026, 11, 26, 17), "Africa/Nairobi", 60))
    look.at(session.id, by=ruth.id)
    assert found(zoom_link) is None


def test_a_door_that_was_closed_is_opened_again_once(zoom_link, session, zoom, clock):
    zoom.edit(zoom_link.reference, settings={"meeting_authentication": True})
    look.soon("zoom", zoom_link.reference)
    look.tick()
    [there] = zoom.meetings_of(RUTH)
    assert (found(zoom_link), there["settings"]["meeting_authentication"]) == (Finding.FINE, False)
    assert calls(zoom, PATCH) == 1


def test_what_the_account_forbids_is_said_and_not_tried_for_ever(zoom_link, session, zoom, clock, outbox):
    zoom.policy = {"meeting_authentication": True}
    zoom.edit(zoom_link.reference, settings={"meeting_authentication": True})
    for _ in range(3):  # our own change makes Zoom tell us of one
        look.soon("zoom", zoom_link.reference)
        look.tick()
    assert (found(zoom_link), calls(zoom, PATCH)) == (Finding.SIGN_IN, 1)
    assert letters(outbox, "link_trouble") == []
    a_visit(session, clock)
    a_visit(session, clock, timedelta(minutes=15))
    assert letters(outbox, "link_trouble") == ["ruth@example.org"]


def test_a_meeting_of_another_account_than_the_connected_one_is_found(zoom_link, session, ruth, zoom, clock, outbox):
    zoom.users[RUTH].meetings[int(zoom_link.reference)]["host_id"] = "somebody else"
    a_visit(session, clock)
    assert found(zoom_link) is Finding.OTHER_HOST
    assert letters(outbox, "link_trouble") == ["ruth@example.org"]


def test_a_meeting_deleted_in_between_is_said_and_left_to_people(zoom_link, session, zoom, told):
    zoom.remove(zoom_link.reference)
    look.soon("zoom", zoom_link.reference)
    look.tick()
    gone = row(zoom_link)
    assert (gone.state, gone.finding, told) == (MeetingState.GONE, Finding.DELETED, [session.id])
    assert meet.current(session.id) is None
    deleted = meet.deleted(session.id)
    assert deleted is not None and deleted.id == zoom_link.id
    assert calls(zoom, CREATE) == 1


@pytest.mark.parametrize("before", [DAY, timedelta(minutes=15)])
def test_and_made_anew_at_the_next_visit_with_a_letter_to_both(zoom_link, session, zoom, clock, outbox, before):
    zoom.remove(zoom_link.reference)
    look.soon("zoom", zoom_link.reference)
    look.tick()
    clock.set(session.starts_at - before - 2 * MINUTE)
    look.soon("zoom", zoom_link.reference)
    a_visit(session, clock, before)
    made = meet.current(session.id)
    assert made is not None and made.made_by == zoom_link.made_by
    assert made.reference == str(zoom.meetings_of(RUTH)[0]["id"])
    assert sorted(letters(outbox, "new_link")) == ["mateo@example.org", "ruth@example.org"]


def test_what_can_t_be_made_anew_at_the_last_visit_is_tried_again_until_the_start(zoom_link, session, zoom, clock):
    zoom.remove(zoom_link.reference)
    zoom.wrong(Fault(CREATE, "instead", times=2, status=503))
    a_visit(session, clock, timedelta(minutes=15))
    assert meet.current(session.id) is None
    for _ in range(2):
        clock.move(timedelta(minutes=5))
        look.tick()
    assert meet.current(session.id) is not None


def test_a_day_before_it_is_tried_more_seldom_and_at_the_start_no_more(zoom_link, session, zoom, clock):
    zoom.remove(zoom_link.reference)
    zoom.goes_wrong("may not host", CREATE, times=999)
    a_visit(session, clock)
    tried = calls(zoom, CREATE)
    while row(zoom_link).look_at is not None:
        clock.set(row(zoom_link).look_at)
        look.tick()
    assert session.starts_at <= clock.now < session.starts_at + timedelta(minutes=5)
    assert 10 < calls(zoom, CREATE) - tried < 50


def test_a_meeting_found_deleted_at_a_visit_is_made_anew_at_once(zoom_link, session, zoom, clock):
    zoom.remove(zoom_link.reference)
    a_visit(session, clock)
    made = meet.current(session.id)
    assert made is not None and made.id != zoom_link.id


def test_who_asks_gets_a_deleted_meeting_made_anew_in_its_maker_s_name(zoom_link, session, ruth, mateo, zoom):
    zoom.remove(zoom_link.reference)
    look.at(session.id, by=mateo.id)
    made = meet.current(session.id)
    assert made is not None and (made.made_by, made.provider) == (ruth.id, "zoom")


def test_another_link_made_meanwhile_stays_the_only_one(zoom_link, session, mateo, zoom, clock, outbox):
    zoom.remove(zoom_link.reference)
    look.soon("zoom", zoom_link.reference)
    look.tick()
    meet.make_link(session.id, "jitsi", by=mateo.id)
    a_visit(session, clock)
    current = meet.current(session.id)
    assert current is not None and current.provider == "jitsi"
    assert (calls(zoom, CREATE), letters(outbox, "new_link")) == (1, ["ruth@example.org"])


def test_a_deletion_that_zoom_told_of_counts_where_its_maker_s_grant_is_gone(zoom_link, zoom, ruth, app):
    zoom.remove(zoom_link.reference)
    connection = authorised.find(ruth.id, "zoom")
    assert connection is not None
    look.believe_deleted("zoom", zoom_link.reference)
    assert row(zoom_link).state is MeetingState.MADE  # there is a grant to ask with, so it is asked
    renew.lost(connection.id)
    look.believe_deleted("zoom", zoom_link.reference)
    assert (row(zoom_link).state, found(zoom_link)) == (MeetingState.GONE, Finding.DELETED)


def test_a_dead_grant_is_found_and_looked_at_again_once_it_is_new(zoom_link, session, ruth, zoom, clock):
    zoom.grants.clear()
    a_visit(session, clock)
    assert found(zoom_link) is Finding.RECONNECT
    connection = authorised.find(ruth.id, "zoom")
    assert connection is not None and connection.state is ConnectionState.RECONNECT
    asked = zoom.calls.total()
    look.tick()
    assert zoom.calls.total() == asked
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    look.tick()
    assert found(zoom_link) is Finding.FINE


@pytest.fixture
def back(zoom_link, session, ruth, zoom, clock):
    """Ruth's, found with a dead grant, and she has connected again since."""

    def connected():
        zoom.grants.clear()
        look.soon("zoom", zoom_link.reference)
        look.tick()
        assert found(zoom_link) is Finding.RECONNECT
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))

    return connected


def ten_beats(clock):
    for _ in range(10):
        clock.move(timedelta(seconds=5))
        settle.tick()
        look.tick()


def test_while_they_have_not_connected_again_the_finding_stays_as_it_is(zoom_link, zoom, told):
    zoom.grants.clear()
    for _ in range(3):
        told.clear()
        look.soon("zoom", zoom_link.reference)
        look.tick()
    assert (found(zoom_link), told) == (Finding.RECONNECT, [])


def test_who_connects_again_while_wrapping_up_is_asked_about_once(zoom_link, session, ruth, zoom, clock, back):
    clock.set(session.starts_at)
    talk.start(session.id, by=ruth.id)
    back()
    talk.end(session.id, by=ruth.id)
    asked = calls(zoom, GET)
    ten_beats(clock)
    assert calls(zoom, GET) == asked + 1
    assert found(zoom_link) is None


def test_a_provider_that_named_a_time_is_not_asked_before_by_a_look(zoom_link, session, ruth, zoom, clock, back):
    back()
    look.tick()
    zoom.wrong(Fault(PATCH, "instead", times=99, status=429, headers={"Retry-After": "2026-11-23T00:00:00Z"}))
    schedule.move(session.id, ruth.id, Slot(datetime(2026, 11, 26, 17), "Africa/Nairobi", 60))
    with pytest.raises(connect.ProviderFailed):
        meet.follow(session.id)
    for _ in range(3):  # Zoom tells of something
        look.soon("zoom", zoom_link.reference)
        ten_beats(clock)
    assert calls(zoom, PATCH) == 1


def test_who_connects_again_has_a_move_told_once(zoom_link, session, ruth, zoom, clock):
    zoom.grants.clear()
    schedule.move(session.id, ruth.id, Slot(datetime(2026, 11, 26, 17), "Africa/Nairobi", 60))
    with pytest.raises(connect.ProviderFailed):
        meet.follow(session.id)
    zoom.wrong(Fault(PATCH, "instead", times=99, status=429, headers={"Retry-After": "2026-11-23T00:00:00Z"}))
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    told, asked = calls(zoom, PATCH), calls(zoom, GET)
    ten_beats(clock)
    assert (calls(zoom, PATCH), calls(zoom, GET)) == (told + 1, asked + 1)


def test_and_where_the_provider_answers_at_once(zoom_link, session, ruth, zoom, clock):
    zoom.grants.clear()
    schedule.move(session.id, ruth.id, Slot(datetime(2026, 11, 26, 17), "Africa/Nairobi", 60))
    with pytest.raises(connect.ProviderFailed):
        meet.follow(session.id)
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    look.tick()
    [there] = zoom.meetings_of(RUTH)
    assert there["start_time"] == "2026-11-26T14:00:00Z"


def test_what_one_process_has_looked_at_no_other_looks_at(zoom_link, session, zoom, clock):
    """The other has seen it due, and was slower."""
    clock.set(session.starts_at - DAY)
    due, asked = look.due(), calls(zoom, GET)
    assert due == [zoom_link.id]
    look.tick()
    for each in due:
        look.if_due(each)
    assert calls(zoom, GET) == asked + 1


def test_one_meeting_that_can_t_be_looked_at_holds_up_no_other(zoom_link, session, mentorship, ruth, zoom, clock):
    second = schedule.plan(mentorship.id, ruth.id, Slot(session.wall + 2 * MINUTE * 60, session.zone, 60))
    other = meet.make_link(second.id, "zoom", by=ruth.id)
    with db.transaction() as tx:
        tx.get_one(Meeting, zoom_link.id).provider = "a provider that was taken out"
        tx.get_one(Meeting, zoom_link.id).look_at = clock.now - DAY
    look.tick()
    assert found(other) is Finding.FINE


def test_silence_is_said_at_a_visit_and_tried_again_before_the_talk(zoom_link, session, zoom, clock):
    zoom.wrong(Fault(GET, "instead", status=503))
    a_visit(session, clock)
    assert found(zoom_link) is Finding.UNREACHABLE
    clock.move(timedelta(minutes=5))
    look.tick()
    assert found(zoom_link) is Finding.FINE


def test_silence_in_between_alarms_nobody(zoom_link, zoom, told):
    zoom.wrong(Fault(GET, "instead", status=503))
    look.soon("zoom", zoom_link.reference)
    look.tick()
    assert (found(zoom_link), told) == (Finding.FINE, [])


def test_an_address_that_changed_at_the_provider_is_the_one_shown(zoom_link, session, zoom, told):
    """Zoom puts the passcode into the link, so that another passcode makes another link."""
    there = zoom.users[RUTH].meetings[int(zoom_link.reference)]
    there["join_url"] = f"{zoom.url}/j/{zoom_link.reference}?pwd=another"
    look.soon("zoom", zoom_link.reference)
    look.tick()
    assert (row(zoom_link).join_url, told) == (there["join_url"], [session.id])


def test_a_message_that_comes_during_a_look_is_not_lost(zoom_link, session, ruth, zoom, clock):
    zoom.wrong(Fault(GET, "slow", seconds=0.3))
    asked = calls(zoom, GET)
    a_look = threading.Thread(target=lambda: look.at(session.id, by=ruth.id))
    a_look.start()
    until(lambda: calls(zoom, GET) > asked)
    look.soon("zoom", zoom_link.reference)
    a_look.join()
    assert row(zoom_link).look_at == clock.now


def test_only_its_own_two_can_ask(zoom_link, session, linh):
    with pytest.raises(NotYours):
        look.at(session.id, by=linh.id)


def test_without_a_link_there_is_nothing_to_check(session, ruth):
    with pytest.raises(TooLate):
        look.at(session.id, by=ruth.id)


def test_a_stranger_s_reference_changes_nothing(zoom_link, clock):
    look.soon("zoom", "123")
    look.soon("zoom", "")
    assert row(zoom_link).look_at != clock.now


def test_a_cancelled_session_is_looked_at_no_more(zoom_link, session, ruth, zoom, clock):
    schedule.cancel(session.id, by=ruth.id)
    settle.tick()
    asked = zoom.calls.total()
    a_visit(session, clock)
    assert zoom.calls.total() == asked


def test_without_messages_the_call_s_end_is_learnt_by_looking(live_session, session, ruth, at_zoom, zoom, clock):
    link = meet.make_link(session.id, "zoom", by=ruth.id)
    for name, email in (("Ruth Wanjiru", RUTH), ("Mateo Fuentes", "")):
        zoom.join(link.reference, name, email=email)
    talk.someone_sits(session.id, ())
    clock.set(session.ends_at - 2 * MINUTE)
    zoom.end(link.reference)
    clock.move(MINUTE)
    look.tick()
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).state is SessionState.OVER


def test_google_knows_the_calls_of_a_space_without_any_time(session, mateo, at_google, google, clock):
    made = meet.make_link(session.id, "google_meet", by=mateo.id)
    look.tick()
    assert (found(made), row(made).there_at) == (Finding.FINE, None)
    clock.set(session.starts_at)
    for name in ("Ruth", "Mateo"):
        google.join(made.reference, name)
    clock.set(session.ends_at - 5 * MINUTE)
    look.tick()
    clock.move(MINUTE)
    google.end(made.reference)
    look.tick()
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).state is SessionState.OVER


def test_where_a_topic_is_named_google_is_asked_to_tell_of_calls(session, mateo, at_google, google, settings):
    config.use(replace(settings, provider_env={**settings.provider_env, **TOPIC}))
    meet.make_link(session.id, "google_meet", by=mateo.id)
    for _ in range(2):
        look.at(session.id, by=mateo.id)
    assert calls(google, "POST /v1/subscriptions") == 2  # the second: there already


def test_a_topic_that_doesn_t_work_spoils_no_look(session, mateo, at_google, google, settings):
    config.use(replace(settings, provider_env={**settings.provider_env, **TOPIC}))
    google.wrong(Fault("POST /v1/subscriptions", "instead", status=403))
    made = meet.make_link(session.id, "google_meet", by=mateo.id)
    look.tick()
    assert found(made) is Finding.FINE
