"""Secrets that travel in letters, derived from the row they open and our key: nothing secret rests in the database."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from companion import config

LEGIBLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter that is read as another."""


class BadLink(Exception):
    """A token that we did not make for this purpose, or that is too old."""


def sign(purpose: str, *values: Any) -> str:
    """A URL-safe token that opens `values` for this purpose alone."""
    return _serializer(purpose).dumps(list(values))


def read(purpose: str, token: str, max_age: timedelta | None = None) -> list[Any]:
    """The values that `sign` was given. Raises BadLink."""
    try:
        values = _serializer(purpose).loads(token, max_age=int(max_age.total_seconds()) if max_age else None)
    except BadSignature as error:
        raise BadLink from error
    if not isinstance(values, list):
        raise BadLink
    return values


def code(purpose: str, *values: Any) -> str:
    """Six digits for typing into another device; the same for the same row and nonce."""
    said = "\x1f".join([purpose, *map(str, values)]).encode()
    digest = hmac.new(config.current().secret_keys[0].encode(), b"code\x1f" + said, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def letters(purpose: str, *values: Any) -> str:
    """Eight letters and digits for typing into another window: too many (2^39) for anybody to guess in minutes."""
    said = "\x1f".join([purpose, *map(str, values)]).encode()
    digest = hmac.new(config.current().secret_keys[0].encode(), b"letters\x1f" + said, hashlib.sha256).digest()
    return "".join(LEGIBLE[byte % len(LEGIBLE)] for byte in digest[:8])


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    # itsdangerous signs with the last key of the list and accepts all of them.
    keys = list(reversed(config.current().secret_keys))
    return URLSafeTimedSerializer(keys, salt=f"alongside/{purpose}", signer_kwargs={"digest_method": hashlib.sha256})
