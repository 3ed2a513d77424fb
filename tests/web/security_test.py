"""What every route refuses, and what every answer says. New routes are met by themselves."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule

from companion.app import create_app
from companion.config import Settings
from companion.model.people import Person
from companion.web.security import GUARDED_BY_THEIR_LINK, WITHOUT_TOKEN, own_page
from tests.conftest import BASE_URL, Browser

Browse = Callable[[Person | None], Browser]
DEEDS = {"POST", "PUT", "PATCH", "DELETE"}
HEADERS = (
    "Content-Security-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
)


def address(rule: Rule) -> str:
    return (
        rule.rule.replace("<path:filename>", "icons/alongside.svg")
        .replace("<", "")
        .replace(">", "")
        .replace("int:", "9")
    )


def deeds(app: Flask) -> list[tuple[str, str]]:
    found = [(method, address(rule)) for rule in app.url_map.iter_rules() for method in DEEDS & (rule.methods or set())]
    return [(method, where) for method, where in found if not where.startswith(GUARDED_BY_THEIR_LINK)]


def with_token(app: Flask) -> list[tuple[str, str]]:
    """All but the door at which a frame shows what lets it in: it has no cookie yet, so no token that could fit."""
    return [(method, where) for method, where in deeds(app) if where not in WITHOUT_TOKEN]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": BASE_URL + ".evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": BASE_URL + ":8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    ],
)
def test_every_deed_from_elsewhere_is_refused(app: Flask, as_ruth: Browser, headers: dict[str, str]) -> None:
    for method, where in deeds(app):
        answer = as_ruth.open(where, method=method, data={"csrf": as_ruth.csrf}, headers=headers)
        assert answer.status_code == 403, (method, where)


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "é"])
def test_every_deed_without_our_page_s_token_is_refused(app: Flask, as_ruth: Browser, token: str) -> None:
    for method, where in with_token(app):
        answer = as_ruth.open(where, method=method, data={"csrf": token}, headers={"Origin": BASE_URL})
        assert answer.status_code == 403, (method, where)
        as_text = as_ruth.open(
            where, method=method, data='{"csrf": "x"}', content_type="text/plain", headers={"Origin": BASE_URL}
        )
        assert as_text.status_code == 403, (method, where)


def test_another_browser_s_token_is_refused(app: Flask, as_ruth: Browser, as_mateo: Browser) -> None:
    for method, where in with_token(app):
        answer = as_ruth.open(where, method=method, data={"csrf": as_mateo.csrf}, headers={"Origin": BASE_URL})
        assert answer.status_code == 403, (method, where)


def test_a_token_without_a_cookie_is_refused(app: Flask, as_ruth: Browser) -> None:
    answer = app.test_client().post("/sign-in", data={"csrf": as_ruth.csrf}, headers={"Origin": BASE_URL})
    assert answer.status_code == 403


def test_our_forms_and_scripts_are_let_through(as_ruth: Browser, browse: Browse) -> None:
    assert as_ruth.submit("/invitations/new", role="mentee", email="ana@example.org").status_code == 302
    by_script = {"Sec-Fetch-Site": "same-origin", "X-CSRF": as_ruth.csrf}
    assert as_ruth.post("/invitations/new", headers=by_script).status_code == 422


def test_a_look_never_needs_a_token_and_never_acts(app: Flask, as_ruth: Browser) -> None:
    for rule in app.url_map.iter_rules():
        if not DEEDS & (rule.methods or set()):
            continue
        for method in ("GET", "HEAD"):
            with as_ruth.open(address(rule), method=method) as answer:
                assert answer.status_code < 500, rule


def test_every_answer_carries_every_header(app: Flask, as_ruth: Browser) -> None:
    everywhere = [address(rule) for rule in app.url_map.iter_rules()]
    for where in (*everywhere, "/no-such-page", "/static/none.js", "/static/../../etc/passwd", "/sign-in/%00"):
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            with as_ruth.open(where, method=method) as answer:
                missing = [name for name in HEADERS if name not in answer.headers]
            assert not missing, (method, where, missing)


def test_an_accident_carries_them_too(app: Flask) -> None:
    app.testing = False

    @app.get("/accident")
    def accident() -> str:
        raise RuntimeError

    answer = app.test_client().get("/accident")
    assert answer.status_code == 500
    assert all(name in answer.headers for name in HEADERS)


def rules(answer_policy: str) -> dict[str, list[str]]:
    return {rule.split()[0]: rule.split()[1:] for rule in answer_policy.split("; ")}


def test_the_policy_allows_our_own_files_and_nothing_inline(app: Flask) -> None:
    policy = rules(app.test_client().get("/sign-in").headers["Content-Security-Policy"])
    assert "unsafe" not in str(policy) and "*" not in str(policy)
    assert (
        policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    )
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    assert policy["connect-src"] == ["'self'", "ws://localhost"]
    assert policy["require-trusted-types-for"] == ["'script'"]


FRAMED_BY = {
    "/dev/mail/<name>/page": "'self'",
    "/meet": "https://meet.google.com",
    "/zoom": "'self' zoom.us *.zoom.us",
}
"""Who may frame what. Everything else: nobody."""


def test_each_route_says_who_may_frame_it(app: Flask, as_ruth: Browser) -> None:
    for rule in app.url_map.iter_rules():
        for method in ("GET", "POST"):
            with as_ruth.open(address(rule), method=method) as answer:
                policy = rules(answer.headers["Content-Security-Policy"])
            framed_by = policy["frame-ancestors"]
            wanted = FRAMED_BY.get(rule.rule, "'none'") if (method, answer.status_code) == ("GET", 200) else "'none'"
            assert framed_by == wanted.split(), (method, rule.rule)


def test_only_the_window_that_lets_a_panel_in_keeps_its_opener_also_through_signing_in(
    app: Flask, as_ruth: Browser, browse: Browse
) -> None:
    for browser in (as_ruth, browse(None)):
        for rule in app.url_map.iter_rules():
            with browser.open(address(rule)) as answer:
                keeps = rule.endpoint.startswith(("meet_panel.", "sign_in.")) and answer.status_code != 405
                wanted = "unsafe-none" if keeps else "same-origin"
                assert answer.headers["Cross-Origin-Opener-Policy"] == wanted, rule.rule


def test_forms_may_lead_on_to_consent_at_providers_in_use(settings: Settings) -> None:
    zoom = {"ZOOM_CLIENT_ID": "id", "ZOOM_CLIENT_SECRET": "secret"}
    app = create_app(replace(settings, provider_env=zoom))
    policy = rules(app.test_client().get("/sign-in").headers["Content-Security-Policy"])
    assert policy["form-action"] == ["'self'", "https://*.zoom.us", "https://zoom.us"]


def test_https_is_kept_to(settings: Settings) -> None:
    app = create_app(replace(settings, base_url="https://mentoring.example.org"))
    headers = app.test_client().get("/healthz", base_url="https://mentoring.example.org").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "wss://mentoring.example.org" in headers["Content-Security-Policy"]


def test_pages_are_kept_nowhere_and_built_files_for_a_year(app: Flask, as_ruth: Browser) -> None:
    for where in ("/people", "/sign-in", "/no-such-page"):
        headers = as_ruth.get(where).headers
        assert headers["Cache-Control"] == "no-store" and "Cookie" in headers["Vary"]
    page = as_ruth.get("/people").text
    built = page.split('rel="stylesheet" href="')[1].split('"')[0]
    with as_ruth.get(built) as file:
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in as_ruth.get("/static/build/none.css").headers.get("Cache-Control", "")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:81", "127.0.0.1", "[::1", "a b"])
def test_only_our_own_host_is_answered(app: Flask, host: str) -> None:
    client = app.test_client()
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_our_host_may_say_its_usual_port(app: Flask) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": "LocalHost:80"}).status_code == 200


def test_a_forwarded_host_changes_nothing(app: Flask, as_ruth: Browser) -> None:
    said = as_ruth.get("/sign-in", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil" not in said.headers["Location"]


ELSEWHERE = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
    "https://evil.example", "http:evil.example", "https:/evil.example", "javascript:alert(1)", "data:text/html,x",
    "evil.example", "@evil.example", ".evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "/ /evil.example", "/\x00/evil.example", "/\u2044evil.example", "/\uff0fevil.example", "",
    "https://localhost@evil.example", "//localhost@evil.example", "/a\\..\\..//evil.example", "?x", "#x",
)  # fmt: skip


@pytest.mark.parametrize("vector", ELSEWHERE)
def test_nobody_is_led_elsewhere(as_ruth: Browser, vector: str) -> None:
    for said in (vector, quote(vector), quote(quote(vector))):
        location = as_ruth.get("/sign-in", query_string={"next": said}).headers["Location"]
        assert urlsplit(urljoin(BASE_URL + "/sign-in", location)).netloc == "localhost", said


@pytest.mark.parametrize("page", ["/", "/people", "/sessions/4?x=1&y=%2F", "/mentorships/7#items"])
def test_people_are_led_on_to_our_own_pages(page: str) -> None:
    assert own_page(page) == page
