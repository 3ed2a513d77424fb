"""Devices: listed, expiring, signed out one by one or all at once; what they keep stays small."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from companion import signals
from companion.errors import NotYours, TooLate
from companion.model.people import Person
from companion.services import devices
from tests.conftest import Clock

PHONE, LAPTOP = "1" * 64, "2" * 64
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"

pytestmark = pytest.mark.both_databases


@pytest.fixture
def signed_out() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(_sender: object, sign_in_ids: list[int]) -> None:
        heard.extend(sign_in_ids)

    with signals.signed_out.connected_to(hear):
        yield heard


def test_a_device_is_found_by_its_hash(ruth: Person) -> None:
    device = devices.admit(ruth.id, PHONE, SAFARI)
    found = devices.found(PHONE)
    assert found is not None
    assert (found.id, found.person.email, found.browser) == (device.id, ruth.email, "Safari on iPhone")
    assert devices.found(LAPTOP) is None


def test_the_same_hash_is_the_same_device(ruth: Person) -> None:
    assert devices.admit(ruth.id, PHONE, "").id == devices.admit(ruth.id, PHONE, "").id


def test_a_proof_that_was_signed_out_lets_nobody_in_again(ruth: Person) -> None:
    devices.end(devices.admit(ruth.id, PHONE, "").id, by=ruth.id)
    with pytest.raises(TooLate):
        devices.admit(ruth.id, PHONE, "")


def test_sixty_idle_days_sign_a_device_out(ruth: Person, clock: Clock) -> None:
    device = devices.admit(ruth.id, PHONE, "")
    clock.move(timedelta(days=59))
    devices.seen(device.id)
    clock.move(timedelta(days=59))
    assert devices.found(PHONE) is not None
    clock.move(timedelta(days=1))
    assert devices.found(PHONE) is None
    assert devices.of(ruth.id) == []


def test_a_year_signs_a_device_out_however_often_it_is_used(ruth: Person, clock: Clock) -> None:
    device = devices.admit(ruth.id, PHONE, "")
    for _ in range(8):
        clock.move(timedelta(days=45))
        devices.seen(device.id)
    assert devices.found(PHONE) is not None
    clock.move(timedelta(days=5))
    assert devices.found(PHONE) is None


def test_one_device_is_signed_out_and_told_of(ruth: Person, signed_out: list[int]) -> None:
    phone, laptop = devices.admit(ruth.id, PHONE, ""), devices.admit(ruth.id, LAPTOP, "")
    devices.end(phone.id, by=ruth.id)
    devices.end(phone.id, by=ruth.id)
    assert signed_out == [phone.id]
    assert [each.id for each in devices.of(ruth.id)] == [laptop.id]


def test_signing_out_everywhere_is_one_s_own_devices(ruth: Person, mateo: Person, signed_out: list[int]) -> None:
    mine = [devices.admit(ruth.id, PHONE, "").id, devices.admit(ruth.id, LAPTOP, "").id]
    devices.admit(mateo.id, "3" * 64, "")
    devices.end_all(ruth.id)
    assert sorted(signed_out) == mine
    assert devices.found("3" * 64) is not None


def test_nobody_signs_out_somebody_else_s_device(ruth: Person, mateo: Person) -> None:
    phone = devices.admit(ruth.id, PHONE, "")
    with pytest.raises(NotYours):
        devices.end(phone.id, by=mateo.id)


def test_only_the_newest_three_pending_consents_are_kept(ruth: Person) -> None:
    device = devices.admit(ruth.id, PHONE, "")
    for number in range(12):
        devices.keep(device.id, {f"_state_zoom_{number}": {"data": {}}, "other": number})
    found = devices.found(PHONE)
    assert found is not None
    assert set(found.kept) == {"_state_zoom_9", "_state_zoom_10", "_state_zoom_11", "other"}
    devices.keep(device.id, {"_state_zoom_10": None})
    found = devices.found(PHONE)
    assert found is not None
    assert "_state_zoom_10" not in found.kept


@pytest.mark.parametrize(
    ("said", "words"),
    [(FIREFOX, "Firefox on Linux"), (EDGE, "Edge on Windows"), ("curl/8.0", "A browser"), ("", "A browser")],
)
def test_a_device_is_named_as_people_would(said: str, words: str) -> None:
    assert devices.described(said) == words
