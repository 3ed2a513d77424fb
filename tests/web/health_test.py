"""What machines that watch us are told."""

from pathlib import Path

from flask import Flask
from sqlalchemy import event, text

from companion import db


def test_a_process_that_answers_is_alive_and_asks_nobody(app: Flask) -> None:
    asked: list[str] = []
    event.listen(db.current().engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    answer = app.test_client().get("/healthz", headers={"Host": "10.0.0.7:5000"})
    assert (answer.status_code, answer.get_json(), asked) == (200, {"ok": True}, [])
    assert "Set-Cookie" not in answer.headers


def test_ready_is_database_schema_and_keeper_together(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert {name: answer.get_json()[name] for name in ("database", "schema", "keeper")} == dict.fromkeys(
        ("database", "schema", "keeper"), "ok"
    )
    assert answer.get_json()["tzdata"]


def test_another_schema_is_not_ready_and_is_named(app: Flask) -> None:
    with db.transaction() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "ok")
    assert "newer version" in answer.get_json()["schema"]


def test_a_database_that_is_gone_is_not_ready_but_the_process_lives(app: Flask, tmp_path: Path) -> None:
    db.use(f"sqlite:///{tmp_path / 'no-such-folder' / 'alongside.db'}")
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "does not answer")
    assert app.test_client().get("/healthz").status_code == 200
