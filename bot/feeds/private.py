"""Addresses that are a key to something: whoever has one reads what was meant for one person."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.errors import UsageError
from bot.feeds.login import basic
from bot.model import Access, Login

_NAMES = frozenset({"auth", "authorization", "credential", "credentials", "jwt", "pass", "passwd", "pwd", "pw"})
_NAMES |= {"session", "sessionid", "sid", "sig", "signature", "hmac", "otp", "ticket"}
_ENDS = ("token", "key", "secret", "password", "passphrase")
_PARTS = re.compile(r"[^a-z0-9]+")
_STAND_IN = re.compile(r"private-[0-9a-f]+")
_RANDOM = re.compile(r"[0-9a-fA-F]{32,}")  # 128 bits or more, as of Reddit's and Google's private feeds


def is_private(url: str) -> bool:
    """Whether the address holds a name and password, or an argument that is called or looks like a key; or stands in
    for one that does.

    A key that is part of a path is not told from a name: podcasts have public ones that look the same.
    """
    try:
        parts = urlsplit(url)
        arguments = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return True  # nobody can say what is in it
    if "@" in parts.netloc or _STAND_IN.fullmatch(parts.fragment):
        return True
    return any(is_key(name, value) for name, value in arguments)


def is_key(name: str, value: str) -> bool:
    """Whether an argument of an address is called or looks like a key. One without a value may be a key by itself."""
    if not value:
        return _RANDOM.fullmatch(name) is not None
    words = _PARTS.split(name.lower())
    return any(word in _NAMES or word.endswith(_ENDS) for word in words) or _RANDOM.fullmatch(value) is not None


def access_of(url: str, login: Login | None = None, *, private: bool = False) -> Access | None:
    """What it takes to read the feed, a name and password taken out of its address; None: anybody may,
    unless somebody says that it is `private`.

    `url` as feeds/typed gives it. Raises UsageError for a login that would be sent where others can read it.
    """
    if login is None and not private and not is_private(url):
        return None
    parts = urlsplit(url)
    userinfo, at, place = parts.netloc.rpartition("@")
    if at and login is None:
        name, _, password = userinfo.partition(":")
        login = basic(unquote(name), unquote(password))
    if login is not None and parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise UsageError(
            "I send a login only over https: with http everybody on the way could read it. "
            "Try the same address with https."
        )
    return Access(url=parts._replace(netloc=place).geturl(), login=login)


def stand_in(url: str, mark: str) -> str:
    """What a private feed is stored and named by: its host, and a `mark` (hexadecimal) that tells it from others
    there. No followed address is the same: feeds/typed takes fragments away."""
    parts = urlsplit(url)
    return parts._replace(
        netloc=parts.netloc.rpartition("@")[2], path="/", query="", fragment=f"private-{mark}"
    ).geturl()


def without_keys(url: str) -> str:
    """The address without a login and without arguments: enough to resolve links against."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _is_near(host: str) -> bool:
    """This machine or a private network: the guard dials neither unless who runs Herald allows it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False
