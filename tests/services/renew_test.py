import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from companion import config, db
from companion.model.connections import Connection, ConnectionState
from companion.services import connect, providers, renew, sealed
from companion.services.authorised import authorised, find
from integrations import circuits
from integrations.errors import GrantRevoked, LostAnswer, Unavailable
from tests.racing import racers
from tests.simulators.server import Fault
from tests.waiting import until

pytestmark = pytest.mark.both_databases

RUTH = "ruth@zoom.example"
TOKEN, ME = "POST /oauth/token", "GET /v2/users/me"
HOUR = timedelta(hours=1)
RACES, PROCESSES = 10, 2


@pytest.fixture
def settings(settings, zoom, google):
    return replace(settings, provider_env={**zoom.settings(), **google.settings()})


@pytest.fixture
def at_zoom(zoom, ruth):
    made = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    zoom.calls.clear()
    return made


@pytest.fixture
def at_google(google, ruth):
    said = {**google.granted("ruth@google.example"), "userinfo": {"sub": "123", "email": "ruth@google.example"}}
    return connect.remember(ruth.id, "google_meet", said)


def row(connection):
    with db.reading() as tx:
        return tx.get_one(Connection, connection.id)


def ask_zoom(person, zoom):
    with authorised(person.id, providers.offer("zoom")) as http:
        return http.get(f"{zoom.url}/v2/users/me", timeout=5)


def refused(person, zoom, meanwhile):
    """A refusal of Zoom's for good that arrives when something else has happened."""
    with authorised(person.id, providers.offer("zoom")) as http:
        http.get(f"{zoom.url}/v2/users/me", timeout=5)
        meanwhile()
        raise GrantRevoked("Zoom no longer lets Alongside in.")


def test_a_fresh_token_is_used_as_it_is(at_zoom, ruth, zoom):
    assert ask_zoom(ruth, zoom).ok
    assert not zoom.calls[TOKEN]


def test_a_token_near_its_end_is_refreshed_first(at_zoom, ruth, zoom, clock):
    clock.move(HOUR - timedelta(seconds=30))
    assert ask_zoom(ruth, zoom).ok
    assert (zoom.calls[TOKEN], zoom.calls[ME]) == (1, 1)
    assert row(at_zoom).version == at_zoom.version + 1


def test_the_new_refresh_token_is_the_one_used_next(at_zoom, ruth, zoom, clock):
    for _ in range(3):
        clock.move(HOUR)
        assert ask_zoom(ruth, zoom).ok
    assert zoom.calls[TOKEN] == 3


def test_a_401_is_tried_once_more_with_a_new_token(at_zoom, ruth, zoom):
    zoom.wrong(Fault(ME, "instead", status=401, body='{"code": 124}'))
    assert ask_zoom(ruth, zoom).ok
    assert (zoom.calls[TOKEN], zoom.calls[ME]) == (1, 2)


def test_a_401_that_stays_is_not_tried_for_ever(at_zoom, ruth, zoom):
    zoom.wrong(Fault(ME, "instead", times=9, status=401, body='{"code": 124}'))
    assert ask_zoom(ruth, zoom).status_code == 401
    assert (zoom.calls[TOKEN], zoom.calls[ME]) == (1, 2)


def test_googles_refresh_token_stays_when_none_comes_back(at_google, clock):
    before = sealed.unseal(row(at_google))
    for _ in range(2):
        clock.move(HOUR)
        renew.held(at_google.id)
    kept = sealed.unseal(row(at_google))
    assert before is not None
    assert kept is not None
    assert (kept.refresh, row(at_google).version) == (before.refresh, at_google.version + 2)


def test_a_refused_grant_asks_to_connect_again_and_is_not_tried_twice(at_zoom, ruth, zoom, clock):
    zoom.granted(RUTH)
    clock.move(HOUR)
    for _ in range(2):
        with pytest.raises(GrantRevoked, match="Connect Zoom again"):
            ask_zoom(ruth, zoom)
    assert row(at_zoom).state is ConnectionState.RECONNECT
    assert zoom.calls[TOKEN] == 1


@pytest.mark.parametrize("kind", ["lost", "reset"])
def test_a_lost_answer_of_a_rotating_token_asks_to_connect_again(at_zoom, ruth, zoom, clock, kind):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, kind))
    for _ in range(2):
        with pytest.raises(GrantRevoked, match="Connect Zoom again"):
            ask_zoom(ruth, zoom)
    assert zoom.calls[TOKEN] == 1
    assert row(at_zoom).state is ConnectionState.RECONNECT


def test_an_answer_that_cannot_be_read_is_a_lost_one(at_zoom, ruth, zoom, clock):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, "garbled", status=200, body="<html>"))
    with pytest.raises(GrantRevoked):
        ask_zoom(ruth, zoom)
    assert row(at_zoom).state is ConnectionState.RECONNECT


def test_a_lost_answer_of_a_lasting_token_is_asked_again(at_google, google, clock):
    clock.move(HOUR)
    google.wrong(Fault("POST /token", "lost"))
    with pytest.raises(Unavailable):
        renew.held(at_google.id)
    assert renew.held(at_google.id).access


@pytest.mark.parametrize(("status", "body"), [(503, "<html>"), (429, '{"code": 429}'), (400, '{"error": "slow_down"}')])
def test_trouble_at_the_provider_keeps_the_token(at_zoom, ruth, zoom, clock, status, body):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, "instead", status=status, body=body))
    with pytest.raises(Unavailable):
        ask_zoom(ruth, zoom)
    assert ask_zoom(ruth, zoom).ok


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, '{"code": 429, "message": "slow down"}'), (403, '{"access_token": ""}'), (503, '{"access_token": "x"}')],
)
def test_an_answer_without_a_token_never_touches_what_is_stored(at_zoom, ruth, zoom, clock, status, body):
    clock.move(HOUR)
    before = row(at_zoom)
    zoom.wrong(Fault(TOKEN, "instead", status=status, body=body))
    with pytest.raises(Unavailable):
        ask_zoom(ruth, zoom)
    after = row(at_zoom)
    assert (after.sealed, after.version, after.state) == (before.sealed, before.version, ConnectionState.OK)


def test_a_provider_in_trouble_is_left_alone_and_costs_nobody_their_connection(at_zoom, ruth, zoom, clock):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, "instead", times=5, status=503))
    for _ in range(7):
        with pytest.raises(Unavailable) as refused:
            ask_zoom(ruth, zoom)
        assert not isinstance(refused.value, LostAnswer)
    assert zoom.calls[TOKEN] == 5
    circuits.forget_all()
    assert ask_zoom(ruth, zoom).ok


def test_a_crash_in_the_middle_of_a_refresh_asks_to_connect_again(at_zoom, ruth, zoom, clock):
    """What a killed process leaves behind: a lease that nobody gave back."""
    clock.move(HOUR)
    lease_left_behind(at_zoom, clock.now - timedelta(seconds=1))
    with pytest.raises(GrantRevoked):
        ask_zoom(ruth, zoom)
    assert row(at_zoom).state is ConnectionState.RECONNECT
    assert not zoom.calls[TOKEN]


def test_a_crash_in_the_middle_costs_a_lasting_token_nothing(at_google, clock):
    clock.move(HOUR)
    lease_left_behind(at_google, clock.now - timedelta(seconds=1))
    assert renew.held(at_google.id).access


def test_whoever_has_to_connect_again_is_told_once_by_letter(at_zoom, ruth, zoom, clock, outbox):
    zoom.granted(RUTH)
    clock.move(HOUR)
    for _ in range(3):
        with pytest.raises(GrantRevoked):
            ask_zoom(ruth, zoom)
    renew.lost(at_zoom.id)
    (letter,) = outbox()
    assert (letter.kind, letter.to_email) == ("connect_again", ruth.email)
    assert letter.facts == {"connection_id": at_zoom.id}


def test_each_grant_that_is_lost_is_worth_a_letter(at_zoom, ruth, zoom, outbox):
    for _ in range(2):
        renew.lost(at_zoom.id)
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    assert [letter.kind for letter in outbox()] == ["connect_again"] * 2


def test_one_connection_is_not_taken_for_an_earlier_one_that_was_disconnected(at_zoom, ruth, zoom, clock, outbox):
    renew.lost(at_zoom.id)
    connect.forget(at_zoom.id, by=ruth.id)
    clock.move(HOUR)
    anew = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    renew.lost(anew.id)
    assert [letter.kind for letter in outbox()] == ["connect_again"] * 2


def test_a_crash_in_the_middle_is_told_too(at_zoom, ruth, zoom, clock, outbox):
    clock.move(HOUR)
    lease_left_behind(at_zoom, clock.now - timedelta(seconds=1))
    with pytest.raises(GrantRevoked):
        ask_zoom(ruth, zoom)
    assert [letter.kind for letter in outbox()] == ["connect_again"]


@pytest.mark.parametrize("age", [timedelta(0), HOUR], ids=["fresh", "old"])
def test_a_server_without_the_key_of_a_grant_leaves_it_alone_and_says_so_in_its_log(
    at_zoom, ruth, zoom, settings, outbox, clock, caplog, age
):
    """A server that restarts before another, or after the grants were put under a new key."""
    clock.move(age)
    before = row(at_zoom)
    config.use(replace(settings, token_keys=(Fernet.generate_key().decode(),)))
    with pytest.raises(Unavailable, match="Zoom can’t be used on this server just now"):
        ask_zoom(ruth, zoom)
    [said] = [each for each in caplog.records if each.name == "companion.services.renew"]
    assert (said.levelname, said.getMessage()) == (
        "ERROR",
        f"no key of TOKEN_KEYS opens the grant of connection {at_zoom.id}",
    )
    now = row(at_zoom)
    assert (now.state, now.version, now.sealed, now.leased_until) == (
        ConnectionState.OK,
        before.version,
        before.sealed,
        None,
    )
    assert outbox() == []
    assert not zoom.calls
    config.use(settings)
    assert ask_zoom(ruth, zoom).ok


@pytest.mark.parametrize("disconnect", [False, True])
def test_a_late_refusal_of_an_old_token_leaves_a_newer_grant_alone(at_zoom, ruth, zoom, outbox, disconnect):
    """Whether its person connected again meanwhile, or disconnected first: SQLite gives that row the same id."""

    def connect_anew():
        if disconnect:
            connect.forget(at_zoom.id, by=ruth.id)
        connect.remember(ruth.id, "zoom", zoom.granted(RUTH))

    with pytest.raises(GrantRevoked):
        refused(ruth, zoom, connect_anew)
    anew = find(ruth.id, "zoom")
    assert anew is not None
    assert anew.state is ConnectionState.OK
    assert outbox() == []


def test_a_refusal_that_a_newer_token_got_ends_the_grant(at_zoom, ruth, zoom, outbox):
    """A 401 is tried again with a newer token; that one was refused."""
    zoom.wrong(Fault(ME, "instead", status=401, body='{"code": 124}'))
    with pytest.raises(GrantRevoked):
        refused(ruth, zoom, lambda: None)
    assert row(at_zoom).version == at_zoom.version + 1
    assert row(at_zoom).state is ConnectionState.RECONNECT
    assert [letter.kind for letter in outbox()] == ["connect_again"]


def test_when_it_was_last_used_is_known_to_the_hour(at_zoom, clock):
    began = clock.now
    with db.transaction() as tx:
        tx.get_one(Connection, at_zoom.id).expires_at = None  # so that nothing is refreshed
    for minutes, last_used in ((59, began), (60, began + HOUR), (119, began + HOUR), (120, began + 2 * HOUR)):
        clock.set(began + timedelta(minutes=minutes))
        renew.held(at_zoom.id)
        assert row(at_zoom).used_at == last_used


def test_whoever_comes_second_waits_for_the_first(at_zoom, ruth, zoom, clock):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, "slow", seconds=0.3))
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(ask_zoom(ruth, zoom).ok)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 4
    assert zoom.calls[TOKEN] == 1


def test_connecting_anew_during_a_refresh_wins(at_zoom, ruth, zoom, clock):
    clock.move(HOUR)
    zoom.wrong(Fault(TOKEN, "slow", seconds=0.3))
    slow = threading.Thread(target=lambda: ask_zoom(ruth, zoom))
    slow.start()
    until(lambda: row(at_zoom).leased_until)
    anew = connect.remember(ruth.id, "zoom", zoom.granted(RUTH))
    slow.join()
    assert row(at_zoom).version == anew.version
    assert row(at_zoom).state is ConnectionState.OK


def test_two_processes_refresh_one_token_once(at_zoom, zoom, clock, settings):
    with racers(PROCESSES, settings, at_zoom.id) as race:
        for number in range(1, RACES + 1):
            assert set(race(lambda: clock.move(HOUR))) == set(zoom.grants)
            assert zoom.calls[TOKEN] == number
    assert row(at_zoom).state is ConnectionState.OK


def lease_left_behind(connection, until_when):
    with db.transaction() as tx:
        tx.get_one(Connection, connection.id).leased_until = until_when
