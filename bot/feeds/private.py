"""Addresses that are a key to something: whoever has one reads what was meant for one person."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_NAMES = frozenset({"auth", "authorization", "credential", "credentials", "jwt", "pass", "passwd", "pwd", "pw"})
_NAMES |= {"session", "sessionid", "sid", "sig", "signature"}
_ENDS = ("token", "key", "secret", "password", "passphrase")
_PARTS = re.compile(r"[^a-z0-9]+")
_RANDOM = re.compile(r"[0-9a-fA-F]{32,}")  # 128 bits or more, as of Reddit's and Google's private feeds


def is_private(url: str) -> bool:
    """Whether the address holds a name and password, or an argument that is called or looks like a key.

    A key that is part of a path is not told from a name: podcasts have public ones that look the same.
    """
    try:
        parts = urlsplit(url)
        arguments = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return True  # nobody can say what is in it
    if "@" in parts.netloc:
        return True
    return any(_is_key(name) or _RANDOM.fullmatch(value) for name, value in arguments if value)


def _is_key(name: str) -> bool:
    words = _PARTS.split(name.lower())
    return any(word in _NAMES or word.endswith(_ENDS) for word in words)
