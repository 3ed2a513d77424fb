"""How two people become a pair and part: accepted once, by link or digits, walled off from everybody else."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from companion import db, links, signals
from companion.errors import Invalid, NotYours, TooLate, TooMany
from companion.model.letters import Letter
from companion.model.mentorships import Invitation, InvitationState, Mentorship, Role
from companion.model.people import Person
from companion.services import invite, pair
from tests.conftest import Clock

pytestmark = pytest.mark.both_databases


@pytest.fixture
def asked(ruth: Person) -> Invitation:
    """Ruth asks Ana, who isn't here yet, to be her mentee."""
    return invite.invite(ruth.id, "ana@example.org", Role.MENTEE, "Speak at a conference")


def digits(invitation: Invitation) -> str:
    return links.code("invitation", invitation.id, invitation.nonce)


def state_of(invitation: Invitation) -> InvitationState:
    with db.reading() as tx:
        return tx.get_one(Invitation, invitation.id).state


def test_looking_at_an_invitation_changes_nothing(asked: Invitation) -> None:
    for _ in range(5):
        assert pair.opened(pair.token_of(asked)).is_open


def test_accepting_makes_the_person_and_the_pair(asked: Invitation, ruth: Person) -> None:
    accepted = pair.accept(pair.token_of(asked))
    assert (accepted.person.email, accepted.person.is_new) == ("ana@example.org", True)
    assert (accepted.mentorship.mentor_id, accepted.mentorship.mentee_id) == (ruth.id, accepted.person.id)
    assert accepted.mentorship.purpose == "Speak at a conference"
    assert state_of(asked) is InvitationState.ACCEPTED


def test_a_person_who_is_here_already_stays_the_same(ruth: Person, mateo: Person) -> None:
    asked = invite.invite(ruth.id, mateo.email, Role.MENTOR)
    accepted = pair.accept(pair.token_of(asked))
    assert (accepted.mentorship.mentor_id, accepted.mentorship.mentee_id) == (mateo.id, ruth.id)


def test_somebody_signed_in_may_accept_as_themselves(asked: Invitation, mateo: Person) -> None:
    accepted = pair.accept(pair.token_of(asked), as_person=mateo.id)
    assert accepted.person.id == mateo.id
    assert accepted.mentorship.mentee_id == mateo.id


def test_nobody_accepts_their_own_invitation(asked: Invitation, ruth: Person) -> None:
    with pytest.raises(TooLate):
        pair.accept(pair.token_of(asked), as_person=ruth.id)
    assert state_of(asked) is InvitationState.OPEN


def test_accepting_twice_within_a_minute_gives_the_same_pair(asked: Invitation, clock: Clock) -> None:
    first = pair.accept(pair.token_of(asked))
    clock.move(timedelta(seconds=60))
    second = pair.accept(pair.token_of(asked))
    assert (first.mentorship.id, first.person.id, first.proof) == (second.mentorship.id, second.person.id, second.proof)


def test_an_accepted_letter_is_no_key_later(asked: Invitation, clock: Clock) -> None:
    pair.accept(pair.token_of(asked))
    clock.move(timedelta(seconds=61))
    with pytest.raises(TooLate):
        pair.accept(pair.token_of(asked))


def test_an_invitation_accepted_by_one_account_lets_no_other_in(asked: Invitation, mateo: Person) -> None:
    pair.accept(pair.token_of(asked), as_person=mateo.id)
    with pytest.raises(TooLate):
        pair.accept(pair.token_of(asked))


def test_two_invitations_of_the_same_two_lead_to_one_mentorship(ruth: Person, mateo: Person, asked: Invitation) -> None:
    other = invite.invite(ruth.id, "mateo.work@example.org", Role.MENTEE)
    first = pair.accept(pair.token_of(asked), as_person=mateo.id)
    assert pair.accept(pair.token_of(other), as_person=mateo.id).mentorship.id == first.mentorship.id


def test_a_declined_invitation_can_t_be_accepted(asked: Invitation) -> None:
    pair.decline(pair.token_of(asked))
    assert pair.decline(pair.token_of(asked)).state is InvitationState.DECLINED
    with pytest.raises(TooLate):
        pair.accept(pair.token_of(asked))


def test_a_withdrawn_invitation_can_t_be_answered(asked: Invitation, ruth: Person) -> None:
    invite.withdraw(asked.id, by=ruth.id)
    for answer in (pair.accept, pair.decline):
        with pytest.raises(TooLate):
            answer(pair.token_of(asked))


def test_the_digits_open_it_on_another_device(asked: Invitation) -> None:
    token = pair.opened_by_code("Ana@example.org", f"{digits(asked)[:3]}-{digits(asked)[3:]}")
    assert pair.opened(token).id == asked.id


def test_wrong_digits_and_unknown_addresses_sound_alike(asked: Invitation) -> None:
    wrong = f"{(int(digits(asked)) + 1) % 1_000_000:06d}"
    said = set()
    for email in ("ana@example.org", "nobody@example.org"):
        with pytest.raises(Invalid) as refused:
            pair.opened_by_code(email, wrong)
        said.add(refused.value.sentence)
    assert len(said) == 1


def test_five_wrong_tries_end_the_digits_but_not_the_link(asked: Invitation) -> None:
    wrong = f"{(int(digits(asked)) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(Invalid):
            pair.opened_by_code("ana@example.org", wrong)
    with pytest.raises(TooMany):
        pair.opened_by_code("ana@example.org", digits(asked))
    assert pair.accept(pair.token_of(asked)).person.email == "ana@example.org"


def test_a_token_we_did_not_make_opens_nothing(asked: Invitation) -> None:
    right = pair.token_of(asked)
    for token in (
        "",
        right[:-1],
        links.sign("sign-in", asked.id, asked.nonce),
        links.sign("invitation", asked.id, "x"),
    ):
        with pytest.raises(NotYours):
            pair.opened(token)


@pytest.fixture
def ended() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(_sender: object, mentorship_id: int) -> None:
        heard.append(mentorship_id)

    with signals.mentorship_closed.connected_to(hear):
        yield heard


def test_either_partner_ends_it_once(mentorship: Mentorship, mateo: Person, ruth: Person, ended: list[int]) -> None:
    assert not pair.close(mentorship.id, by=mateo.id).is_active
    pair.close(mentorship.id, by=ruth.id)
    assert ended == [mentorship.id]


def test_a_stranger_neither_finds_nor_ends_it(mentorship: Mentorship, linh: Person, ended: list[int]) -> None:
    for deed in (pair.find, pair.close):
        with pytest.raises(NotYours):
            deed(mentorship.id, by=linh.id)
        with pytest.raises(NotYours):
            deed(mentorship.id + 99, by=linh.id)
    assert ended == []


def test_mentorships_that_go_on_come_first(mentorship: Mentorship, ruth: Person, linh: Person) -> None:
    other = pair.accept(pair.token_of(invite.invite(ruth.id, linh.email, Role.MENTOR))).mentorship
    pair.close(other.id, by=linh.id)
    assert [each.id for each in pair.mentorships_of(ruth.id)] == [mentorship.id, other.id]
    assert [each.id for each in pair.mentorships_of(linh.id)] == [other.id]


def test_the_letter_goes_to_whoever_is_asked(asked: Invitation, outbox: Callable[[], list[Letter]]) -> None:
    [letter] = outbox()
    assert (letter.kind, letter.to_email, letter.facts) == (
        "invitation",
        "ana@example.org",
        {"invitation_id": asked.id},
    )
