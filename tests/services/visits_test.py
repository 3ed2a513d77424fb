"""What is kept for browsers that nobody is signed in on stays small, short, and works once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import insert

from companion import db
from companion.errors import TooMany
from companion.model.people import Visit
from companion.services import devices, visits
from tests.conftest import NOON

pytestmark = pytest.mark.both_databases

HERE, THERE = "1" * 64, "2" * 64
OFFICE, ELSEWHERE = "a" * 64, "b" * 64  # networks
PENDING = {"_state_zoom_1": {"data": 1}}


def visit_rows():
    with db.reading() as tx:
        return [row.visitor_hash for row in tx.query(Visit) if row.visitor_hash not in {OFFICE, ELSEWHERE}]


def test_a_browser_finds_what_was_kept_for_it_and_no_other_does(app):
    visits.keep(HERE, OFFICE, {"_state_zoom_1": {"data": 1}})
    assert visits.kept(HERE) == {"_state_zoom_1": {"data": 1}}
    assert visits.kept(THERE) == {}
    assert visits.take(THERE, "_state_zoom_1") is None


def test_only_the_newest_three_tries_are_kept(app):
    for number in range(7):
        visits.keep(HERE, OFFICE, {f"_state_zoom_{number}": {"data": number}})
    assert sorted(visits.kept(HERE)) == ["_state_zoom_4", "_state_zoom_5", "_state_zoom_6"]


def test_after_an_hour_nothing_is_left(app, clock):
    visits.keep(HERE, OFFICE, {"_state_zoom_1": {"data": 1}})
    clock.move(visits.LIFE)
    assert visits.kept(HERE) == {}
    assert visits.take(HERE, "_state_zoom_1") is None
    visits.keep(THERE, OFFICE, {"_state_zoom_2": {"data": 2}})
    assert visit_rows() == [THERE]


def test_of_many_who_take_at_once_one_gets_it(app):
    visits.keep(HERE, OFFICE, {"_state_zoom_1": {"data": 1}})
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: visits.take(HERE, "_state_zoom_1"), range(8)))
    assert [each for each in got if each] == [{"data": 1}]


def test_a_device_s_state_works_once_too(ruth):
    device = devices.admit(ruth.id, HERE, "")
    devices.keep(device.id, {"_state_zoom_1": {"data": 1}, "_state_zoom_2": {"data": 2}})
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: devices.take(device.id, "_state_zoom_1"), range(8)))
    assert [each for each in got if each] == [{"data": 1}]
    assert devices.take(device.id, "_state_zoom_2") == {"data": 2}


def test_two_tabs_that_begin_at_once_share_a_visit(app):
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda number: visits.keep(HERE, OFFICE, {f"_state_zoom_{number}": {"data": number}}), range(2)))
    assert len(visits.kept(HERE)) == 2


def test_new_cookies_shut_out_nobody_but_their_own_network(app, clock):
    for number in range(visits.PER_NETWORK):
        visits.keep(f"visitor {number}", OFFICE, PENDING)
    with pytest.raises(TooMany, match="Sign in by e-mail"):
        visits.keep("one more", OFFICE, PENDING)
    visits.keep("visitor 0", OFFICE, PENDING)  # who has begun goes on
    visits.keep(HERE, ELSEWHERE, PENDING)
    assert visits.kept(HERE) == PENDING
    assert len(visit_rows()) == visits.PER_NETWORK + 1
    clock.move(timedelta(hours=1))
    visits.keep("one more", OFFICE, PENDING)
    assert visit_rows() == ["one more"]


def test_many_who_begin_at_once_in_one_network_are_counted(app):
    def begin(number):
        with suppress(TooMany):
            visits.keep(f"visitor {number}", OFFICE, PENDING)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(visits.PER_NETWORK + 10)))
    assert len(visit_rows()) == visits.PER_NETWORK


def test_many_networks_fill_no_disk_and_the_oldest_gives_way(app, clock):
    with db.transaction() as tx:
        many = [
            {"visitor_hash": str(number), "kept": PENDING, "seen_at": NOON + timedelta(milliseconds=number)}
            for number in range(visits.MOST)
        ]
        tx.execute(insert(Visit), many)
    clock.move(timedelta(minutes=1))
    visits.keep(HERE, OFFICE, PENDING)
    assert visits.kept(HERE) == visits.kept(str(visits.MOST - 1)) == PENDING
    assert visits.kept("0") == {}
    assert len(visit_rows()) == visits.MOST
