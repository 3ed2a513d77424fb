"""What Zoom's client says of who opened our app, and where: the sealed header `x-zoom-app-context`.

https://developers.zoom.us/docs/zoom-apps/zoom-app-context/; the layout is that of Zoom's own sample
(github.com/zoom/zoomapps-advancedsample-react), as its code was in November 2026.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from integrations.answers import object_in
from integrations.oauth import Client

ISSUER = "marketplace.zoom.us"
TAG = 16  # bytes
LONGEST = 8000  # characters
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AppContext:
    """Who has our app open, as Zoom vouches for it. `user` is their Zoom id, empty for somebody not signed in there.

    `meeting` is the uuid of the call they are in, or empty; `action` what a deep link brought along, for five minutes.
    """

    user: str
    meeting: str
    action: str
    expires_at: datetime


def read(sealed: str, client: Client, now: datetime) -> AppContext | None:
    """What this header says; None where Zoom did not seal it for us, or it is too old, or it can't be read."""
    plain = _opened(_bytes(sealed), client.secret)
    said = object_in(plain) if plain is not None else {}
    expires_at = _moment(said.get("exp"))
    if said.get("aud") != client.id or said.get("iss") != ISSUER or expires_at is None or expires_at <= now:
        return None
    return AppContext(_word(said, "uid"), _word(said, "mid"), _word(said, "act"), expires_at)


def _bytes(sealed: str) -> bytes:
    """Either alphabet of base64, with or without padding. Empty where it is something else."""
    text = sealed.strip().rstrip("=").replace("-", "+").replace("_", "/")
    if len(text) > LONGEST or not text.isascii():
        return b""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _opened(parts: bytes, secret: str) -> bytes | None:
    """The plain text of: length and IV, length and additional data, length and ciphertext, tag. None if that fails."""
    nonce, rest = _cut(parts, 1)
    extra, rest = _cut(rest, 2)
    text, tag = _cut(rest, 4)
    if not nonce or extra is None or not text or len(tag) != TAG:
        return None
    key = hashlib.sha256(secret.encode()).digest()
    try:
        return AESGCM(key).decrypt(nonce, text + tag, extra or None)
    except (InvalidTag, ValueError):  # ValueError: an IV of a length that the cipher does not take
        return None


def _cut(parts: bytes, width: int) -> tuple[bytes | None, bytes]:
    """What the first `width` bytes (little-endian, signed as Zoom's last one is) count, and what follows it."""
    length = int.from_bytes(parts[:width], "little", signed=width == 4)
    if len(parts) < width or not 0 <= length <= len(parts) - width:
        return None, b""
    return parts[width : width + length], parts[width + length :]


def _moment(said: object) -> datetime | None:
    """Milliseconds, unlike in tokens of other vendors."""
    if not isinstance(said, int) or isinstance(said, bool) or not 0 < said < LATEST.timestamp() * 1000:
        return None
    return datetime.fromtimestamp(said / 1000, UTC)


def _word(said: Mapping[str, object], name: str) -> str:
    """A field that should hold a short text; empty when it doesn't."""
    value = said.get(name)
    return value if isinstance(value, str) and len(value) <= 1000 and value.isprintable() else ""
