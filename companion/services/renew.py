"""Keeps a grant usable: one process refreshes at a time, the others take what it got.

Zoom's refresh tokens work once and its lost answers can't be asked for again. So the right to refresh is leased in the
row before the call, the result is stored before it is used, and a lease that ended without a result means that the
token may be used up: the person connects again, and nothing is tried with the old one.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session as Transaction

from companion import clock
from companion.db import reading, refuse_in_transaction, transaction
from companion.model.connections import Connection, ConnectionState
from companion.model.letters import post
from companion.model.people import Person
from companion.services import links_ahead, providers, sealed
from integrations import grants
from integrations.errors import GrantRevoked, IntegrationError, LostAnswer, Unavailable
from integrations.oauth import Tokens

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any call of ours lasts
PATIENCE = 20.0  # seconds to wait for another process's refresh
LOOK_AGAIN = 0.05  # seconds
USED_EVERY = timedelta(hours=1)  # how exact "last used" is


@dataclass(frozen=True)
class Held:
    """An access token and the version of the row that it came from."""

    access: str = field(repr=False)
    version: int


@dataclass(frozen=True)
class Lease:
    """The right to refresh this version of the row, alone."""

    connection_id: int
    version: int
    provider: str
    refresh: str = field(repr=False)


def held(connection_id: int) -> Held:
    """A token that is good for a call begun now. Raises GrantRevoked, Unavailable."""
    with reading() as tx:
        row = _usable(tx.get(Connection, connection_id))
    now = clock.now()
    if not sealed.is_fresh(row, now):
        return after(connection_id, row.version)
    if row.used_at is None or now - row.used_at >= USED_EVERY:
        _touch(connection_id)
    return _held(row)


def after(connection_id: int, version: int) -> Held:
    """A token newer than `version`, refreshed here or by whoever is at it. Raises GrantRevoked, Unavailable."""
    refuse_in_transaction()
    deadline = time.monotonic() + PATIENCE
    while (found := _lease(connection_id, version)) is None:
        if time.monotonic() > deadline:
            raise Unavailable("The provider is slow to answer just now.")
        time.sleep(LOOK_AGAIN)
    return _held(found) if isinstance(found, Connection) else _refreshed(found)


def lost(connection_id: int, version: int | None = None) -> None:
    """The provider no longer honours this grant (or this version of it): the person has to connect again."""
    with transaction() as tx:
        row = _locked(tx, connection_id)
        if row is not None and version in {None, row.version}:
            _give_up(tx, row)


def _lease(connection_id: int, version: int) -> Connection | Lease | None:
    """The row with a newer token if it has one, else the right to get it, else None: somebody else has that right."""
    with transaction() as tx:
        row = _usable(_locked(tx, connection_id))
        if row.version != version:
            return row
        tokens = _opened(row)
        left_behind = row.leased_until is not None and row.leased_until <= clock.now()
        dead = not tokens.refresh or (left_behind and providers.grant(row.provider).rotates)
        if not dead and row.leased_until is not None and not left_behind:
            return None
        if dead:
            _give_up(tx, row)
        else:
            row.leased_until = clock.now() + LEASE
    if dead:
        raise _connect_again(row.provider)
    return Lease(row.id, version, row.provider, tokens.refresh)


def _refreshed(lease: Lease) -> Held:
    try:
        tokens = grants.refresh(providers.offer(lease.provider), lease.refresh)
    except IntegrationError as error:
        used_up = isinstance(error, LostAnswer) and providers.grant(lease.provider).rotates
        if used_up or isinstance(error, GrantRevoked):
            return _newer_or_lost(lease, error)
        _release(lease)
        raise
    return _stored(lease, tokens)


def _stored(lease: Lease, tokens: Tokens) -> Held:
    """Store before use. When the person connected anew meanwhile, theirs stands."""
    with transaction() as tx:
        row = _usable(_locked(tx, lease.connection_id), or_lost=True)
        if row.version == lease.version:
            put(row, tokens, lease.refresh)
    return _held(row)


def put(row: Connection, tokens: Tokens, old_refresh: str) -> None:
    """Write a grant into its row, as a new version. Google sends no new refresh token: the old one stays."""
    kept = Tokens(tokens.access, tokens.refresh or old_refresh, tokens.lasts, tokens.scopes or row.scopes or "")
    row.sealed, row.scopes = sealed.seal(row, kept), kept.scopes
    row.expires_at = clock.now() + kept.lasts if kept.lasts else None
    row.version += 1
    row.state, row.leased_until, row.used_at = ConnectionState.OK, None, clock.now()


def _newer_or_lost(lease: Lease, error: IntegrationError) -> Held:
    """A refused token may only be an old one: read once more before the person is asked to connect again."""
    lost(lease.connection_id, lease.version)
    with reading() as tx:
        row = tx.get(Connection, lease.connection_id)
    if row is not None and row.state is ConnectionState.OK and row.version != lease.version:
        return _held(row)
    raise _connect_again(lease.provider) from error


def _release(lease: Lease) -> None:
    with transaction() as tx:
        row = _locked(tx, lease.connection_id)
        if row is not None and row.version == lease.version:
            row.leased_until = None


def _give_up(tx: Transaction, row: Connection) -> None:
    """The one way into `reconnect`: the person is told by letter in the same breath, once for each grant they gave."""
    row.leased_until = None
    if row.state is ConnectionState.RECONNECT:
        return
    row.state = ConnectionState.RECONNECT
    links_ahead.say_so(tx, row.person_id, row.provider)
    person = tx.get_one(Person, row.person_id)
    # SQLite gives the id of a row that was deleted to the next one: the time tells them apart.
    key = f"connect_again:{row.id}:{row.created_at.isoformat()}:{row.version}"
    post(tx, "connect_again", person, {"connection_id": row.id}, key)


def _touch(connection_id: int) -> None:
    with transaction() as tx:
        row = _locked(tx, connection_id)
        if row is not None:
            row.used_at = clock.now()


def _locked(tx: Transaction, connection_id: int) -> Connection | None:
    return tx.get(Connection, connection_id, with_for_update=True)


def _usable(row: Connection | None, *, or_lost: bool = False) -> Connection:
    if row is None:
        raise GrantRevoked("This account is no longer connected.")
    if row.state is ConnectionState.RECONNECT and not or_lost:
        raise _connect_again(row.provider)
    return row


def _held(row: Connection) -> Held:
    return Held(_opened(row).access, row.version)


def _opened(row: Connection) -> Tokens:
    """The row's tokens. Where no key of ours opens them, another server's may: the grant is left as it is."""
    tokens = sealed.unseal(row)
    if tokens is None:
        log.error("no key of TOKEN_KEYS opens the grant of connection %s", row.id)
        label = providers.offer(row.provider).provider.label
        raise Unavailable(f"{label} can’t be used on this server just now; whoever runs it needs to look at its keys.")
    return tokens


def _connect_again(provider: str) -> GrantRevoked:
    label = providers.offer(provider).provider.label
    return GrantRevoked(f"{label} no longer lets Alongside in. Connect {label} again.")
