"""A document's bytes become entries: the one entry point for every format.

`parse` is pure and may take seconds on hostile bytes; it runs in a worker process that can be killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.feeds.atom_rss import read_feed
from bot.feeds.body import kind_of, unpacked, unwrapped
from bot.feeds.encoding import recoded
from bot.feeds.identity import with_aliases
from bot.feeds.jsonfeed import read_json_feed
from bot.feeds.parsed import ParsedDocument, ParsedItem

ITEMS_LIMIT = 5_000


def parse(body: bytes, *, url: str, content_type: str = "") -> ParsedDocument:
    """The document's facts and items, in its own order. Raises ParseError, with a reason for people, if it is no feed.

    `url` is where the document was found in the end; relative addresses fall back on it.
    """
    text, misnamed = recoded(unpacked(body, url), content_type)
    text = unwrapped(text)
    document = read_json_feed(text, url=url) if kind_of(text, url) == "json" else read_feed(text, url=url)
    items, problems = _newest(document.items), document.problems
    if misnamed:
        problems += (misnamed,)
    if len(items) < len(document.items):
        problems += (f"{len(document.items)} entries in one document: the newest {ITEMS_LIMIT} were read",)
    return replace(document, items=with_aliases(items, site=document.facts.link), problems=problems)


def _newest(items: Sequence[ParsedItem]) -> Sequence[ParsedItem]:
    if len(items) <= ITEMS_LIMIT:
        return items
    dated = [item.published_at for item in items if item.published_at]
    oldest_first = len(dated) > 1 and dated[0] < dated[-1]
    return items[-ITEMS_LIMIT:] if oldest_first else items[:ITEMS_LIMIT]
