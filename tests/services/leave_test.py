from dataclasses import replace

import pytest
from sqlalchemy import select

from companion import db, mail, schema
from companion.errors import Invalid, NotYours
from companion.model.letters import Letter
from companion.model.mentorships import Role
from companion.model.people import Person
from companion.model.sessions import Session, SessionState
from companion.services import connect, devices, follow_up, invite, leave, meet, notes, pair, promises, sign_in, talk
from tests.simulators.server import Fault
from tests.writing import Pen

pytestmark = pytest.mark.both_databases

MATEO = "mateo@example.org"


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def much(session, mateo, ruth, linh, zoom):
    """All that Mateo leaves traces in: a connection and its link, notes, letters, invitations, a device."""
    connect.remember(mateo.id, "zoom", zoom.granted(MATEO))
    meet.make_link(session.id, "zoom", mateo.id)
    devices.admit(mateo.id, "hash", "Firefox/1 Linux")
    notes.save(session.id, mateo.id, "nobody’s business", 0)
    sign_in.ask(MATEO, "visitor", "network")
    invite.invite(mateo.id, "paula@example.org", Role.MENTOR)
    invite.invite(linh.id, MATEO, Role.MENTEE)
    return session


def everything():
    """All values of all rows, as one text."""
    tables = schema.all_tables().sorted_tables
    with db.reading() as tx:
        return "\n".join(str(row) for table in tables for row in tx.execute(select(table)))


def test_nothing_is_left_that_names_them(much, mateo):
    leave.leave(mateo.id)
    said = everything()
    for trace in (MATEO, "Mateo", "Fuentes", "America/Santiago", "nobody’s business", "paula@example.org", "zoom.us"):
        assert trace not in said


def test_the_partner_is_told_once_and_keeps_what_both_wrote(much, mateo, ruth, mentorship, outbox):
    leave.leave(mateo.id)
    (letter,) = [each for each in outbox() if each.kind == "partner_left"]
    assert letter.to_email == ruth.email
    written = mail.compose(letter)
    assert written.subject == "Your mentee has left Alongside"
    assert "Lead a platform team by next summer" in written.text
    assert "Mateo" not in written.text
    kept = pair.find(mentorship.id, by=ruth.id)
    assert not kept.is_active
    assert kept.partner_of(ruth.id).first_name == "Former partner"


def test_their_links_are_called_off_and_their_grants_given_back(much, mateo, zoom):
    leave.leave(mateo.id)
    assert zoom.grants == {}
    assert zoom.calls["POST /oauth/revoke"]
    with db.reading() as tx:
        assert tx.get_one(Session, much.id).state is SessionState.CANCELLED


def test_records_stay_and_their_items_are_a_former_partners(live_session, mateo, ruth):
    pen = Pen()
    pen.add_item("Send CV")
    pen.save(live_session.id, mateo.id)
    talk.end(live_session.id, ruth.id)
    follow_up.close(live_session.id, ruth.id)
    leave.leave(mateo.id)
    record = promises.record_of(live_session.id)
    assert record is not None
    assert [item.text for item in record.action_items] == ["Send CV"]


def test_who_left_gets_no_letter_though_a_session_of_theirs_closes_later(live_session, mateo, ruth, outbox):
    leave.leave(mateo.id)
    with db.transaction() as tx:
        tx.get_one(Session, live_session.id).state = SessionState.OVER
    follow_up.close(live_session.id, by=None)
    assert {each.to_email for each in outbox()} == {ruth.email}


def test_the_address_can_begin_anew_as_somebody_else(much, mateo):
    leave.leave(mateo.id)
    anew = sign_in.add_person(MATEO, "Mateo", "America/Santiago")
    assert anew.id != mateo.id
    assert pair.mentorships_of(anew.id) == []


def test_leaving_twice_is_not_possible(mateo):
    leave.leave(mateo.id)
    with pytest.raises(NotYours):
        leave.leave(mateo.id)


def test_it_goes_on_where_the_provider_cannot_be_reached(much, mateo, zoom):
    zoom.wrong(Fault("POST /oauth/revoke", "instead", times=9, status=503))
    zoom.wrong(Fault("DELETE /v2/meetings/", "instead", times=9, status=503))
    leave.leave(mateo.id)
    with db.reading() as tx:
        assert tx.get_one(Person, mateo.id).has_left
        assert tx.query(Letter).filter_by(person_id=mateo.id).count() == 0


def test_the_address_has_to_be_typed(mateo):
    leave.confirmed(mateo, f" {MATEO.upper()} ")
    with pytest.raises(Invalid):
        leave.confirmed(mateo, "mateo")
