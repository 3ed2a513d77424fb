"""Coming in and going out, as a browser does it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from companion import db, links
from companion.app import create_app
from companion.config import Settings
from companion.model.letters import Letter
from companion.model.people import Person, SignIn, SignInLink
from companion.services import devices, sign_in
from tests.conftest import Browser, Clock

Browse = Callable[[Person | None], Browser]


def ask(browser: Browser, email: str = "ruth@example.org", **more: str) -> str:
    """Ask for a letter; gives the path of its link."""
    assert browser.submit("/sign-in", email=email, **more).status_code == 302
    link = last_link()
    return f"/sign-in/{links.sign('sign-in', link.id, link.nonce)}"


def last_link() -> SignInLink:
    with db.reading() as tx:
        return tx.scalars(select(SignInLink).order_by(SignInLink.id.desc()).limit(1)).one()


def is_in(browser: Browser) -> bool:
    return browser.get("/people").status_code == 200


def test_the_same_page_answers_known_and_unknown_addresses(browse: Browse, ruth: Person) -> None:
    pages = set()
    for email in ("ruth@example.org", "nobody@example.org"):
        visitor = browse(None)
        said = visitor.submit("/sign-in", email=email)
        page = visitor.get(said.headers["Location"]).text.replace(email, "…").replace(visitor.csrf, "…")
        pages.add((said.status_code, said.headers["Location"], page))
    assert len(pages) == 1


def test_the_letter_s_link_has_one_button_that_lets_in(browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    link = ask(visitor)
    page = visitor.get(link)
    assert page.status_code == 200 and 'name="code"' not in page.text
    assert not is_in(visitor)
    assert visitor.submit(link).headers["Location"] == "/"
    assert is_in(visitor)


def test_another_browser_is_asked_for_the_digits(browse: Browse, ruth: Person) -> None:
    link, other = ask(browse(None)), browse(None)
    assert 'name="code"' in other.get(link).text
    assert other.submit(link).status_code == 422
    assert other.submit(link, code=sign_in.code_of(last_link())).status_code == 302
    assert is_in(other)


def test_looks_by_scanners_change_nothing(browse: Browse, ruth: Person) -> None:
    visitor, scanner = browse(None), browse(None)
    link = ask(visitor)
    for _ in range(10):
        assert scanner.get(link).status_code == scanner.head(link).status_code == 200
    assert visitor.submit(link).status_code == 302


def test_the_digits_let_in_where_they_were_asked_for(browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    ask(visitor)
    assert "digits of our newest letter" in visitor.submit("/sign-in/code", code="12345").text
    assert visitor.submit("/sign-in/code", code=sign_in.code_of(last_link())).status_code == 302
    assert is_in(visitor)


def test_the_sixth_wrong_code_is_too_many(browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    ask(visitor)
    wrong = "1" if sign_in.code_of(last_link()) != "1" else "2"
    codes = [visitor.submit("/sign-in/code", code=wrong).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


def test_an_old_link_says_so_and_offers_a_new_one(browse: Browse, ruth: Person, clock: Clock) -> None:
    visitor = browse(None)
    link = ask(visitor)
    clock.move(timedelta(minutes=15))
    page = visitor.get(link)
    assert page.status_code == 410 and "Ask for a new one" in page.text
    assert visitor.submit(link).status_code == 409
    assert not is_in(visitor)


def test_people_come_to_the_page_they_wanted(browse: Browse, ruth: Person, outbox: Callable[[], list[Letter]]) -> None:
    visitor = browse(None)
    wanted = visitor.get("/people").headers["Location"]
    assert wanted == "/sign-in?next=/people"
    link = ask(visitor, next="/people")
    assert outbox()[-1].facts["next"] == "/people"
    assert 'name="next" value="/people"' in visitor.get(f"{link}?next=/people").text
    assert visitor.submit(link, next="/people").headers["Location"] == "/people"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere_after_signing_in(browse: Browse, ruth: Person, elsewhere: str) -> None:
    visitor = browse(None)
    assert visitor.submit(ask(visitor, next=elsewhere), next=elsewhere).headers["Location"] == "/"


@pytest.mark.both_databases
def test_of_fifty_presses_at_once_in_one_browser_one_device_comes_in(app: Flask, browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    link, sent = ask(visitor), visitor.get_cookie("alongside")
    assert sent is not None

    def press(_number: int) -> tuple[int, str]:
        client = app.test_client()
        assert isinstance(client, Browser)
        client.csrf = visitor.csrf
        client.set_cookie("alongside", sent.value)
        answer = client.submit(link)
        return answer.status_code, answer.headers["Set-Cookie"].split(";")[0]

    with ThreadPoolExecutor(50) as presses:
        answers = set(presses.map(press, range(50)))
    assert len(answers) == 1 and next(iter(answers))[0] == 302
    assert len(devices.of(ruth.id)) == 1


@pytest.mark.both_databases
def test_of_fifty_browsers_with_the_digits_at_once_exactly_one_comes_in(
    app: Flask, browse: Browse, ruth: Person
) -> None:
    link = ask(browse(None))
    code, browsers = sign_in.code_of(last_link()), [browse(None) for _ in range(50)]
    with ThreadPoolExecutor(50) as presses:
        statuses = list(presses.map(lambda browser: browser.submit(link, code=code).status_code, browsers))
    assert sorted(statuses) == [302] + [409] * 49
    assert len(devices.of(ruth.id)) == 1


def test_signing_out_ends_the_device_and_the_cookie(as_ruth: Browser, ruth: Person) -> None:
    old = as_ruth.get_cookie("alongside")
    assert old is not None and is_in(as_ruth)
    as_ruth.submit("/sign-out")
    as_ruth.set_cookie("alongside", old.value)
    assert not is_in(as_ruth)
    assert devices.of(ruth.id) == []


def test_someone_signed_in_has_no_use_for_the_form(as_ruth: Browser) -> None:
    assert as_ruth.get("/sign-in").headers["Location"] == "/"


def test_nobody_looks_around_outside_the_demo(browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    assert "Look around" not in visitor.get("/sign-in").text
    assert visitor.submit("/look-around/ruth").status_code == 404


def test_in_the_demo_one_looks_around_as_either(settings: Settings, ruth: Person, clock: Clock) -> None:
    app = create_app(replace(settings, demo=True))
    visitor = app.test_client()
    page = visitor.get("/sign-in").text
    assert "Look around as Ruth" in page and "Look around as Mateo" in page
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found is not None
    form, headers = {"csrf": found[1]}, {"Origin": "http://localhost"}
    assert visitor.post("/look-around/linh", data=form, headers=headers).status_code == 404
    assert visitor.post("/look-around/ruth", data=form, headers=headers).headers["Location"] == "/"
    assert visitor.get("/people").status_code == 200


def test_no_token_code_or_cookie_rests_in_the_database(browse: Browse, ruth: Person) -> None:
    visitor = browse(None)
    link = ask(visitor)
    secrets = [link.rsplit("/", 1)[-1], sign_in.code_of(last_link())]
    visitor.submit(link)
    kept = visitor.get_cookie("alongside")
    assert kept is not None
    with db.reading() as tx:
        rows = [*tx.query(SignIn), *tx.query(SignInLink), *tx.query(Letter)]
        resting = str([{name: value for name, value in vars(row).items() if name != "id"} for row in rows])
    assert not [secret for secret in (*secrets, kept.value) if secret in resting]
