"""The welcome and the settings."""

from collections.abc import Callable

import pytest

from companion.model.people import Person
from companion.services import devices, sign_in
from tests.conftest import Browser

Browse = Callable[[Person | None], Browser]


@pytest.fixture
def as_new(browse: Browse, ruth: Person) -> Browser:
    return browse(sign_in.add_person("ana@example.org"))


def me(email: str) -> Person:
    found = sign_in.known(email)
    assert found is not None
    return found


def test_who_is_new_is_welcomed_before_any_page(as_new: Browser) -> None:
    assert as_new.get("/people").headers["Location"] == "/welcome?next=/people"
    assert as_new.get("/welcome").status_code == 200


def test_name_and_zone_are_enough(as_new: Browser) -> None:
    form = {"csrf": as_new.csrf, "name": "Ana Lima", "zone": "America/Sao_Paulo", "next": "/people"}
    headers = {"Origin": "http://localhost", "Accept-Language": "pt-BR,pt;q=0.9"}
    assert as_new.post("/welcome", data=form, headers=headers).headers["Location"] == "/people"
    ana = me("ana@example.org")
    assert (ana.name, ana.zone, ana.locale) == ("Ana Lima", "America/Sao_Paulo", "pt-BR")
    assert as_new.get("/welcome").headers["Location"] == "/"


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("zone", ""), ("zone", "Atlantis")])
def test_what_is_missing_is_said_and_what_was_entered_stays(as_new: Browser, field: str, value: str) -> None:
    shown = as_new.submit("/welcome", **{"name": "Ana Lima", "zone": "America/Sao_Paulo", field: value})
    assert shown.status_code == 422 and 'aria-invalid="true"' in shown.text
    assert "Ana Lima" in shown.text or field == "name"


def test_a_welcome_leads_nobody_elsewhere(as_new: Browser) -> None:
    answer = as_new.submit("/welcome", name="Ana", zone="America/Sao_Paulo", next="//evil.example")
    assert answer.headers["Location"] == "/"


def test_settings_are_changed_and_read_back(as_ruth: Browser) -> None:
    answer = as_ruth.submit("/settings", name="Ruth W.", zone="Europe/Lisbon", clock="12")
    page = as_ruth.get(answer.headers["Location"]).text
    assert 'value="Ruth W."' in page and '<option value="Europe/Lisbon" selected>' in page
    assert me("ruth@example.org").locale == "en-GB-u-hc-h12"  # 3/4 is still the third of April
    as_ruth.submit("/settings", name="Ruth W.", zone="Europe/Lisbon", clock="24")
    assert me("ruth@example.org").locale == "en-GB"


def test_a_locale_with_the_clock_one_wants_is_kept(as_mateo: Browser, mateo: Person) -> None:
    as_mateo.submit("/settings", name="Mateo", zone="America/Santiago", clock="24")
    assert me(mateo.email).locale == mateo.locale


def test_fields_we_don_t_ask_for_change_nothing(as_ruth: Browser) -> None:
    as_ruth.submit("/settings", name="Ruth", zone="Africa/Nairobi", clock="24", email="evil@example.org", id="99")
    assert me("ruth@example.org").name == "Ruth"


def test_each_device_can_be_signed_out(as_ruth: Browser, ruth: Person) -> None:
    phone = devices.admit(ruth.id, "f" * 64, "")
    assert as_ruth.get("/settings").text.count("This one") == 1
    assert as_ruth.submit(f"/settings/devices/{phone.id}/sign-out").headers["Location"] == "/settings"
    [here] = devices.of(ruth.id)
    assert as_ruth.submit(f"/settings/devices/{here.id}/sign-out").headers["Location"] == "/sign-in"
    assert devices.of(ruth.id) == []


def test_signing_out_everywhere_ends_all_of_one_s_own(as_ruth: Browser, as_mateo: Browser, ruth: Person) -> None:
    devices.admit(ruth.id, "f" * 64, "")
    as_ruth.submit("/settings/sign-out-everywhere")
    assert devices.of(ruth.id) == []
    assert as_mateo.get("/settings").status_code == 200


def test_nobody_signs_out_somebody_else_s_device(as_ruth: Browser, as_mateo: Browser, ruth: Person) -> None:
    [hers] = devices.of(ruth.id)
    assert as_mateo.submit(f"/settings/devices/{hers.id}/sign-out").status_code == 404
    assert len(devices.of(ruth.id)) == 1
