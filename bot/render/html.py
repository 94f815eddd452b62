"""Reads HTML of any size and depth as a flat run of events, in time linear in its length.

selectolax builds the tree that browsers build. Some of its steps look at the whole stack of open elements, or at all
attributes of a tag: 100,000 nested `<div>` or attributes hold it for more than ten seconds. So bulk, attributes and
depth are taken away first, by a scan that only ever moves forward.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

# What is left after the bulk is gone; a search text of 20,000 characters has rarely half of that in markup.
MOST_HTML = 128_000
_DEEPEST = 200
_LONGEST_LINK_TAG = 4096
_LONGEST_NAME = 64

# Elements whose content nobody reads as text, taken out whole: their content is no markup (HTML 13.2.5.1).
_RAW = ("script", "style", "iframe", "noembed", "noframes", "xmp", "textarea", "title")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE) for name in _RAW}
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
# Their end is implied by the next of their kind, so leaving it out nests nothing.
_SIBLINGS = frozenset(("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option"))
_TAG = re.compile(r"""<(/?)([a-z][^\s/>]*+)((?:[^>=]|=\s*+(?:"[^"]*+"|'[^']*+')|=)*+)>""", re.IGNORECASE)

_ESCAPED_MARKUP = re.compile(
    r"&lt;(?:/(?:p|div|a|b|i|em|strong|span|li|ul|h\d)|br ?/?|img [^&]{1,500})&gt;", re.IGNORECASE
)
_REAL_MARKUP = re.compile(r"<[a-z/!]", re.IGNORECASE)


class Open(NamedTuple):
    tag: str
    href: str | None = None


class Close(NamedTuple):
    tag: str


class Text(NamedTuple):
    text: str


class _Tag(NamedTuple):
    closing: bool
    name: str
    written: str  # without attributes that nobody needs


Event = Open | Close | Text


def events(html: str) -> Iterator[Event]:
    """Elements as they open and close, and the texts between them, in the order of the document.

    Comments, scripts, styles, frames and attributes other than a link's `href` are left out. Where there is no markup
    at all, a line end is a `<br>`.
    """
    # A CDATA section means nothing in HTML; a publisher wrapped one in another.
    html = _unescaped_once(html.replace("<![CDATA[", "").replace("]]>", ""))
    if not _REAL_MARKUP.search(html):
        html = html.strip().replace("\n", "<br>")
    body = LexborHTMLParser(lightened(html)).body
    node = body.first_child if body is not None else None
    depth = 0  # not a comparison with `body`: equality of nodes compares their whole HTML
    while node is not None:
        if node.is_text_node:
            yield Text(node.text_content or "")
        elif node.is_element_node:
            yield _opening(node)
            if node.first_child is not None:
                node, depth = node.first_child, depth + 1
                continue
            yield Close(node.tag or "")
        while node.next is None and depth and node.parent is not None:
            node, depth = node.parent, depth - 1
            yield Close(node.tag or "")
        node = node.next


def lightened(html: str) -> str:
    """The same document without bulk: raw text elements, comments, attributes, and nesting deeper than 200."""
    return "".join(_light_parts(html))


def _light_parts(html: str) -> Iterator[str]:
    is_open: Counter[str] = Counter()
    depth = size = place = 0
    while size < MOST_HTML:
        start = html.find("<", place)
        text = html[place : start if start >= 0 else len(html)][: MOST_HTML - size]
        size += len(text)
        yield text
        if start < 0:
            return
        place, tag = _next_piece(html, start)
        if tag is None:
            continue
        if tag.closing and is_open[tag.name]:
            is_open[tag.name] -= 1
            depth -= 1
        elif not tag.closing and tag.name not in _VOID | _SIBLINGS:
            if depth >= _DEEPEST:
                continue
            is_open[tag.name] += 1
            depth += 1
        size += len(tag.written)
        yield tag.written


def _next_piece(html: str, start: int) -> tuple[int, _Tag | None]:
    """Where to read on after the "<" at `start`, and the tag there, if it is to be kept."""
    following = html[start + 1 : start + 2]
    if following.isascii() and (following.isalpha() or following == "/"):
        match = _TAG.match(html, start)
        if match is not None:
            return _tag(html, match)
    if following in ("!", "?", "/"):
        comment = html.startswith("<!--", start)
        return _after("-->" if comment else ">", html, start + 4 if comment else start), None
    if following.isascii() and following.isalpha():
        return len(html), None  # a tag that never ends takes the rest with it (HTML 13.2.5.32)
    return start + 1, _Tag(False, "wbr", "&lt;")


def _tag(html: str, match: re.Match[str]) -> tuple[int, _Tag | None]:
    closing, name = bool(match[1]), match[2].lower()
    if not closing and name in _RAW_END:
        end_tag = _RAW_END[name].search(html, match.end())
        return (end_tag.end() if end_tag else len(html)), None
    if len(name) > _LONGEST_NAME:
        return match.end(), None
    keep = name == "a" and len(match[0]) <= _LONGEST_LINK_TAG
    return match.end(), _Tag(closing, name, match[0] if keep else f"<{match[1]}{name}>")


def _after(end: str, html: str, start: int) -> int:
    place = html.find(end, start)
    return place + len(end) if place >= 0 else len(html)


def _opening(node: LexborNode) -> Open:
    tag = node.tag or ""
    return Open(tag, node.attributes.get("href") if tag == "a" else None)


def _unescaped_once(html: str) -> str:
    """Markup that a publisher escaped twice, as markup. Not if any real tag is there: then it speaks of markup."""
    if not _ESCAPED_MARKUP.search(html) or _REAL_MARKUP.search(html):
        return html
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        html = html.replace(entity, char)
    return html
