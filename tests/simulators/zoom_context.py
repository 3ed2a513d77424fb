"""The header `x-zoom-app-context`, by which Zoom's client says where our app is open and for whom."""

import base64
import hashlib
import json
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

IV_BYTES = 12
TAG_BYTES = 16


def app_context(payload: dict[str, Any], client_secret: str, iv: bytes = b"", aad: bytes = b"") -> str:
    """The header's value for this payload (`typ`, `uid`, `mid`, `aud`, `iss`, `ts`, `exp`, …; times in milliseconds).

    URL-safe base64 without padding, of: the IV's length (1 byte) and the IV; the length of the additional data (2,
    little-endian) and those; the ciphertext's length (4, little-endian) and it; the tag. AES-256-GCM, keyed by the
    SHA-256 of the client secret.
    """
    iv = iv or secrets.token_bytes(IV_BYTES)
    plain = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    sealed = AESGCM(hashlib.sha256(client_secret.encode()).digest()).encrypt(iv, plain, aad or None)
    text, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    parts = bytes([len(iv)]) + iv + struct.pack("<H", len(aad)) + aad + struct.pack("<i", len(text)) + text + tag
    return base64.urlsafe_b64encode(parts).rstrip(b"=").decode()
