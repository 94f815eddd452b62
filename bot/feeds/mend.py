"""XML that is not well-formed, mended where what was meant is plain, so that a strict parser can read it after all.

Most of what breaks is a bare "&", an entity of HTML that XML does not know, a reference to a control character, or a
blank line before the declaration. Everything here is linear, for the bytes may be hostile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.entities import html5

ENTITIES_READ = 300  # HTML 4 has 252
GROWTH_LIMIT = 1 << 20  # bytes that all references to one entity may come to
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*>\s*")
_XML_NAMES = {b"amp", b"lt", b"gt", b"quot", b"apos"}
# What an "&" means nothing in comes first; if it never ends it goes to the end.
_REFERENCE = re.compile(
    rb"<!\[CDATA\[(?:.*?\]\]>|.*)|<!--(?:.*?-->|.*)"
    rb"|&(?:#(?:[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<decimal>\d{1,10}));?|(?P<name>[A-Za-z]\w{0,40});)?",
    re.DOTALL,
)
# Text or one character; an entity of entities is how a billion laughs begin.
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(rb"""<!ENTITY\s+(\w{1,40})\s+(["'])(&#\w{1,8};|[^&%<"']{0,100})\2\s*>""")
_PREFIXED = re.compile(rb"<(rss|atom):(?:channel|feed|item|entry)[\s>]")


def redeclared(text: bytes) -> tuple[bytes, bool]:
    """The text under a declaration that is true of it, and whether its own one was where it belongs, if it had any."""
    own = _DECLARATION.match(text)
    rest = text[own.end() :] if own else text
    return DECLARATION + rest, not (own and own[0][:1].isspace())


def without_doctype(text: bytes) -> tuple[bytes, dict[str, str]]:
    """The text without its document type, and the plain entities declared there: name -> text, or one reference.

    A parser that sees a document type which it may not fetch drops every entity that it does not know, in silence.
    """
    root = re.search(rb"<\w", text)
    end = root.start() if root else 0
    start = text[:end].upper().find(b"<!DOCTYPE")
    found = _DOCTYPE.match(text, start, end) if start >= 0 else None
    if found is None:
        return text, {}
    plain = {
        name.decode(): value.decode()
        for name, _, value in _ENTITY.findall(found[0])[:ENTITIES_READ]
        if text.count(b"&%s;" % name) * len(value) <= GROWTH_LIMIT
    }
    return text[: found.start()] + text[found.end() :], plain


def mended(text: bytes, entities: Mapping[str, str]) -> bytes:
    """The text with references that every parser knows; `entities` are what `without_doctype` found."""

    def known(found: re.Match[bytes]) -> bytes:
        if found[0][:1] != b"&":
            return found[0]
        if found["hex"] or found["decimal"]:
            code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
            return b"&#%d;" % code if _is_legal(code) else b""
        if found["name"] is None:
            return b"&amp;"
        if found["name"] in _XML_NAMES:
            return found[0]
        name = found["name"].decode()
        if name in entities:
            return entities[name].replace(">", "&gt;").encode()
        characters = html5.get(f"{name};")
        return b"".join(b"&#%d;" % ord(one) for one in characters) if characters else b"&amp;" + found[0][1:]

    return _REFERENCE.sub(known, text)


def _is_legal(code: int) -> bool:
    """Whether XML 1.0 2.2 allows a reference to it: not to controls, surrogates, and what is beyond Unicode."""
    return code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def unprefixed(text: bytes) -> bytes:
    """The text without an "rss:" or "atom:" before its tags that was never declared."""
    found = _PREFIXED.search(text)
    if found is None or b"xmlns:" + found[1] in text:
        return text
    return re.sub(rb"(</?)" + found[1] + rb":(?=\w)", rb"\1", text)
