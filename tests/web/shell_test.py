"""What a device is told to keep: manifest, service worker, compressed files; and what it is told to let go of."""

import gzip
import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from companion.model.people import Person
from companion.services import devices
from companion.web import assets
from tests.conftest import Browser

CLEARED = '"cache", "storage"'


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_worker_is_asked_for_anew_each_time_and_looks_after_every_page(visitor: FlaskClient) -> None:
    with visitor.get("/sw.js") as answer:
        assert answer.status_code == 200 and answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "Set-Cookie" not in answer.headers


def test_the_policy_lets_workers_come_from_us_and_from_one_address_only(visitor: FlaskClient) -> None:
    policy = visitor.get("/sign-in").headers["Content-Security-Policy"].split("; ")
    assert {"worker-src 'self'", "require-trusted-types-for 'script'", "trusted-types worker"} <= set(policy)


def test_the_manifest_names_icons_that_are_there(visitor: FlaskClient) -> None:
    answer = visitor.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    icons = json.loads(answer.text)["icons"]
    assert {each["purpose"] for each in icons} == {"any", "maskable"}
    for each in icons:
        with visitor.get(each["src"]) as icon:
            assert icon.status_code == 200 and icon.mimetype == each["type"]


def test_the_page_for_being_offline_is_nobodys(as_ruth: Browser) -> None:
    assert "Ruth" not in as_ruth.get("/offline").text


def test_each_page_names_its_first_scripts_beside_its_own(as_ruth: Browser, visitor: FlaskClient) -> None:
    page = visitor.get("/sign-in").text
    for file in assets.built("site.js")["first"]:
        assert f"/static/build/{file}" in page


def test_built_files_come_compressed_to_who_can_read_it_and_pages_never_do(visitor: FlaskClient) -> None:
    where = f"/static/build/{assets.built('site.js')['file']}"
    with visitor.get(where) as plain, visitor.get(where, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
        assert gzip.decompress(packed.data) == plain.data
        assert "immutable" in packed.headers["Cache-Control"] and "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in visitor.get("/sign-in", headers={"Accept-Encoding": "gzip"}).headers


def test_an_answer_names_the_sign_in_it_is_for(as_ruth: Browser, ruth: Person, visitor: FlaskClient) -> None:
    assert as_ruth.get("/").headers["X-Device"] == str(devices.of(ruth.id)[0].id)
    assert "X-Device" not in visitor.get("/sign-in").headers


@pytest.mark.parametrize("where", ["/sign-out", "/settings/sign-out-everywhere"])
def test_signing_out_clears_the_device(as_ruth: Browser, where: str) -> None:
    answer = as_ruth.submit(where)
    assert answer.headers["Clear-Site-Data"] == CLEARED and "X-Device" not in answer.headers


def test_signing_out_this_device_in_the_list_clears_it_and_another_does_not(as_ruth: Browser, ruth: Person) -> None:
    other = devices.admit(ruth.id, "another", "")
    assert "Clear-Site-Data" not in as_ruth.submit(f"/settings/devices/{other.id}/sign-out").headers
    here = devices.of(ruth.id)[0]
    assert as_ruth.submit(f"/settings/devices/{here.id}/sign-out").headers["Clear-Site-Data"] == CLEARED


def test_leaving_for_good_clears_the_device(as_ruth: Browser, ruth: Person) -> None:
    assert as_ruth.submit("/settings/leave", email=ruth.email).headers["Clear-Site-Data"] == CLEARED


def test_the_build_says_what_comes_first_and_what_later() -> None:
    described = json.loads((assets.BUILD / "manifest.json").read_text())["session.js"]
    assert {assets.built("main.css")["file"], assets.built("site.js")["file"], described["file"]} <= set(
        described["first"]
    )
    assert described["later"] and not set(described["first"]) & set(described["later"])
