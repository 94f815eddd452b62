"""Whether two addresses, or two documents, are one feed: a channel that follows both would get everything twice."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from bot.feeds.identity import address
from bot.model import Entry

_FEWEST = 2  # entries: one alone may well stand in two feeds
_COMPARED = 10


def same_address(one: str, other: str) -> bool:
    """But for http or https, "www.", a slash at the end, tracking arguments, and how a character is written."""
    return one == other or _spelled(one) == _spelled(other)


def have_the_same(newest_first: Sequence[Entry], others_newest_first: Sequence[Entry]) -> bool:
    """Whether the newest entries of one feed are those of the other, by title and link."""
    count = min(len(newest_first), len(others_newest_first), _COMPARED)
    if count < _FEWEST:
        return False
    ours, theirs = ({_name(one) for one in entries[:count]} for entries in (newest_first, others_newest_first))
    return ours == theirs


def _name(entry: Entry) -> tuple[str, str]:
    return entry.title, address(entry.url or "") or entry.guid or ""


def _spelled(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removesuffix(".").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (UnicodeError, ValueError):
        return url
    return unquote(address(parts._replace(netloc=host + port).geturl())) or url
