import pytest
from socketio.exceptions import ConnectionError as Refused

from companion.errors import TooMany
from companion.live.tickets import MOST, Tickets
from companion.model.mentorships import Role
from companion.services.sit import Claim

RUTH = Claim(session_id=1, mentorship_id=1, person_id=1, sign_in_id=1, role=Role.MENTOR)


def test_a_ticket_opens_its_claim_once():
    tickets = Tickets()
    ticket = tickets.hand_out(RUTH)
    assert (tickets.take(ticket), tickets.take(ticket)) == (RUTH, None)


@pytest.mark.parametrize("said", [None, "", "made up", 7, b"bytes", ["list"], {"a": "dict"}])
def test_anything_else_opens_nothing(said):
    assert Tickets().take(said) is None


def test_nobody_hoards_tickets():
    tickets = Tickets()
    for _ in range(MOST):
        tickets.hand_out(RUTH)
    with pytest.raises(TooMany):
        tickets.hand_out(RUTH)


def test_a_stranger_gets_no_ticket(tab, as_stranger):
    assert tab(as_stranger).ask_for_ticket().status_code == 404


def test_somebody_who_is_not_signed_in_gets_no_ticket(tab, browse):
    assert tab(browse(None)).ask_for_ticket().status_code == 401


@pytest.mark.parametrize("auth", [None, {}, {"ticket": None}, {"ticket": "made up"}, {"ticket": ["x"]}, "words"])
def test_without_a_ticket_there_is_no_seat(tab, as_ruth, auth):
    mine = tab(as_ruth)
    with pytest.raises(Refused):
        mine.connect(auth)
    assert mine.heard["connect_error"] == [{"message": "ticket"}]


def test_a_used_ticket_is_refused(tab, as_ruth):
    first, second = tab(as_ruth), tab(as_ruth)
    ticket = first.ticket()
    first.connect({"ticket": ticket})
    with pytest.raises(Refused):
        second.connect({"ticket": ticket})
    assert second.heard["connect_error"] == [{"message": "ticket"}]
