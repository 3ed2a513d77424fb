"""SQLite as a web process needs it: every call in the hub's thread pool, writers that begin IMMEDIATE."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

T = TypeVar("T")


def engine(url: str) -> Engine:
    """An engine on this file. Transactions on connections with the option `writing` begin IMMEDIATE."""
    made = create_engine(
        url,
        connect_args={"factory": PooledConnection, "check_same_thread": False, "timeout": 10},
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,  # an error is logged with its statement; people's words and secrets are not
    )
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def in_pool(work: Callable[..., T], *arguments: Any) -> T:
    """Run blocking work where it can't silence the hub; directly where there is no hub (tests, commands)."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("threading"):
        return work(*arguments)
    outcome: T | _Failed = sys.modules["gevent"].get_hub().threadpool.apply(_outcome, (work, arguments))
    if isinstance(outcome, _Failed):
        raise outcome.error
    return outcome


class _Failed:
    """What work in the pool raised. gevent would print it there as well, though somebody waits for it."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _outcome(work: Callable[..., T], arguments: tuple[Any, ...]) -> T | _Failed:
    try:
        return work(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it is waited for
        return _Failed(error)


class PooledCursor(sqlite3.Cursor):
    """A cursor whose work happens in the hub's thread pool."""

    connection: "PooledConnection"

    def execute(self, *arguments: Any) -> "PooledCursor":
        """As sqlite3's."""
        return self._away(super().execute, *arguments)

    def executemany(self, *arguments: Any) -> "PooledCursor":
        """As sqlite3's."""
        return self._away(super().executemany, *arguments)

    def fetchone(self) -> Any:  # noqa: ANN401 - whatever sqlite3 gives
        """As sqlite3's."""
        return self._away(super().fetchone)

    def fetchmany(self, *arguments: Any) -> list[Any]:
        """As sqlite3's."""
        return self._away(super().fetchmany, *arguments)

    def fetchall(self) -> list[Any]:
        """As sqlite3's."""
        return self._away(super().fetchall)

    def _away(self, work: Callable[..., T], *arguments: Any) -> T:
        return work(*arguments) if self.connection.direct else in_pool(work, *arguments)


class PooledConnection(sqlite3.Connection):
    """A connection whose work happens in the hub's thread pool; `direct` while it is already there."""

    direct = False

    def cursor(self, *_: Any, **__: Any) -> PooledCursor:  # type: ignore[override] # sqlite3 allows any factory; ours is fixed
        """Always a pooled one."""
        return super().cursor(PooledCursor)

    def execute(self, *arguments: Any) -> PooledCursor:
        """As sqlite3's: a new cursor, executed."""
        return self.cursor().execute(*arguments)

    def commit(self) -> None:
        """As sqlite3's."""
        return super().commit() if self.direct else in_pool(super().commit)

    def rollback(self) -> None:
        """As sqlite3's; the pool rolls back each connection it gets back, mostly with nothing to undo."""
        if self.in_transaction:
            return super().rollback() if self.direct else in_pool(super().rollback)
        return None


def all_at_once(raw: PooledConnection, work: Callable[[sqlite3.Connection], T]) -> T:
    """BEGIN IMMEDIATE, `work`, COMMIT, in the thread this is called in; nothing happened if it raises."""
    raw.direct = True
    try:
        raw.execute("BEGIN IMMEDIATE")
        try:
            result = work(raw)
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise
        return result
    finally:
        raw.direct = False


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """A transaction in which tables may be rebuilt. IntegrityError, and nothing happened, when rows lost their owner.

    SQLite changes a table by filling a new one and dropping the old. With foreign keys on, the drop would take along
    every row of other tables that belongs to it.
    """
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            yield
            if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise sqlite3.IntegrityError(f"{len(orphans)} rows would belong to nothing")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: sqlite3's own comes too late to be IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
