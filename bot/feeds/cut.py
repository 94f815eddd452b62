"""Cutting a document into its items without parsing it, so that only the unseen ones need be read.

feedparser takes 20 to 65 ms for a document of 50 entries; cutting and hashing it takes one (perf.md 2). The short way:

    cut -> every fingerprint known: nothing is new
        -> some are not: parse `reduced(known)`, unless recall.py finds that the others may change what it says

Only what is plainly cut is cut: anything odd gives None and is parsed in full. The bytes may be hostile; everything
here is linear.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from xml.parsers import expat

from bot.feeds.encoding import DECLARED

_TOKEN = re.compile(rb"<!\[CDATA\[|<!--|<\?|<(?P<end>/?)(?P<name>item|entry)(?=[\s/>])(?P<rest>[^<>]*)>")
_CLOSERS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_ITEM_LIKE = re.compile(rb"<\s*/?\s*(?:[\w.-]+:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
# In these "<" is always 0x3C, and what is no UTF-8 was refused already.
_PLAIN_ENCODINGS = re.compile(rb"(?:utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d|latin-?1)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cut:
    """A document in pieces: joined they are the document. `fingerprints` are those of `items`, in their order."""

    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    fingerprints: tuple[int, ...]

    def reduced(self, known: Container[int]) -> bytes | None:
        """The document with only the items whose fingerprint is not in `known`; None if it is in all cases."""
        unseen = [
            item for item, fingerprint in zip(self.items, self.fingerprints, strict=True) if fingerprint not in known
        ]
        return b"".join((self.head, *unseen, self.tail)) if unseen else None


def cut(body: bytes) -> Cut | None:
    """The document in pieces, or None if it is not plainly made of items one after the other."""
    if not _is_plain(body):
        return None
    spans = _item_spans(body)
    if not spans or not _is_well_formed(body):
        return None
    items = tuple(body[start:end] for start, end in spans)
    fingerprints = tuple(_fingerprint(item) for item in items)
    return Cut(body[: spans[0][0]], items, body[spans[-1][1] :], fingerprints)


def _is_plain(body: bytes) -> bool:
    if b"\x00" in body or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return False
    declared = DECLARED.search(body[:400])
    if declared and not _PLAIN_ENCODINGS.fullmatch(declared[1]):
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _item_spans(body: bytes) -> list[tuple[int, int]]:
    """Where each item begins and ends; empty if they nest, differ in name, or have anything but blanks between them."""
    tags = list(_tags(body))
    # What looks like an item to a lenient parser but not to this one (prefixes, capitals, CDATA) makes the cut unsafe.
    if len(tags) % 2 or len(tags) != len(_ITEM_LIKE.findall(body)) or len({tag["name"] for tag in tags}) > 1:
        return []
    spans: list[tuple[int, int]] = []
    for opening, closing in zip(tags[::2], tags[1::2], strict=True):
        if opening["end"] or not closing["end"] or opening["rest"].endswith(b"/"):
            return []
        if spans and body[spans[-1][1] : opening.start()].strip():
            return []
        spans.append((opening.start(), closing.end()))
    return spans


def _tags(body: bytes) -> Iterator[re.Match[bytes]]:
    """Start and end tags of items, those in CDATA, comments and instructions left out."""
    place = 0
    while token := _TOKEN.search(body, place):
        place = token.end()
        if token["name"] is not None:
            yield token
        elif (place := body.find(_CLOSERS[token[0]], place)) < 0:
            return


def _is_well_formed(body: bytes) -> bool:
    """Of broken XML feedparser makes what it can, and of a part of it perhaps something else."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True


def _fingerprint(item: bytes) -> int:
    return int.from_bytes(blake2b(item, digest_size=8).digest(), "little", signed=True)
