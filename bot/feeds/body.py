"""The bytes of an answer, looked at before any parser sees them: compressed, empty, a web page, a feed?"""

from __future__ import annotations

import re
import zlib
from typing import Literal

from bot.errors import ParseError

DECOMPRESSED_LIMIT = 10 * 1024 * 1024

Kind = Literal["xml", "json"]

_SEARCHED = 64 * 1024
_FEED_ROOT = re.compile(rb"<(?:[a-z][\w.-]{0,40}:)?(?:rss|rdf|feed|channel)(?=[\s>/])", re.IGNORECASE)
_XHTML = re.compile(rb'<html\s[^<>]{0,300}xmlns="http://www\.w3\.org/1999/xhtml"')
_ATOM_ROOT = re.compile(rb'<feed\s[^<>]{0,300}xmlns="http://www\.w3\.org/2005/Atom"')
_ANY_ROOT = re.compile(rb"<([a-z][\w.:-]{0,60})", re.IGNORECASE)
# A start tag of 20 kB is a data: picture at best; one with 1,000 attributes holds feedparser for minutes.
_HUGE_TAG = re.compile(rb"<[^<>]{20000,}")
_ATTRIBUTES_LIMIT = 1_000

# C0 controls are illegal in XML 1.0 and turn up in real feeds; without them the strict parser can read on.
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")


def unpacked(body: bytes, url: str) -> bytes:
    """The body, decompressed if it is a gzip stream whose server forgot to say so. Raises ParseError if that fails."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, DECOMPRESSED_LIMIT)
    except zlib.error as error:
        raise ParseError(url, "the document is compressed, and damaged") from error
    if stream.unconsumed_tail:
        raise ParseError(url, "the document is larger than 10 MiB when decompressed")
    if not stream.eof:
        raise ParseError(url, "the document is compressed, and damaged")
    return plain


def unwrapped(body: bytes) -> bytes:
    """The Atom document that somebody put whole into an XHTML page; anything else as it is.

    Only where the page declares itself XML and the feed its namespace: a page that shows a feed's source is no feed.
    """
    if not body.lstrip().startswith(b"<?xml") or not _XHTML.search(body[:_SEARCHED]):
        return body
    start, end = _ATOM_ROOT.search(body[:_SEARCHED]), body.rfind(b"</feed>")
    return body[start.start() : end + len(b"</feed>")] if start and end > start.start() else body


def kind_of(body: bytes, url: str) -> Kind:
    """Which reader a text in UTF-8 is for. Raises ParseError, naming what came instead, if it is plainly no feed."""
    start = body[:_SEARCHED]
    bare = start.lstrip(b" \t\r\n\x00")
    if not bare:
        raise ParseError(url, "the answer was empty")
    if bare[:1] in b"{[":
        return "json"
    if bare.startswith(b"%PDF"):
        raise ParseError(url, "that is a PDF, not a feed")
    check_xml(start, url)
    return "xml"


def check_xml(text: bytes, url: str) -> None:
    """Raises ParseError unless an ASCII-compatible text begins like an RSS, RDF or Atom document."""
    start = _after_preamble(text[:_SEARCHED])
    root = _ANY_ROOT.search(start)
    if root and root[1].lower() in {b"html", b"head", b"body"}:
        raise ParseError(url, "that is a web page, not a feed")
    if not _FEED_ROOT.search(start):
        raise ParseError(url, "that is not a feed")


def _after_preamble(text: bytes) -> bytes:
    """The text without the comments and processing instructions that it begins with."""
    place = 0
    while True:
        place += len(text) - place - len(text[place:].lstrip())
        for opener, closer in ((b"<!--", b"-->"), (b"<?", b"?>")):
            if text.startswith(opener, place) and (end := text.find(closer, place)) >= 0:
                place = end + len(closer)
                break
        else:
            return text[place:]


def check_tags(text: bytes, url: str) -> None:
    """Raises ParseError for a tag that is made to keep a parser busy (hostile input, never a real feed)."""
    for tag in _HUGE_TAG.finditer(text):
        if text.count(b"=", tag.start(), tag.end()) > _ATTRIBUTES_LIMIT:
            raise ParseError(url, "a tag in the document has too many attributes")
