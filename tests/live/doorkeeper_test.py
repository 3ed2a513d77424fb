import time

import pytest
import websocket

from companion import db
from companion.model.mentorships import Mentorship, MentorshipState
from companion.model.people import SignIn
from companion.model.sessions import Session, SessionState
from tests.conftest import NOON
from tests.waiting import until


@pytest.fixture
def end_mentorship(mentorship):
    def end():
        with db.transaction() as tx:
            row = tx.get_one(Mentorship, mentorship.id)
            row.state, row.closed_at = MentorshipState.CLOSED, NOON

    return end


def test_a_removed_partner_is_out_within_two_seconds_though_idle(ruths, end_mentorship):
    end_mentorship()
    until(lambda: not ruths.is_open, seconds=2)
    assert ruths.facts == ["removed"]


def test_a_removed_partner_hears_and_says_nothing_more(ruths, mateos, end_mentorship):
    end_mentorship()
    until(lambda: not (ruths.is_open or mateos.is_open), seconds=2)
    heard = len(ruths.heard["edit"])
    mateos.pen.add_item("Too late")
    with pytest.raises(Exception, match="not a connected namespace"):
        mateos.send()
    assert len(ruths.heard["edit"]) == heard


def test_a_device_that_signed_out_is_out_and_others_stay(ruths, mateos, ruth):
    with db.transaction() as tx:
        for device in tx.query(SignIn).filter_by(person_id=ruth.id):
            device.ended_at = NOON
    until(lambda: not ruths.is_open, seconds=2)
    assert ruths.facts == ["signed_out"]
    assert mateos.is_open


def test_a_session_closed_elsewhere_takes_no_more_edits(ruths, session):
    with db.transaction() as tx:
        tx.get_one(Session, session.id).state = SessionState.CLOSED
    ruths.pen.add_item("Too late")
    ruths.send()
    assert until(lambda: ruths.refusals) == ["closed"]


def test_a_line_that_takes_no_seat_is_ended_within_ten_seconds(server):
    began = time.monotonic()
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=11, suppress_origin=True)
    assert str(line.recv()).startswith("0{")
    assert line.recv() == "1"  # engine.io's "we are closing"
    assert time.monotonic() - began < 10
    line.shutdown()
