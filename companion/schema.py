"""The database's schema: brought up by `flask migrate`, only looked at by the server."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from companion import clock, db, sqlite
from companion.model import (
    action_items,
    agendas,
    agreed,
    calls,
    connections,
    events,
    letters,
    mentorships,
    people,
    sessions,
    tickets,
)

ADVISORY_LOCK = 0x_A10_951DE  # any fixed number: two migrations of one PostgreSQL database queue behind it
TABLES = (people, mentorships, sessions, calls, events, agendas, action_items, agreed, connections, letters, tickets)


def all_tables() -> MetaData:
    """Every table of the product: the modules of the model are imported here for their tables."""
    assert TABLES
    return db.Model.metadata


def wanted() -> str | None:
    """The version this code is written for."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def found() -> str | None:
    """The version the database is at; None when it is empty."""
    with db.current().engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def complaint() -> str:
    """One sentence when code and database don't fit, else nothing."""
    at, head = found(), wanted()
    if at == head:
        return ""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if at is None or at in known:
        return "The database is older than Alongside: stop the server, run `flask backup FILE` and `flask migrate`."
    return "The database was written by a newer version of Alongside: install that version again, or restore a backup."


def migrate() -> str:
    """Bring the database to this code's version under a lock; a SQLite file is copied first. Says what was done."""
    database = db.current()
    before = found()
    if before == wanted():
        return "The database is up to date."
    if database.is_sqlite and before is not None:
        backup(_sqlite_file().with_suffix(f".before-{wanted()}-{clock.now():%Y%m%d%H%M%S}.db"))
    with (
        database.turn(),
        database.writing_engine.connect() as connection,
        sqlite.rebuilding(connection) if database.is_sqlite else connection.begin(),
    ):
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ADVISORY_LOCK})
        command.upgrade(_config(connection), "head")
    return f"The database is now at version {wanted()}."


def backup(target: Path) -> None:
    """A whole, consistent copy of a SQLite database while it is being written, by SQLite's own backup."""
    target.touch(mode=0o600, exist_ok=False)
    with sqlite3.connect(_sqlite_file()) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    copy.close()
    source.close()


def _sqlite_file() -> Path:
    return Path(db.current().engine.url.database or "")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config
