"""Letting people in by letter: known and unknown alike, once, for 15 minutes, not too often."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from companion import db, links
from companion.errors import Invalid, TooLate, TooMany
from companion.model.letters import Letter
from companion.model.people import Person, SignInLink
from companion.services import sign_in
from companion.services.sign_in import Opening
from tests.conftest import Clock

HERE, THERE = "a" * 64, "b" * 64  # two browsers
HOME = "c" * 64  # a network
Outbox = Callable[[], list[Letter]]

pytestmark = pytest.mark.both_databases


def last_link() -> SignInLink:
    with db.reading() as tx:
        return tx.scalars(select(SignInLink).order_by(SignInLink.id.desc()).limit(1)).one()


def token(link: SignInLink) -> str:
    return links.sign("sign-in", link.id, link.nonce)


def wrong_code(link: SignInLink) -> str:
    return f"{(int(sign_in.code_of(link)) + 1) % 1_000_000:06d}"


def ask(email: str = "ruth@example.org", browser: str = HERE, network: str = HOME) -> SignInLink:
    sign_in.ask(email, browser, network)
    return last_link()


def test_a_known_address_gets_a_letter(ruth: Person, outbox: Outbox) -> None:
    link = ask(" Ruth@Example.org ")
    [letter] = outbox()
    assert (letter.kind, letter.to_email, letter.facts["link_id"]) == ("sign_in", ruth.email, link.id)


def test_an_unknown_address_is_counted_alike_and_gets_none(ruth: Person, outbox: Outbox) -> None:
    assert ask("nobody@example.org").email == "nobody@example.org"
    assert outbox() == []


def test_what_is_no_address_is_said(ruth: Person) -> None:
    for said in ("", "ruth", "ruth@", "ruth@localhost", "ruth@example.org\nbcc: all@example.org", "a@b." + "c" * 300):
        with pytest.raises(Invalid):
            ask(said)


def test_the_asking_browser_needs_one_button(ruth: Person) -> None:
    link = ask()
    assert sign_in.open_link(token(link), HERE) is Opening.HERE
    person, proof = sign_in.use_link(token(link), HERE)
    assert (person.id, proof) == (ruth.id, link.nonce)


def test_another_browser_needs_the_digits_of_the_same_letter(ruth: Person) -> None:
    link = ask()
    assert sign_in.open_link(token(link), THERE) is Opening.ELSEWHERE
    with pytest.raises(Invalid):
        sign_in.use_link(token(link), THERE)
    with pytest.raises(Invalid):
        sign_in.use_link(token(link), THERE, wrong_code(link))
    person, _ = sign_in.use_link(token(link), THERE, f" {sign_in.code_of(link)[:3]} {sign_in.code_of(link)[3:]} ")
    assert person.id == ruth.id


def test_looking_at_a_link_changes_nothing(ruth: Person) -> None:
    link = ask()
    for _ in range(10):
        sign_in.open_link(token(link), THERE)
    assert (last_link().used_at, last_link().tries) == (None, 0)


def test_a_scanner_that_presses_the_button_uses_up_nothing(ruth: Person) -> None:
    link = ask()
    for _ in range(10):
        with pytest.raises(Invalid):
            sign_in.use_link(token(link), THERE, "")
    assert sign_in.use_link(token(link), HERE)[0].id == ruth.id


def test_a_link_works_once(ruth: Person, clock: Clock) -> None:
    link = ask()
    sign_in.use_link(token(link), HERE)
    clock.move(timedelta(seconds=61))
    assert sign_in.open_link(token(link), HERE) is Opening.GONE
    with pytest.raises(TooLate):
        sign_in.use_link(token(link), HERE)


def test_the_same_browser_may_press_twice_within_a_minute_and_nobody_else(ruth: Person, clock: Clock) -> None:
    link = ask()
    first = sign_in.use_link(token(link), HERE)
    clock.move(timedelta(seconds=59))
    assert sign_in.use_link(token(link), HERE)[1] == first[1]
    with pytest.raises(TooLate):
        sign_in.use_link(token(link), THERE, sign_in.code_of(link))


def test_a_link_lasts_fifteen_minutes(ruth: Person, clock: Clock) -> None:
    link = ask()
    clock.move(timedelta(minutes=15))
    assert sign_in.open_link(token(link), HERE) is Opening.GONE
    with pytest.raises(TooLate):
        sign_in.use_code(HERE, sign_in.code_of(link))


def test_a_newer_letter_replaces_the_older(ruth: Person) -> None:
    older, newer = ask(), ask()
    with pytest.raises(TooLate):
        sign_in.use_link(token(older), HERE)
    assert sign_in.use_link(token(newer), HERE)[0].id == ruth.id


def test_the_digits_work_where_they_were_asked_for(ruth: Person) -> None:
    link = ask()
    with pytest.raises(TooLate):
        sign_in.use_code(THERE, sign_in.code_of(link))
    assert sign_in.use_code(HERE, sign_in.code_of(link))[0].id == ruth.id


def test_five_wrong_tries_end_a_letter_even_for_the_right_digits(ruth: Person) -> None:
    link = ask()
    for _ in range(5):
        with pytest.raises(Invalid):
            sign_in.use_code(HERE, wrong_code(link))
    with pytest.raises(TooMany):
        sign_in.use_code(HERE, sign_in.code_of(link))


def test_the_right_digits_for_an_address_nobody_has_open_nothing(ruth: Person) -> None:
    link = ask("nobody@example.org")
    with pytest.raises(Invalid):
        sign_in.use_code(HERE, sign_in.code_of(link))
    with pytest.raises(Invalid):
        sign_in.use_link(token(link), HERE)


@pytest.mark.parametrize("email", ["ruth@example.org", "nobody@example.org"])
def test_an_address_is_asked_for_five_times_an_hour(ruth: Person, clock: Clock, email: str) -> None:
    for number in range(5):
        ask(email, network=str(number))
    with pytest.raises(TooMany):
        ask(email, network="another")
    clock.move(timedelta(hours=1))
    ask(email)


def test_a_network_asks_twenty_times_an_hour(ruth: Person) -> None:
    for number in range(20):
        ask(f"somebody{number}@example.org")
    with pytest.raises(TooMany):
        ask()
    ask(network="another")


def test_a_link_of_another_purpose_or_key_opens_nothing(ruth: Person) -> None:
    link = ask()
    strange = (
        "",
        "x",
        token(link)[:-1],
        links.sign("invitation", link.id, link.nonce),
        links.sign("sign-in", link.id, "?"),
    )
    for said in (*strange, links.sign("sign-in", link.id), "é\x00"):
        assert sign_in.open_link(said, HERE) is Opening.GONE


def test_the_first_person_is_added_by_hand(ruth: Person) -> None:
    assert sign_in.add_person("Ana@Example.org", "Ana  Lima", "Asia/Calcutta").zone == "Asia/Kolkata"
    for email, zone in (("ana@example.org", "UTC"), ("eve@example.org", "Mars/Olympus")):
        with pytest.raises(Invalid):
            sign_in.add_person(email, zone=zone)
