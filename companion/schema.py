"""The database's schema: brought up by `flask migrate`, only looked at by the server.

Alembic takes a quarter of a second to import, so only who migrates does; looking needs nothing of it.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData, inspect, text

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

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x_A10_951DE  # any fixed number: two migrations of one PostgreSQL database queue behind it
TABLES = (people, mentorships, sessions, calls, events, agendas, action_items, agreed, connections, letters, tickets)


def all_tables() -> MetaData:
    """Every table of the product: the modules of the model are imported here for their tables."""
    assert TABLES
    return db.Model.metadata


def known() -> list[str]:
    """Every version, oldest first: the number that begins the name of each migration's file."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def wanted() -> str:
    """The version this code is written for."""
    return known()[-1]


def found() -> str | None:
    """The version the database is at; None when it is empty."""
    with db.current().engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def complaint() -> str:
    """One sentence when code and database don't fit, else nothing."""
    at = found()
    if at == wanted():
        return ""
    if at is None or at in known():
        return "The database is older than Alongside: stop the server, run `flask backup FILE` and `flask migrate`."
    return "The database was written by a newer version of Alongside: install that version again, or restore a backup."


def migrate() -> str:
    """Bring the database to this code's version under a lock; a SQLite file is copied first. Says what was done."""
    from alembic import command  # noqa: PLC0415 - see the module's docstring

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


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - see the module's docstring

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
