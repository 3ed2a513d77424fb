"""A full disk, a database that may only be read: the page never says Saved, and goes on by itself afterwards."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest
import requests
from psycopg import sql

from tests.bench import people
from tests.databases import fresh_postgresql
from tests.histories.devices import devices
from tests.histories.world import NOTHING, logged, words_in
from tests.server import Server
from tests.waiting import until


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def test_on_a_full_disk_words_stay_on_the_device_until_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    @contextmanager
    def full() -> Iterator[None]:
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        yield
        filler.unlink()

    assert_kept_meanwhile(Server(small_disk), tmp_path / "server.log", full)


def test_while_the_database_may_only_be_read_words_stay_on_the_device(tmp_path: Path) -> None:
    with fresh_postgresql() as url:

        def read_only(how: str) -> None:
            with psycopg.connect(url, autocommit=True) as admin:
                name = sql.Identifier(url.rsplit("/", 1)[1])
                admin.execute("SET default_transaction_read_only = off")
                admin.execute(
                    sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(name, sql.SQL(how))
                )
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

        @contextmanager
        def only_read() -> Iterator[None]:
            read_only("on")
            yield
            read_only("off")

        assert_kept_meanwhile(Server(tmp_path, DATABASE_URL=url), tmp_path / "server.log", only_read)


def write_privately(server: Server, at: people.Place, words: str) -> requests.Response:
    return requests.post(
        f"{server.url}/sessions/{at.session_id}/note",
        data={"csrf": at.csrf, "text": words},
        headers={"Origin": server.url, "Cookie": at.cookie},
        timeout=20,
    )


def assert_kept_meanwhile(server: Server, log: Path, trouble: Callable[[], AbstractContextManager[None]]) -> None:
    server.log = log
    server.start()
    try:
        with people.installation(server) as app, devices() as tabs:
            (pair,) = people.pairs(app, 1, NOTHING)
            tabs.open("one", server.url, server.url, "somebody", "mentee", pair.places[0])
            tabs.do("one", "add topic", "#before", 0)
            until(lambda: tabs.state("one")["claimed"] == ["#before"], seconds=20)
            with trouble():
                tabs.do("one", "add topic", "#" + "x" * 9_000, 0)
                tabs.do("one", "add topic", "#meanwhile", 0)
                until(lambda: "could not be kept" in log.read_text(), seconds=20)
                until(lambda: tabs.state("one")["kind"] == "offline", seconds=20)  # “Kept on this device”
                until(lambda: tabs.state("one")["kept"] == "yes")
                assert tabs.state("one")["claimed"] == ["#before"]
                refused = write_privately(server, pair.places[0], "y" * 18_000)
                assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                assert "y" * 18_000 in refused.text, "the words come back, to be copied"
                assert words_in(logged(pair.session_id)) == {"#before": 1}
            until(lambda: "#meanwhile" in tabs.state("one")["claimed"], seconds=30)
            assert words_in(logged(pair.session_id)) == {"#before": 1, "#" + "x" * 9_000: 1, "#meanwhile": 1}
            assert "Traceback" not in log.read_text()
    finally:
        server.kill()
