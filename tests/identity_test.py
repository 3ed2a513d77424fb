"""The cookie: what it holds, when it changes, when it ends, and what asking who is here costs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask, g, session  # noqa: TID251 - what Authlib writes to
from flask.testing import FlaskClient
from sqlalchemy import event

from companion import db, identity
from companion.app import create_app
from companion.config import Settings
from companion.model.people import Person, SignIn, Visit
from companion.services import devices, visits
from tests.conftest import BASE_URL, Browser, Clock

Browse = Callable[[Person | None], Browser]


def cookie(browser: FlaskClient) -> str:
    kept = browser.get_cookie("alongside")
    return kept.value if kept else ""


def test_a_visitor_gets_a_random_id_and_no_row(app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    said = first.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in said and "SameSite=Lax" in said and "Path=/" in said and "Domain" not in said
    second.get("/sign-in")
    assert identity.ID.fullmatch(cookie(first)) and cookie(first) != cookie(second)
    with db.reading() as tx:
        assert tx.query(SignIn).count() == 0


def test_over_https_the_cookie_is_bound_to_its_host(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://mentoring.example.org"))
    said = app.test_client().get("/sign-in", base_url="https://mentoring.example.org").headers["Set-Cookie"]
    assert said.startswith("__Host-alongside=") and "; Secure" in said and "; Path=/" in said and "Domain" not in said


def test_signing_in_changes_the_id(as_ruth: Browser, browse: Browse, mateo: Person) -> None:
    before = cookie(as_ruth)
    as_mateo_before = cookie(browse(mateo))
    as_ruth.submit("/sign-out")
    assert cookie(as_ruth) != before
    assert as_mateo_before not in {before, cookie(as_ruth)}


def test_only_a_hash_of_the_id_is_kept(as_ruth: Browser) -> None:
    with db.reading() as tx:
        [row] = tx.query(SignIn).all()
    assert cookie(as_ruth) not in (row.token_hash, str(row.kept)) and len(row.token_hash) == 64


def test_a_planted_id_lets_nobody_follow(app: Flask, ruth: Person) -> None:
    planted = "p" * 43
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={planted}"}):
        identity.sign_in(ruth, proof="a letter")
        assert g.browser.id != planted
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={planted}"}):
        assert identity.person_here() is None


def test_one_proof_in_one_browser_is_one_device(app: Flask, ruth: Person) -> None:
    ids = set()
    for _ in range(2):
        with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={'q' * 43}"}):
            identity.sign_in(ruth, proof="a letter")
            ids.add(g.browser.id)
    assert len(ids) == 1
    assert len(devices.of(ruth.id)) == 1


def test_whoever_was_signed_in_here_before_is_signed_out(
    app: Flask, as_ruth: Browser, ruth: Person, mateo: Person
) -> None:
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={cookie(as_ruth)}"}):
        identity.sign_in(mateo, proof="another letter")
    assert devices.of(ruth.id) == []


@pytest.mark.parametrize("said", ["", "x", "é" * 43, "a" * 44, "../" * 15, "a" * 42 + "\t"])
def test_a_cookie_we_never_gave_is_nobody(app: Flask, said: str) -> None:
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={said}"}):
        assert identity.person_here() is None
        assert not identity.is_our_form(identity.csrf_token())


def test_an_idle_device_is_asked_to_sign_in_again(as_ruth: Browser, clock: Clock) -> None:
    assert as_ruth.get("/people").status_code == 200
    clock.move(timedelta(days=60))
    assert as_ruth.get("/people").headers["Location"] == "/sign-in?next=/people"


def test_being_used_is_noted_every_few_minutes_only(as_ruth: Browser, ruth: Person, clock: Clock) -> None:
    began = clock.now
    clock.move(timedelta(minutes=4))
    as_ruth.get("/people")
    assert devices.of(ruth.id)[0].seen_at == began
    clock.move(timedelta(minutes=2))
    as_ruth.get("/people")
    assert devices.of(ruth.id)[0].seen_at == clock.now


def test_a_form_s_token_holds_while_keys_are_being_changed(app: Flask, settings: Settings) -> None:
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={'r' * 43}"}):
        token = identity.csrf_token()
    new = "an even newer secret that only tests know, 98765"
    create_app(replace(settings, secret_keys=(new, *settings.secret_keys)))
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={'r' * 43}"}):
        assert identity.is_our_form(token)
        assert identity.csrf_token() != token
    create_app(replace(settings, secret_keys=(new,)))
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={'r' * 43}"}):
        assert not identity.is_our_form(token)


def test_a_form_without_a_person_is_refused_and_a_page_leads_to_sign_in(app: Flask, browse: Browse) -> None:
    visitor = browse(None)
    assert visitor.submit("/settings", name="x").status_code == 401
    assert visitor.get("/mentorships/7?x=1").headers["Location"] == "/sign-in?next=/mentorships/7?x%3D1"
    script = visitor.get("/settings", headers={"Accept": "application/json"})
    assert script.status_code == 401 and script.is_json


def test_authlib_s_store_is_the_device_s_row(app: Flask, as_ruth: Browser, ruth: Person) -> None:
    @app.get("/keep")
    def keep() -> str:
        session["_state_zoom_1"] = {"data": "verifier"}
        return "kept"

    @app.get("/forget")
    def forget() -> str:
        return str(session.pop("_state_zoom_1", "nothing"))

    assert as_ruth.get("/keep").text == "kept"
    assert devices.of(ruth.id)[0].kept == {"_state_zoom_1": {"data": "verifier"}}
    assert "verifier" in as_ruth.get("/forget").text
    assert devices.of(ruth.id)[0].kept == {}
    assert as_ruth.get("/forget").text == "nothing"


def test_authlib_s_store_is_the_visitor_s_row_and_nothing_of_it_is_in_the_browser(app: Flask) -> None:
    @app.get("/keep")
    def keep() -> str:
        session["_state_zoom_1"] = {"data": "verifier"}
        return "kept"

    visitor, other = app.test_client(), app.test_client()
    said = visitor.get("/keep")
    [only] = said.headers.getlist("Set-Cookie")
    assert only.startswith("alongside=") and identity.ID.fullmatch(cookie(visitor)) and "verifier" not in only
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={cookie(visitor)}"}):
        assert dict(session) == visits.kept(identity.visitor_hash()) == {"_state_zoom_1": {"data": "verifier"}}
    other.get("/sign-in")
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={cookie(other)}"}):
        assert dict(session) == {}
    with db.reading() as tx:
        assert cookie(visitor) not in str([row.visitor_hash for row in tx.query(Visit)])


def test_looking_whether_a_visitor_keeps_something_writes_nothing(app: Flask) -> None:
    with app.test_request_context(base_url=BASE_URL, headers={"Cookie": f"alongside={'v' * 43}"}):
        assert dict(session) == {}
        assert "_state_zoom_1" not in session
    with db.reading() as tx:
        assert tx.query(Visit).count() == 0


def queries(browser: Browser, address: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = db.current().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        browser.get(address).close()  # a file is open until then
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.startswith("SELECT")])


def test_knowing_who_is_here_is_one_query_and_a_file_none(as_ruth: Browser, browse: Browse) -> None:
    assert queries(as_ruth, "/static/icons/alongside.svg") == 0
    assert queries(as_ruth, "/invitations/new") == 1
    assert queries(as_ruth, "/no-such-page") == 0
