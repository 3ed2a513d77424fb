"""The privacy page: public, about this installation as its settings make it, and true."""

from dataclasses import replace
from html import unescape

import pytest

from companion import config
from companion.services import follow_call, hear, set_up


@pytest.fixture
def page(browse):
    def said():
        return " ".join(unescape(browse(None).get("/privacy").text).split())

    return said


def offer(**env):
    config.use(replace(config.current(), provider_env=env))


def test_it_names_only_what_is_offered_here(page):
    offer()
    assert not [name for name in ("Zoom", "Google", "Microsoft", "Limited Use") if name in page()]
    offer(ZOOM_CLIENT_ID="c", ZOOM_CLIENT_SECRET="hush")
    said = page()
    assert "Zoom" in said and "Google" not in said and "hush" not in said


def test_google_s_rights_are_told_one_by_one_with_the_limited_use_statement(page):
    offer(GOOGLE_MEET_CLIENT_ID="c", GOOGLE_MEET_CLIENT_SECRET="s")
    said = page()
    for scope in set_up.place("google_meet").scopes:
        assert scope.name in said and scope.why[1:] in said
    assert "Google API Services User Data Policy" in said and "Limited Use" in said


def test_how_long_calls_and_messages_are_kept_is_what_the_code_does(page):
    offer(ZOOM_CLIENT_ID="c", ZOOM_CLIENT_SECRET="s", ZOOM_WEBHOOK_SECRET="w")
    said = page()
    assert f"is deleted {follow_call.KEPT.days} days after the session’s planned start" in said
    assert f"Messages that Zoom sends about calls are deleted {hear.KEPT.days} days after they came" in said
    assert "If you remove Alongside at Zoom itself" in said


def test_without_webhooks_nothing_is_promised_of_what_zoom_would_tell(page):
    offer(ZOOM_CLIENT_ID="c", ZOOM_CLIENT_SECRET="s")
    said = page()
    assert "Messages that" not in said and "If you remove Alongside at Zoom itself" not in said


def test_it_says_whom_to_ask(page):
    config.use(replace(config.current(), admins=frozenset({"who@example.org"}), mail_from="A <post@example.org>"))
    assert "mailto:who@example.org" in page() and "post@example.org" not in page()
    config.use(replace(config.current(), admins=frozenset()))
    assert "mailto:post@example.org" in page()


def test_letters_that_leave_the_machine_are_not_said_to_stay(page):
    assert "they stay on its machine" in page()
    config.use(replace(config.current(), smtp_host="mail.example.org"))
    assert "they stay on its machine" not in page() and "not kept here" in page()


def test_people_are_led_there(browse, as_ruth):
    for leads, at in ((browse(None), "/sign-in"), (as_ruth, "/settings")):
        assert 'href="/privacy"' in leads.get(at).text
    assert "http://localhost/privacy" in as_ruth.get("/setup/zoom").text
