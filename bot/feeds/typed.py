"""What a person types where an address is asked for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from bot.errors import UsageError
from bot.feeds.shorthand import expanded

TYPED_LIMIT = 2_000  # characters; browsers and servers give up soon after

_DISCORD = re.compile(r"(?:[\w-]+\.)?discord(?:app)?\.com", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?!\d{1,5}(?:[/?#]|$))", re.IGNORECASE)
_NO_ADDRESS = "That is not an address. Try one like https://example.org/feed.xml."


def normalise(typed: str) -> str:
    """The http(s) URL that was meant. Raises UsageError, with one line for the person, for anything else.

    One spelling for one address: scheme and host in lower case, no default port, no fragment, at least the path "/".
    """
    if len(typed) > 2 * TYPED_LIMIT:
        raise UsageError(f"That address is too long: {TYPED_LIMIT} characters are the most.")
    text = expanded(typed)
    if text in {"", "<>"}:
        raise UsageError("Give the address of a feed or of a web page, like https://example.org/feed.xml.")
    if len(text) > TYPED_LIMIT:
        raise UsageError(f"That address is too long: {TYPED_LIMIT} characters are the most.")
    if text.startswith(("@", "<@", "<#", "#", "&")) or re.fullmatch(r"[@#&]?[!&]?\d{15,20}>?", text):
        raise UsageError("That is a mention, not an address. Give the address of a feed or of a web page.")
    if any(character.isspace() or not character.isprintable() for character in text) or "\\" in text:
        raise UsageError("That address holds blanks or characters that no address has.")
    url = _with_scheme(text)
    return _rebuilt(url, any_host=url == text)


def _with_scheme(text: str) -> str:
    if text.startswith("//"):
        return "https:" + text
    scheme = _SCHEME.match(text)
    if scheme is None:
        return "https://" + text
    if scheme[1].lower() not in {"http", "https"} or not text[scheme.end() :].startswith("//"):
        raise UsageError("Only addresses that begin with http:// or https:// can be followed.")
    return text


def _rebuilt(url: str, *, any_host: bool) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(_NO_ADDRESS) from error
    # "hello" is a word, "http://intranet/feed" an address; whether it may be dialled is the guard's to say.
    if not _is_host(host) or not (any_host or {".", ":"} & set(host) or host == "localhost"):
        raise UsageError(_NO_ADDRESS)
    if host == "discord.gg" or (_DISCORD.fullmatch(host) and parts.path.startswith(("/channels/", "/invite/"))):
        raise UsageError("That is a link to Discord, not to a feed or a web page.")
    scheme = parts.scheme.lower()
    user = parts.netloc.rpartition("@")[0]
    netloc = (user + "@" if user else "") + (f"[{host}]" if ":" in host else host)
    if port is not None and port != {"http": 80, "https": 443}[scheme]:
        netloc += f":{port}"
    return urlunsplit((scheme, netloc, parts.path or "/", parts.query, ""))


def _is_host(host: str) -> bool:
    if ":" in host:  # IPv6; urlsplit took the brackets off
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(re.fullmatch(r"(?!-)[\w-]{1,63}(?<!-)", label) for label in labels)
