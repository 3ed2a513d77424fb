import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from companion import db
from companion.errors import Invalid, NotYours, TooLate
from companion.model.sessions import Finding, Meeting, Session
from companion.services import connect, look, meet, mend, providers, schedule, settle, tries
from companion.services.authorised import authorised
from companion.services.meet import NotConnected, ProviderFailed
from companion.services.tries import Try
from tests.conftest import wall
from tests.simulators.faults import Fault

RUTH = "ruth@zoom.example"
CREATE = "POST /v2/users/me/meetings"
ZONE = "America/Santiago"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def link(session, ruth, zoom):
    connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    return meet.make_link(session.id, "zoom", by=ruth.id)


@pytest.fixture
def moved(link, session, ruth, zoom):
    """At Zoom, a day later: what the page of both shows."""
    zoom.edit(link.reference, start_time="2026-11-25T17:00:00", timezone="Africa/Nairobi")
    look.at(session.id, by=ruth.id)
    return meeting(link)


def meeting(link):
    with db.reading() as tx:
        return tx.get_one(Meeting, link.id)


def now_at(session):
    with db.reading() as tx:
        return tx.get_one(Session, session.id).starts_at


def standing(session):
    meeting = meet.current(session.id)
    assert meeting is not None
    return meeting


def test_the_session_follows_its_meeting_in_the_zone_of_who_said_so(moved, session, mateo, zoom, outbox):
    mend.adopt(session.id, mateo.id, moved.there_at, ZONE)
    assert now_at(session) == session.starts_at + timedelta(days=1)
    with db.reading() as tx:
        assert tx.get_one(Session, session.id).wall == wall(moved.there_at, ZONE)
    assert [each.to_email for each in outbox() if each.kind == "session_moved"] == ["ruth@example.org"]
    look.at(session.id, by=mateo.id)
    assert (meeting(moved).finding, meeting(moved).owed) == (Finding.FINE, None)


def test_the_meeting_comes_back_to_its_session(moved, session, mateo, zoom):
    mend.restore(session.id, mateo.id, moved.id)
    [there] = zoom.meetings_of(RUTH)
    assert there["start_time"] == "2026-11-24T14:00:00Z"
    look.at(session.id, by=mateo.id)
    assert meeting(moved).finding is Finding.FINE


def test_when_it_can_t_be_put_back_it_is_tried_again(moved, session, ruth, zoom):
    zoom.wrong(Fault("PATCH /v2/meetings/", "instead", status=503))
    with pytest.raises(ProviderFailed, match="We keep trying"):
        mend.restore(session.id, ruth.id, moved.id)
    assert meeting(moved).owed == "move"


def test_only_the_time_that_was_shown_is_taken(moved, session, ruth):
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.adopt(session.id, ruth.id, moved.there_at + timedelta(hours=1), ZONE)
    mend.restore(session.id, ruth.id, moved.id)
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.adopt(session.id, ruth.id, moved.there_at, ZONE)
    assert now_at(session) == session.starts_at


def test_a_time_that_has_passed_can_t_be_taken(moved, session, ruth, clock):
    clock.set(moved.there_at + timedelta(minutes=1))
    with pytest.raises((Invalid, TooLate)):
        mend.adopt(session.id, ruth.id, moved.there_at, ZONE)


def test_a_useless_link_is_made_anew_and_the_old_one_cancelled(link, session, ruth, zoom, outbox):
    mend.anew(session.id, ruth.id, link.id)
    [there] = zoom.meetings_of(RUTH)
    current = meet.current(session.id)
    assert current is not None and (current.reference, current.id != link.id) == (str(there["id"]), True)
    [told] = letters(outbox)
    assert (told.to_email, told.facts["by"]) == ("mateo@example.org", ruth.id)


def test_a_deleted_one_is_made_anew_by_either(link, session, ruth, mateo, zoom):
    zoom.remove(link.reference)
    schedule.move(session.id, mateo.id, schedule.Slot(session.wall + timedelta(days=1), session.zone, 60))
    with pytest.raises(ProviderFailed):
        meet.follow(session.id)
    mend.anew(session.id, mateo.id, link.id)
    current = meet.current(session.id)
    assert current is not None and current.made_by == ruth.id


def test_where_its_maker_can_t_whoever_asks_connects(link, session, mateo, zoom):
    zoom.remove(link.reference)
    zoom.grants.clear()
    look.at(session.id, by=mateo.id)
    with pytest.raises(NotConnected):
        mend.anew(session.id, mateo.id, link.id)


def test_strangers_mend_nothing(moved, session, linh):
    for deed in (mend.restore, mend.anew):
        with pytest.raises(NotYours):
            deed(session.id, linh.id, moved.id)
    with pytest.raises(NotYours):
        mend.adopt(session.id, linh.id, moved.there_at, ZONE)


def test_without_a_link_there_is_nothing_to_make_anew(session, ruth):
    with pytest.raises(TooLate):
        mend.anew(session.id, ruth.id, 1)


def letters(outbox):
    return [each for each in outbox() if each.kind == "new_link"]


def test_who_presses_second_gets_the_link_that_the_first_one_made(link, session, ruth, mateo, zoom, outbox):
    zoom.remove(link.reference)
    look.soon("zoom", link.reference)
    look.tick()
    mend.anew(session.id, ruth.id, link.id)
    hers = standing(session)
    mend.anew(session.id, mateo.id, link.id)
    assert standing(session).id == hers.id
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [hers.reference]
    assert len(letters(outbox)) == 1


def test_both_at_once_make_one(link, session, ruth, mateo, zoom, outbox):
    presses = [threading.Thread(target=mend.anew, args=(session.id, who.id, link.id)) for who in (ruth, mateo)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [standing(session).reference]
    assert (zoom.calls[CREATE], len(letters(outbox))) == (2, 1)


def test_a_press_on_a_link_that_was_put_away_makes_none(link, session, ruth, mateo, zoom):
    meet.drop_link(session.id, mateo.id, link.id)
    jitsi = meet.make_link(session.id, "jitsi", by=mateo.id)
    meet.drop_link(session.id, mateo.id, jitsi.id)
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.anew(session.id, ruth.id, link.id)
    assert (meet.current(session.id), zoom.meetings_of(RUTH)) == (None, [])


def test_only_the_link_that_was_shown_is_put_back(link, session, ruth, zoom):
    mend.anew(session.id, ruth.id, link.id)
    with pytest.raises(TooLate, match="changed meanwhile"):
        mend.restore(session.id, ruth.id, link.id)
    assert not zoom.calls[f"PATCH /v2/meetings/{standing(session).reference}"]


def test_a_link_that_stands_is_given_up_for_a_better_one_only(link, session, ruth, zoom, outbox):
    zoom.wrong(Fault(CREATE, "instead", status=503))
    with pytest.raises(ProviderFailed, match="The link you have stays"):
        mend.anew(session.id, ruth.id, link.id)
    assert standing(session).id == link.id
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [link.reference]
    assert letters(outbox) == []


def test_nor_is_it_when_the_answer_is_lost(link, session, ruth, zoom):
    for fault in (Fault(CREATE, "lost"), Fault("GET /v2/users/me/meetings", "reset")):
        zoom.wrong(fault)
    with pytest.raises(ProviderFailed, match="The link you have stays"):
        mend.anew(session.id, ruth.id, link.id)
    assert standing(session).id == link.id
    mend.anew(session.id, ruth.id, link.id)  # finds what the first try made
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [standing(session).reference]
    assert (standing(session).id != link.id, zoom.calls[CREATE]) == (True, 2)


def test_while_another_is_made_the_first_stands_and_a_crash_leaves_what_is_owed(link, session, ruth, zoom, clock):
    begun = tries.begin(session.id, "zoom", ruth.id, "", instead=link.id)
    assert isinstance(begun, Try)
    assert standing(session).id == link.id
    with authorised(ruth.id, providers.offer("zoom")) as http:
        providers.offer("zoom").provider.create(http, providers.offer("zoom").hosts, begun.plan)
    clock.move(tries.A_TRY + timedelta(seconds=1))
    settle.tick()  # finds what the dead try made
    settle.tick()  # and takes it away
    assert standing(session).id == link.id
    assert [str(each["id"]) for each in zoom.meetings_of(RUTH)] == [link.reference]


def test_the_old_one_is_owed_a_cancel_where_zoom_doesn_t_take_it(link, session, ruth, zoom):
    zoom.wrong(Fault("DELETE /v2/meetings/", "instead", status=503))
    mend.anew(session.id, ruth.id, link.id)
    assert (meeting(link).state, meeting(link).owed) == ("gone", "cancel")
    assert standing(session).id != link.id
