import threading
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from companion import clock as product_clock
from companion import config, db
from companion.model.connections import Connection
from companion.services import connect, renew, reseal, sealed
from companion.services.reseal import Resealed
from integrations.oauth import Tokens

pytestmark = pytest.mark.both_databases

MANY = 3 * reseal.AT_ONCE // 2


@pytest.fixture
def settings(settings, zoom):
    return replace(settings, provider_env=zoom.settings())


@pytest.fixture
def rows(ruth):
    """Many grants under the old key, each of another account."""
    with db.transaction() as tx:
        made = [
            Connection(
                person_id=ruth.id, provider="zoom", account=f"a{number}", scopes="", sealed="",
                created_at=product_clock.now(),
            )
            for number in range(MANY)
        ]  # fmt: skip
        tx.add_all(made)
        tx.flush()
        for row in made:
            row.sealed = sealed.seal(row, Tokens(f"access {row.account}", f"refresh {row.account}", None, ""))
    return made


@pytest.fixture
def newest(settings, rows):
    """A key that came after all of them were sealed."""
    key = Fernet.generate_key().decode()
    config.use(replace(settings, token_keys=(key, *settings.token_keys)))
    return key


def everything():
    with db.reading() as tx:
        return list(tx.query(Connection).order_by(Connection.id))


def test_every_grant_is_under_the_newest_key_afterwards_and_says_the_same(settings, newest):
    assert reseal.reseal() == Resealed(anew=MANY, unreadable=0)
    config.use(replace(settings, token_keys=(newest,)))
    for row in everything():
        tokens = sealed.unseal(row)
        assert tokens is not None
        assert (tokens.access, tokens.refresh) == (f"access {row.account}", f"refresh {row.account}")


def test_what_was_done_before_it_was_killed_is_done(newest):
    with db.transaction() as tx:
        for row in tx.query(Connection).limit(20):
            tokens = sealed.unseal(row)
            assert tokens is not None
            row.sealed = sealed.seal(row, tokens)
    assert reseal.reseal() == Resealed(anew=MANY - 20, unreadable=0)
    assert reseal.reseal() == Resealed(anew=0, unreadable=0)


def test_a_grant_that_no_key_opens_is_left_alone_and_counted(newest, rows):
    with db.transaction() as tx:
        tx.get_one(Connection, rows[0].id).sealed = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
        tx.get_one(Connection, rows[1].id).sealed = rows[2].sealed
    before = everything()
    assert reseal.reseal() == Resealed(anew=MANY - 2, unreadable=2)
    assert [row.sealed for row in everything()[:2]] == [row.sealed for row in before[:2]]


def test_a_grant_that_is_renewed_meanwhile_is_not_undone(newest, zoom, mateo):
    connection = connect.remember(mateo.id, "zoom", zoom.granted("mateo@zoom.example"))
    renewing = threading.Thread(target=lambda: [renew.after(connection.id, connection.version + n) for n in range(5)])
    renewing.start()
    reseal.reseal()
    renewing.join()
    assert renew.held(connection.id).access in zoom.grants
