"""Asking somebody: not oneself, not twice, not too often; sent again, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from companion.errors import Invalid, NotYours, TooLate, TooMany
from companion.model.letters import Letter
from companion.model.mentorships import Mentorship, Role
from companion.model.people import Person
from companion.services import invite, pair
from tests.conftest import Clock

Outbox = Callable[[], list[Letter]]


def refused(by: Person, email: str, role: Role = Role.MENTEE) -> str:
    with pytest.raises(Invalid) as said:
        invite.invite(by.id, email, role)
    return said.value.field


def test_nobody_invites_themselves(ruth: Person) -> None:
    assert refused(ruth, " RUTH@example.org") == "email"


def test_partners_already_are_partners(mentorship: Mentorship, ruth: Person, mateo: Person) -> None:
    assert refused(ruth, mateo.email) == "email"
    assert refused(mateo, ruth.email, Role.MENTOR) == "email"


def test_the_same_two_may_swap_roles_in_another_mentorship(mentorship: Mentorship, ruth: Person, mateo: Person) -> None:
    accepted = pair.accept(pair.token_of(invite.invite(ruth.id, mateo.email, Role.MENTOR)))
    assert accepted.mentorship.id != mentorship.id


def test_after_parting_they_may_begin_again(mentorship: Mentorship, ruth: Person, mateo: Person) -> None:
    pair.close(mentorship.id, by=ruth.id)
    assert invite.invite(ruth.id, mateo.email, Role.MENTEE).is_open


def test_nobody_is_asked_the_same_twice(ruth: Person) -> None:
    invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    assert refused(ruth, "ana@example.org") == "email"


def test_a_purpose_has_its_length(ruth: Person) -> None:
    with pytest.raises(Invalid):
        invite.invite(ruth.id, "ana@example.org", Role.MENTEE, "x" * 301)
    assert len(invite.invite(ruth.id, "ana@example.org", Role.MENTEE, " x " * 150).purpose) == 299


def test_twenty_people_are_asked_a_day(ruth: Person, clock: Clock) -> None:
    for number in range(20):
        invite.invite(ruth.id, f"somebody{number}@example.org", Role.MENTEE)
    with pytest.raises(TooMany):
        invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    clock.move(timedelta(days=1))
    invite.invite(ruth.id, "ana@example.org", Role.MENTEE)


def test_an_address_gets_five_invitations_a_day_from_everybody_together(
    ruth: Person, mateo: Person, linh: Person
) -> None:
    asking = [(ruth, Role.MENTOR), (ruth, Role.MENTEE), (mateo, Role.MENTOR), (mateo, Role.MENTEE), (linh, Role.MENTOR)]
    for by, role in asking:
        invite.invite(by.id, "ana@example.org", role)
    with pytest.raises(TooMany):
        invite.invite(linh.id, "ana@example.org", Role.MENTEE)


def test_it_is_sent_again_with_the_same_link_up_to_three_times_a_day(
    ruth: Person, clock: Clock, outbox: Outbox
) -> None:
    asked = invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    for _ in range(2):
        clock.move(timedelta(minutes=1))
        assert pair.token_of(invite.resend(asked.id, by=ruth.id)).split(".")[0] == pair.token_of(asked).split(".")[0]
    assert len(outbox()) == 3
    with pytest.raises(TooMany):
        invite.resend(asked.id, by=ruth.id)


def test_only_whoever_asked_takes_it_back_or_sends_it_again(ruth: Person, mateo: Person) -> None:
    asked = invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    for deed in (invite.withdraw, invite.resend):
        with pytest.raises(NotYours):
            deed(asked.id, by=mateo.id)


def test_what_is_answered_can_t_be_sent_again_or_taken_back(ruth: Person) -> None:
    asked = invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    pair.accept(pair.token_of(asked))
    for deed in (invite.withdraw, invite.resend):
        with pytest.raises(TooLate):
            deed(asked.id, by=ruth.id)


def test_who_asks_sees_what_is_open_and_who_said_no(ruth: Person, clock: Clock) -> None:
    open_one = invite.invite(ruth.id, "ana@example.org", Role.MENTEE)
    declined = invite.invite(ruth.id, "bo@example.org", Role.MENTOR)
    pair.decline(pair.token_of(declined))
    assert [each.id for each in pair.invitations_of(ruth.id)] == [open_one.id]
    assert [each.id for each in invite.declined_lately(ruth.id)] == [declined.id]
    clock.move(timedelta(days=15))
    assert invite.declined_lately(ruth.id) == []


def test_who_is_asked_sees_it_once_signed_in(ruth: Person, mateo: Person) -> None:
    asked = invite.invite(ruth.id, mateo.email, Role.MENTEE)
    assert [each.id for each in pair.invitations_to(mateo)] == [asked.id]
    assert pair.invitations_to(ruth) == []
