"""Whether a message in a channel's history is the one we meant to send.

Discord may alter texts and addresses on the way, so what is compared is little: for each entry its link and the letters
of its title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from bot.model import Payload

_TEXT_LINE = re.compile(r"^\*\*(?P<title>.+)\*\*(?: <(?P<url>[^<>\s]+)>)?$", re.MULTILINE)
_COMPARED = 24  # letters of a title; a plainer rendering may cut it shorter than the first did

Identity = tuple[str, str]


def identity_of(payload: Payload) -> tuple[Identity, ...]:
    """For each entry in the payload its link and the letters of its title, in order."""
    return tuple(_identities(payload.embeds, payload.content))


def same_message(payload: Payload, embeds: Sequence[Mapping[str, Any]], content: str = "") -> bool:
    """Whether a message with these embeds and content announces what `payload` does, however plainly either does so."""
    wanted, found = identity_of(payload), tuple(_identities(embeds, content))
    if not wanted and not embeds:  # a note: nothing but its words
        return bool(payload.content) and _folded(payload.content) == _folded(content)
    return bool(wanted) and len(wanted) == len(found) and all(map(_alike, wanted, found))


def _identities(embeds: Sequence[Mapping[str, Any]], content: str) -> Iterator[Identity]:
    for one in embeds:
        yield _address(one.get("url")), _letters(one.get("title"))
    if not embeds:
        for line in _TEXT_LINE.finditer(content):
            yield _address(line["url"]), _letters(line["title"])


def _alike(one: Identity, other: Identity) -> bool:
    (url, title), (other_url, other_title) = one, other
    same_title = title.startswith(other_title) or other_title.startswith(title)
    return url == other_url and same_title and bool(url or (title and other_title))


def _address(url: str | None) -> str:
    return unquote(url or "").strip().rstrip("/").casefold()


def _letters(title: str | None) -> str:
    return _folded(title or "")[:_COMPARED]


def _folded(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
