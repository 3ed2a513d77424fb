import pytest

from integrations import grants, oauth
from integrations.errors import GrantRevoked, LostAnswer, Refused, Unavailable
from integrations.oauth import Client, Tokens
from integrations.offers import offers
from tests.simulators.server import Fault

RUTH = "ruth@zoom.example"
TOKEN = "POST /oauth/token"


@pytest.fixture
def at_zoom(zoom):
    def refresh(token, **settings):
        return grants.refresh(offers({**zoom.settings(), **settings}, loopback=True)["zoom"], token)

    return refresh


def test_a_refresh_gives_a_new_pair(zoom, at_zoom):
    first = zoom.granted(RUTH)
    second = at_zoom(first["refresh_token"])
    assert second.access != first["access_token"]
    assert second.refresh not in {"", first["refresh_token"]}
    assert second.lasts is not None


def test_google_sends_no_new_refresh_token(google):
    offer = offers(google.settings(), loopback=True)["google_meet"]
    first = google.granted("ruth@google.example")
    second = grants.refresh(offer, first["refresh_token"])
    assert second.access
    assert second.refresh == ""


def test_a_used_token_is_dead(zoom, at_zoom):
    first = zoom.granted(RUTH)
    at_zoom(first["refresh_token"])
    with pytest.raises(GrantRevoked):
        at_zoom(first["refresh_token"])


def test_wrong_credentials_are_ours_to_mend_and_leave_the_grant_alone(zoom, at_zoom):
    with pytest.raises(Refused, match="Whoever runs it"):
        at_zoom(zoom.granted(RUTH)["refresh_token"], ZOOM_CLIENT_SECRET="wrong")


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, '{"reason": "Invalid Token!", "error": "invalid_grant"}', GrantRevoked),
        (400, '{"reason": "Invalid Token!", "error": "invalid_request"}', GrantRevoked),
        (400, '{"reason": "Missing field", "error": "invalid_request"}', Unavailable),
        (429, '{"code": 429, "message": "slow down"}', Unavailable),
        (403, '{"access_token": ""}', Unavailable),
        (503, "<html>", Unavailable),
        (302, "", Unavailable),
        (200, "<html>", LostAnswer),
        (200, '{"access_token": ""}', LostAnswer),
        (200, '{"access_token": ["x"]}', LostAnswer),
        (200, "[]", LostAnswer),
    ],
)
def test_whatever_the_token_endpoint_answers_is_understood(zoom, at_zoom, status, body, error):
    zoom.wrong(Fault(TOKEN, "instead", status=status, body=body))
    with pytest.raises(error) as refused:
        at_zoom("token")
    assert type(refused.value) is error


def test_a_grant_is_revoked_at_the_provider(zoom, google):
    for simulator, name, who in ((zoom, "zoom", RUTH), (google, "google_meet", "ruth@google.example")):
        offer = offers(simulator.settings(), loopback=True)[name]
        tokens = oauth.read(simulator.granted(who))
        assert tokens is not None
        assert grants.revoke(offer, tokens)
        with pytest.raises(GrantRevoked):
            grants.refresh(offer, tokens.refresh)


NO_SUCH_TOKEN = '{"reason": "Invalid Token!", "error": "invalid_request"}'


def test_a_token_past_its_hour_is_renewed_to_give_the_grant_up(zoom):
    offer, tokens = offers(zoom.settings(), loopback=True)["zoom"], oauth.read(zoom.granted(RUTH))
    zoom.wrong(Fault("POST /oauth/revoke", "instead", status=400, body=NO_SUCH_TOKEN))
    assert tokens is not None and grants.revoke(offer, tokens)
    assert not zoom.grants


@pytest.mark.parametrize(
    ("status", "body", "is_told"),
    [(400, NO_SUCH_TOKEN, True), (401, '{"error": "invalid_client"}', False), (302, "", False), (404, "<html>", False)],
)
def test_a_grant_counts_as_given_up_when_the_provider_knows_none(zoom, status, body, is_told):
    offer = offers(zoom.settings(), loopback=True)["zoom"]
    zoom.wrong(Fault("POST /oauth/revoke", "instead", status=status, body=body))
    assert grants.revoke(offer, Tokens("used", "used", None, "")) is is_told


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_in_trouble_was_told_nothing(zoom, status):
    offer = offers(zoom.settings(), loopback=True)["zoom"]
    zoom.wrong(Fault("POST /oauth/revoke", "instead", status=status))
    with pytest.raises(Unavailable):
        grants.revoke(offer, Tokens("access", "refresh", None, ""))


def test_a_provider_without_revocation_is_not_told(microsoft):
    offer = offers(microsoft.settings(), loopback=True)["teams"]
    assert not grants.revoke(offer, Tokens("access", "refresh", None, ""))
    assert not microsoft.calls


def test_a_provider_that_was_switched_off_leaves_the_grant_alone(at_zoom):
    with pytest.raises(Unavailable, match="switched off"):
        at_zoom("token", ZOOM_CLIENT_ID="")


def test_secrets_do_not_show_in_logs():
    assert "s3cret" not in repr(Client("id", "s3cret")) + repr(Tokens("s3cret", "s3cret", None, "scope"))


@pytest.fixture
def exchanged(zoom):
    """What the code of a consent inside Zoom's client is good for, with what is brought along."""

    def exchange(**other):
        event = zoom.authorised_in_client(RUTH, "state", "plain-verifier", "https://ours.example/zoom")
        offer = offers({**zoom.settings(), **other.pop("settings", {})}, loopback=True)["zoom"]
        sent = {"code": event["code"], "redirect_uri": event["redirectUri"], "verifier": "plain-verifier", **other}
        return lambda: grants.exchange(offer, **sent)

    return exchange


def test_a_code_gives_a_grant_once(exchanged):
    ask = exchanged()
    assert oauth.read(ask())
    with pytest.raises(Refused):
        ask()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"code": "x"}, "too old"),
        ({"redirect_uri": "https://evil.example"}, "too old"),
        ({"verifier": "another"}, "too old"),
        ({"settings": {"ZOOM_CLIENT_SECRET": "wrong"}}, "Whoever runs it"),
    ],
)
def test_a_code_that_is_no_good_is_refused_in_words(exchanged, other, words):
    ask = exchanged(**other)
    with pytest.raises(Refused, match=words):
        ask()


def test_a_provider_in_trouble_may_take_the_code_later(zoom, exchanged):
    ask = exchanged()
    zoom.wrong(Fault(TOKEN, "instead", status=503))
    with pytest.raises(Unavailable):
        ask()
    assert oauth.read(ask())
