"""What only its guild may read is encrypted before it reaches the disk. The key is not on the disk beside it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import FetchError, SetupError
from bot.model import Access, Login

HOW_TO_MAKE_ONE = "Make one with: openssl rand -base64 32"
KEY_BYTES = 32
MARK_BYTES = 8


class KeyVault:
    """Implements `ports.Vault` with Fernet: AES-128 in CBC mode, and an HMAC that tells a wrong key from a right one.

    The first key encrypts, each of them decrypts, so that a key can be replaced.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are 32 bytes each in base64, plain or URL-safe. Raises SetupError, which repeats none of them."""
        raw = [_bytes_of(key) for key in keys]
        if not raw:
            raise SetupError("HERALD_SECRET_KEY is empty.", HOW_TO_MAKE_ONE)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in raw])
        self._mark_key = hmac.digest(raw[0], b"herald: marks of private addresses", "sha256")

    def seal(self, access: Access) -> bytes:
        login = [access.login.header, access.login.value] if access.login else None
        return self._fernet.encrypt(json.dumps({"url": access.url, "login": login}).encode())

    def open(self, sealed: bytes, *, name: str) -> Access:
        try:
            kept = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise FetchError(name, "its login was encrypted with another key (HERALD_SECRET_KEY)") from None
        login = Login(header=kept["login"][0], value=kept["login"][1]) if kept["login"] else None
        return Access(url=kept["url"], login=login)

    def mark(self, guild_id: int, url: str) -> str:
        whole = hmac.digest(self._mark_key, f"{guild_id} {url}".encode(), hashlib.sha256)
        return whole[:MARK_BYTES].hex()


def _bytes_of(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise SetupError("HERALD_SECRET_KEY is no key: it has to be 32 bytes in base64.", HOW_TO_MAKE_ONE)
    return raw
