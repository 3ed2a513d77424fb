import pytest

from companion import db
from companion.errors import NotYours
from companion.model.mentorships import Mentorship, MentorshipState, Role
from companion.model.people import SignIn
from companion.model.sessions import Session, SessionState
from companion.services import sit
from companion.services.sit import Right
from tests.conftest import NOON

pytestmark = pytest.mark.both_databases


@pytest.fixture
def claims(session, ruth, mateo):
    """Both partners at their session, each on one device."""

    def at(person):
        with db.transaction() as tx:
            device = SignIn(person_id=person.id, token_hash=f"{person.id:064}", created_at=NOON, seen_at=NOON)
            tx.add(device)
            tx.flush()
            return sit.claim(session.id, person.id, device.id)

    return [at(ruth), at(mateo)]


def rights(claims):
    found = sit.rights_of(claims)
    return [found[claim] for claim in claims]


def test_a_claim_says_which_of_the_two_it_is(claims):
    assert [claim.role for claim in claims] == [Role.MENTOR, Role.MENTEE]


def test_a_stranger_has_no_claim(session, linh):
    with pytest.raises(NotYours):
        sit.claim(session.id, linh.id, 1)


def test_nobody_has_a_claim_to_a_session_that_is_not(ruth):
    with pytest.raises(NotYours):
        sit.claim(4711, ruth.id, 1)


@pytest.mark.parametrize(
    ("state", "right"),
    [
        (SessionState.PLANNED, Right.WRITE),
        (SessionState.LIVE, Right.WRITE),
        (SessionState.OVER, Right.WRITE),
        (SessionState.CLOSED, Right.READ),
        (SessionState.CANCELLED, Right.READ),
    ],
)
def test_partners_write_until_the_session_is_closed_and_read_afterwards(claims, session, state, right):
    with db.transaction() as tx:
        tx.get_one(Session, session.id).state = state
    assert rights(claims) == [right, right]


def test_a_device_that_signed_out_is_out_and_the_partner_stays(claims):
    with db.transaction() as tx:
        tx.get_one(SignIn, claims[0].sign_in_id).ended_at = NOON
    assert rights(claims) == [Right.SIGNED_OUT, Right.WRITE]


def test_both_are_removed_when_their_mentorship_ends(claims, mentorship):
    with db.transaction() as tx:
        tx.get_one(Mentorship, mentorship.id).state = MentorshipState.CLOSED
    assert rights(claims) == [Right.REMOVED, Right.REMOVED]
    with pytest.raises(NotYours):
        sit.claim(claims[0].session_id, claims[0].person_id, claims[0].sign_in_id)
