"""A PostgreSQL database of its own for each test that asks, on the server that TEST_DATABASE_URL names."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql


@contextmanager
def fresh_postgresql() -> Iterator[str]:
    """The URL of an empty database, dropped when the block ends. Skips the test when no server is named.

    When one is named and doesn't answer, the test fails.
    """
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.skip("nothing is tried on PostgreSQL unless TEST_DATABASE_URL names a server")
    name = f"alongside_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
