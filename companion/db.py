"""The database: `with transaction() as tx` commits or nothing happened; what it announced is told after the commit.

SQLite (the default) and PostgreSQL behave alike. Every writing transaction on SQLite starts with BEGIN IMMEDIATE under
one cooperative lock, and under gevent each call runs in the hub's thread pool, so that no query silences the process.
Nothing inside a writing transaction may wait for the keeper or the network: `refuse_in_transaction` guards those doors.
"""

import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from blinker import NamedSignal
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    func,
    select,
)  # fmt: skip
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from companion import clock, signals, sqlite

T = TypeVar("T")

ORDER_OF_FACTS = 0x_A10_FAC7
"""Number of the PostgreSQL lock under which facts are written: any that nobody else uses."""

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in code on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times: they name no instant."""
        if value is None:
            return None
        assert value.tzinfo is not None, "an instant needs its zone"
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Always aware, always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of all rows."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UTCDateTime}  # noqa: RUF012 - SQLAlchemy reads this class attribute by name


class Fact(Model):
    """What one process announced, for rooms of the others. On PostgreSQL only; ids grow in the order of commits."""

    __tablename__ = "facts"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    node: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(index=True)


class Database:
    """One opened database and the lock that lets its SQLite writers queue without blocking the hub."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.node = secrets.token_hex(8)  # this process's name among those that use the database
        self.engine = _open(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self.writer = threading.Lock()
        self.here = threading.local()
        self.writing_engine = self.engine.execution_options(writing=True)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """This greenlet's turn to write."""
        assert not getattr(self.here, "writing", False), "a writing transaction is already open here"
        with self.writer if self.is_sqlite else nullcontext():
            self.here.writing = True
            try:
                yield
            finally:
                self.here.writing = False


_database: Database | None = None


def use(url: str) -> Database:
    """Open the database of this process, closing the one before."""
    global _database  # noqa: PLW0603 - one process, one database; opened once by app, cli or test
    if _database is not None:
        _database.engine.dispose()
    _database = Database(url)
    return _database


def current() -> Database:
    """The database of this process."""
    assert _database is not None, "db.use(url) comes first"
    return _database


@contextmanager
def transaction() -> Iterator[Session]:
    """A writing transaction: commits at the end or nothing happened, then tells what was announced."""
    database = current()
    with database.turn(), Session(database.writing_engine, expire_on_commit=False) as tx:
        yield tx
        announced = tx.info.pop("announced", [])
        if not database.is_sqlite:
            _write_down(tx, [each for each in announced if each[0].name in signals.FOR_ROOMS])
        tx.commit()
    for signal, facts in announced:
        signal.send(None, **facts)


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction that only reads. What it loaded stays readable afterwards."""
    with Session(current().engine, expire_on_commit=False) as tx:
        yield tx


def announce(tx: Session, signal: NamedSignal, **facts: Any) -> None:
    """Tell `signal` with these facts, once this transaction has committed."""
    tx.info.setdefault("announced", []).append((signal, facts))


def _write_down(tx: Session, announced: list[tuple[NamedSignal, dict[str, Any]]]) -> None:
    if not announced:
        return
    tx.flush()  # first, so that the lock is the last that this transaction takes: two can't wait for each other
    tx.execute(select(func.pg_advisory_xact_lock(ORDER_OF_FACTS)))
    node, now = current().node, clock.now()
    tx.add_all(Fact(kind=signal.name, told=facts, node=node, at=now) for signal, facts in announced)


def refuse_in_transaction() -> None:
    """Called where waiting begins (keeper, network): an open writing transaction here is a programmer's mistake."""
    assert _database is None or not getattr(_database.here, "writing", False), "nothing may wait inside a transaction"


def write_at_once(work: Callable[[sqlite3.Connection], T]) -> T:
    """SQLite's fast way for the agenda's log: BEGIN IMMEDIATE, `work`, COMMIT as one call in the thread pool."""
    database = current()
    with database.turn(), database.engine.connect() as connection:
        raw = cast("sqlite.PooledConnection", connection.connection.dbapi_connection)  # what our `_open` asked for
        return sqlite.in_pool(sqlite.all_at_once, raw, work)


def _open(url: str) -> Engine:
    if url.startswith("sqlite"):
        return sqlite.engine(url)
    return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True)
