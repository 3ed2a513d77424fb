"""The commands of an installation, run as its owner runs them."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
import requests
from flask import Flask

from companion import config, db
from companion.model.agendas import AgendaSnapshot
from companion.model.connections import Connection
from companion.model.letters import Letter, LetterState
from companion.model.people import Person
from companion.model.sessions import Session
from companion.services import agenda_log, restored
from tests.conftest import BASE_URL, NOON, Clock
from tests.databases import fresh_postgresql
from tests.server import ROOT, Server
from tests.simulators.smtp import smtp_sink
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """An installation with the demo pair; not started."""
    made = Server(tmp_path)
    made.flask("migrate")
    made.flask("demo")
    return made


def refused(server: Server, *words: str) -> str:
    """The one sentence of a command that doesn't do it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as opened:
        return int(opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture
def writing(server: Server, tmp_path: Path) -> Iterator[Path]:
    """The database's file, while somebody writes letters into it without pause."""
    file, ended = tmp_path / "alongside.db", Event()

    def write() -> None:
        with closing(sqlite3.connect(file, timeout=10)) as opened:
            number = 0
            while not ended.is_set():
                number += 1
                opened.execute(
                    "INSERT INTO agenda_updates (session_id, person_id, data) VALUES (4, 1, ?)",
                    (bytes([number % 256]),),
                )
                opened.commit()

    writer = Thread(target=write)
    writer.start()
    until(lambda: count(file, "agenda_updates") > 10)
    yield file
    ended.set()
    writer.join()


def test_a_backup_made_while_it_is_written_is_whole(server: Server, writing: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    assert str(target) in server.flask("backup", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
    assert 10 < count(target, "agenda_updates") <= count(writing, "agenda_updates")


def test_a_backup_put_back_is_served_again(server: Server, tmp_path: Path) -> None:
    server.flask("backup", str(tmp_path / "backup.db"))
    server.flask("add-person", "later@example.org")
    (tmp_path / "backup.db").replace(tmp_path / "alongside.db")
    for leftover in ("-wal", "-shm"):
        (tmp_path / f"alongside.db{leftover}").unlink(missing_ok=True)
    assert "begin anew" in server.flask("restored")
    server.start()
    try:
        assert requests.get(f"{server.url}/readyz", timeout=5).json()["schema"] == "ok"
        assert count(tmp_path / "alongside.db", "people") == 2
    finally:
        server.kill()


def test_a_backup_never_overwrites_one(server: Server, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_text("precious")
    assert "never overwrites" in refused(server, "backup", str(tmp_path / "backup.db"))
    assert (tmp_path / "backup.db").read_text() == "precious"


def test_a_postgresql_database_is_left_to_its_own_tool(tmp_path: Path) -> None:
    with fresh_postgresql() as url:
        server = Server(tmp_path, DATABASE_URL=url)
        assert "pg_dump" in refused(server, "backup", str(tmp_path / "backup.dump"))


def test_the_demo_is_made_once(server: Server, tmp_path: Path) -> None:
    tables = ("people", "mentorships", "sessions", "action_items", "agenda_updates", "records")
    before = [count(tmp_path / "alongside.db", table) for table in tables]
    server.flask("demo")
    assert [count(tmp_path / "alongside.db", table) for table in tables] == before


def test_nobody_is_invented_outside_of_the_demo(tmp_path: Path) -> None:
    server = Server(
        tmp_path, DEMO="0", TESTING="1", SECRET_KEY="0123456789 only for tests abcdef", TOKEN_KEYS="YWJj" * 10 + "YWI="
    )
    server.flask("migrate")
    assert "only with DEMO=1" in refused(server, "demo")


def test_the_first_person_can_sign_in(server: Server) -> None:
    said = server.flask("add-person", "Linh@Example.org", "--name", "Linh", "--zone", "Asia/Ho_Chi_Minh")
    assert "/sign-in" in said and "@" in said


def test_a_person_is_removed_by_whoever_runs_it(server: Server) -> None:
    server.flask("migrate")
    server.flask("add-person", "gone@example.org", "--name", "Gone")
    assert "gone@example.org is deleted" in server.flask("remove-person", "Gone@example.org", "--yes")
    assert "Nobody here has the address" in refused(server, "remove-person", "gone@example.org", "--yes")


@pytest.mark.parametrize("words", [("not an address",), ("linh@example.org", "--zone", "Mars/Olympus")])
def test_somebody_who_can_t_be_is_refused_in_words(server: Server, words: tuple[str, ...]) -> None:
    assert refused(server, "add-person", *words).startswith("Error: ")


def test_a_worker_sends_what_waits_and_ends_when_asked(tmp_path: Path) -> None:
    with smtp_sink() as post:
        smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(post.port), "SMTP_SECURITY": "none", "LETTERS_IN_WEB": "0"}
        server = Server(tmp_path, **smtp)
        server.flask("migrate")
        server.flask("demo")
        server.start()
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=server.environment
        )
        try:
            ask_for_a_letter(server, "ruth@example.org")
            (letter,) = until(lambda: post.taken, seconds=15)
            assert "ruth@example.org" in letter["To"]
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=10) == 0
        finally:
            worker.kill()
            server.kill()


def ask_for_a_letter(server: Server, email: str) -> None:
    visitor = requests.Session()
    page = visitor.get(f"{server.url}/sign-in", timeout=5).text
    token = re.search(r'name="csrf" content="(\w+)"', page)
    assert token is not None
    fields = {"csrf": token[1], "email": email}
    assert visitor.post(f"{server.url}/sign-in", data=fields, headers={"Origin": server.url}, timeout=5).ok


def test_the_doctor_says_one_line_for_each_thing_and_what_to_do(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["doctor"])
    lines = said.stdout.splitlines()
    assert said.exit_code == 0
    assert lines[0] == "ok       Database: SQLite, at this version of Alongside."
    assert all(line.startswith(("ok ", "warning ", "wrong ")) for line in lines[:-2])
    assert lines[-2:] == ["", "Nothing is wrong. Worth a look: Address, Server."]


def test_the_doctor_ends_with_a_fault_that_people_would_meet_and_tells_no_secret(app: Flask) -> None:
    config.use(
        replace(
            config.current(), provider_env={"ZOOM_CLIENT_SECRET": "hush"}, smtp_host="127.0.0.1", smtp_port=9,
            smtp_password="hush",
        )
    )  # fmt: skip
    said = app.test_cli_runner().invoke(args=["doctor"])
    assert said.exit_code == 1
    assert "wrong    Letters: 127.0.0.1:9" in said.stdout
    assert "wrong    Zoom: Half set up: ZOOM_CLIENT_ID still missing." in said.stdout
    assert said.stdout.endswith("To mend: Letters, Zoom.\n")
    assert "hush" not in said.output


def test_an_installation_prints_its_own_manifests(app: Flask) -> None:
    run = app.test_cli_runner()
    zoom = json.loads(run.invoke(args=["manifest", "zoom"]).stdout)
    allowed = zoom["manifest"]["oauth_information"]["oauth_allow_list"]
    assert allowed == [f"{BASE_URL}/connections/zoom/callback", f"{BASE_URL}/zoom"]
    config.use(replace(config.current(), base_url="https://mentoring.example.org"))
    said = run.invoke(args=["manifest", "google_meet"])
    assert json.loads(said.stdout)["addOns"]["meet"]["web"]["addOnOrigins"] == ["https://mentoring.example.org"]
    assert "GOOGLE_MEET_PROJECT_NUMBER is not set" in said.stderr


def test_an_add_on_that_google_would_refuse_is_not_printed(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["manifest", "google_meet"])
    assert (said.exit_code, said.stdout) == (1, "") and "https" in said.stderr


def test_the_doctor_says_what_failed_in_words_and_logs_nothing_beside(app: Flask) -> None:
    env = {"ZOOM_CLIENT_ID": "c", "ZOOM_CLIENT_SECRET": "s", "ZOOM_OAUTH_URL": "http://127.0.0.1:9"}
    config.use(replace(config.current(), provider_env=env))
    said = app.test_cli_runner().invoke(args=["doctor"])
    assert "wrong    Zoom: It couldn’t be reached, so nothing is known of its credentials." in said.stdout
    assert said.stderr == ""


@pytest.mark.parametrize("command", ["worker", "restored"])
def test_a_database_that_doesn_t_fit_is_left_alone(tmp_path: Path, command: str) -> None:
    assert "older than Alongside" in refused(Server(tmp_path), command)


@pytest.mark.both_databases
def test_after_a_restore_every_agenda_begins_a_new_epoch_and_no_lease_is_left(
    session: Session, ruth: Person, clock: Clock
) -> None:
    before = agenda_log.epoch(session.id)
    with db.transaction() as tx:
        (letter,) = tx.query(Letter)
        letter.state, letter.leased_until = LetterState.LEASED, NOON
        grant = Connection(
            person_id=ruth.id, provider="zoom", account="z1", sealed="-", created_at=NOON, leased_until=NOON
        )
        tx.add(grant)
    assert restored.begin_anew() == 1
    assert agenda_log.epoch(session.id) not in {before, ""}
    with db.reading() as tx:
        assert tx.query(AgendaSnapshot).count() == 1
        (letter,) = tx.query(Letter)
        assert (letter.state, letter.leased_until) == (LetterState.WAITING, None)
        assert tx.get_one(Connection, grant.id).leased_until is None


def test_what_is_kept_is_put_under_the_newest_key_or_its_owner_is_told_which_key_is_missing(server: Server) -> None:
    assert "The older ones may be taken out" in server.flask("reseal")
    with closing(sqlite3.connect(server.data_dir / "alongside.db")) as opened, opened:
        columns = "person_id, provider, account, label, scopes, sealed, version, state, created_at"
        values = "1, 'zoom', 'a', '', '', 'sealed with another key', 1, 'ok', '2026-11-22 10:40:00.000000'"
        opened.execute(f"INSERT INTO connections ({columns}) VALUES ({values})")
    assert "1 grants can't be opened with any key here" in refused(server, "reseal")
