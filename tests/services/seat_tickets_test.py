from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from companion.errors import TooMany
from companion.live.tickets import MOST, SharedTickets
from companion.model.mentorships import Role
from companion.services import seat_tickets
from companion.services.sit import Claim

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("installation")]
RUTH = Claim(session_id=1, mentorship_id=1, person_id=1, sign_in_id=1, role=Role.MENTOR)
MINUTE = timedelta(minutes=1)


def test_a_ticket_opens_its_claim_for_one_of_all_who_show_it_at_once():
    seat_tickets.keep("ticket", RUTH, MINUTE)
    with ThreadPoolExecutor() as hands:
        opened = list(hands.map(seat_tickets.take, ["ticket"] * 4))
    assert [claim for claim in opened if claim] == [RUTH]


def test_a_ticket_opens_nothing_too_late(clock):
    seat_tickets.keep("ticket", RUTH, MINUTE)
    clock.move(MINUTE)
    assert seat_tickets.take("ticket") is None


@pytest.mark.parametrize("said", [None, "", "made up", 7, b"bytes", ["list"], {"a": "dict"}])
def test_anything_else_opens_nothing(said):
    assert SharedTickets().take(said) is None


def test_nobody_hoards_tickets(clock):
    tickets = SharedTickets()
    for _ in range(MOST):
        tickets.hand_out(RUTH)
    with pytest.raises(TooMany):
        tickets.hand_out(RUTH)
    clock.move(MINUTE)
    tickets.hand_out(RUTH)
