"""The database's schema: migrated from nothing, recognised when it doesn't fit, copied before it is changed."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, text

from companion import db, schema
from tests.conftest import NOON
from tests.databases import fresh_postgresql
from tests.gunicorn_test import last_words
from tests.server import Server

IN_THE_FIRST = ("people", "mentorships", "sessions", "meetings", "connections", "sign_ins", "private_notes", "records")
"""Tables of the first version whose rows belong to each other."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[db.Database]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path / 'alongside.db'}")
    else:
        with fresh_postgresql() as url:
            yield from opened(url.replace("postgresql://", "postgresql+psycopg://"))


def opened(url: str) -> Iterator[db.Database]:
    database = db.use(url)
    yield database
    database.engine.dispose()


def pretend_version(database: db.Database, version: str) -> None:
    with database.turn(), database.writing_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_migrating_an_empty_database_brings_it_to_this_version(empty: db.Database) -> None:
    assert schema.found() is None
    assert f"version {schema.wanted()}" in schema.migrate()
    assert schema.found() == schema.wanted()
    assert schema.migrate() == "The database is up to date."


def test_the_migrations_make_the_tables_that_the_model_describes(empty: db.Database) -> None:
    schema.migrate()
    with empty.engine.connect() as connection:
        # SQLite keeps no types of its own, so only names, keys and nullability are compared there.
        context = MigrationContext.configure(connection, opts={"compare_type": not empty.is_sqlite})
        assert compare_metadata(context, schema.all_tables()) == []


def test_the_versions_are_those_that_alembic_finds() -> None:
    scripts = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.known() == [script.revision for script in reversed(list(scripts.walk_revisions()))]


def test_what_a_first_version_held_is_all_there_after_the_upgrade(empty: db.Database) -> None:
    """Rebuilding a table must not take along the rows that belong to it."""
    with empty.turn(), empty.writing_engine.begin() as connection:
        command.upgrade(schema._config(connection), "0001")
        tables = [table for table in schema.all_tables().sorted_tables if table.name in IN_THE_FIRST]
        first = MetaData()
        first.reflect(connection)
        for table in tables:
            old = first.tables[table.name]
            row = {column.name: _something(column) for column in old.columns if not column.nullable}
            connection.execute(old.insert().values(row))
            if table.name == "people":
                connection.execute(old.insert().values({**row, "id": 2, "email": "y"}))
    schema.migrate()
    with empty.engine.connect() as connection:
        counts = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in IN_THE_FIRST}
    assert counts == dict.fromkeys(IN_THE_FIRST, 1) | {"people": 2}


def _something(column: Column[Any]) -> object:
    """A value that fits; every key is 1 but the mentee's, so that each row belongs to the others."""
    states = {"mentorships": "active", "sessions": "planned", "meetings": "made"}
    if column.name == "state":
        return states.get(column.table.name, "ok")
    if column.name == "mentee_id":
        return 2
    # JSON says of itself that it is an object.
    known: dict[type, object] = {int: 1, str: "x", bool: True, datetime: NOON, object: {}, bytes: b""}
    return known[column.type.python_type]


def test_an_empty_or_older_database_is_told_apart_from_one_that_fits(empty: db.Database) -> None:
    assert "older than Alongside" in schema.complaint() and "flask migrate" in schema.complaint()
    schema.migrate()
    assert schema.complaint() == ""


def test_a_database_of_a_newer_version_is_not_touched(empty: db.Database) -> None:
    schema.migrate()
    pretend_version(empty, "9999")
    assert "newer version of Alongside" in schema.complaint()


def test_a_sqlite_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    database = db.use(f"sqlite:///{tmp_path / 'alongside.db'}")
    with database.turn(), database.writing_engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0000')"))
        connection.execute(text("CREATE TABLE old_words (text VARCHAR)"))
        connection.execute(text("INSERT INTO old_words VALUES ('kept')"))
    with pytest.raises(Exception, match="0000"):  # Alembic's word for a version it has no step from
        schema.migrate()
    database.engine.dispose()
    (copy,) = tmp_path.glob("alongside.before-*.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as opened_copy:
        assert opened_copy.execute("SELECT text FROM old_words").fetchall() == [("kept",)]


def test_an_empty_file_is_not_worth_a_copy(tmp_path: Path) -> None:
    database = db.use(f"sqlite:///{tmp_path / 'alongside.db'}")
    schema.migrate()
    database.engine.dispose()
    assert not list(tmp_path.glob("*.before-*"))


@pytest.mark.parametrize(("version", "sentence"), [("0000", "newer version"), (None, "older than Alongside")])
def test_the_server_refuses_a_schema_that_doesn_t_fit_with_one_sentence(
    tmp_path: Path, version: str | None, sentence: str
) -> None:
    server = Server(tmp_path)
    if version is not None:
        server.flask("migrate")
        with sqlite3.connect(tmp_path / "alongside.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    code, words = last_words(server)
    assert code != 0
    assert words.count("The database was") + words.count("The database is") == 1
    assert sentence in words and "Traceback" not in words
