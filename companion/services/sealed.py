"""People's tokens at rest: encrypted with our newest key, readable with all of them, and only in their own row."""

import json
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from companion import config
from companion.model.connections import Connection
from integrations.oauth import Tokens


def seal(row: Connection, tokens: Tokens) -> str:
    """The tokens as cipher text for this row, which already has its id."""
    said = {"row": _name(row), "access": tokens.access, "refresh": tokens.refresh}
    return _keys().encrypt(json.dumps(said).encode()).decode()


def unseal(row: Connection) -> Tokens | None:
    """The row's tokens; None when no key of ours opens them, or when they were sealed for another row."""
    try:
        said = json.loads(_keys().decrypt(row.sealed))
    except InvalidToken:
        return None
    if said["row"] != _name(row):
        return None
    return Tokens(access=said["access"], refresh=said["refresh"], lasts=None, scopes=row.scopes)


def is_newest(row: Connection) -> bool:
    """Whether our newest key alone opens it."""
    try:
        Fernet(config.current().token_keys[0]).decrypt(row.sealed)
    except InvalidToken:
        return False
    return True


def is_fresh(row: Connection, now: datetime) -> bool:
    """Whether the access token outlives a call begun now. An unsaid end counts as far: a 401 tells us otherwise."""
    return row.expires_at is None or (row.expires_at - now).total_seconds() > 60


def _name(row: Connection) -> list[int | str]:
    # Fernet has no associated data, so the row's name goes inside: cipher text copied to another row opens nothing.
    assert row.id is not None
    return [row.id, row.person_id, row.provider, row.account]


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in config.current().token_keys])
