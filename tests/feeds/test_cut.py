"""The short way through a document gives what the long way gives, or is not taken."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.errors import ParseError
from bot.feeds.cut import cut
from bot.feeds.decide import decide
from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedItem
from tests.feeds.corpus import WHERE, RealFeed, entries_of, parsed, real_feeds
from tests.material import OPEN_FEEDS, needs

FEEDS = [feed for feed in real_feeds() if feed.file.endswith(".xml")]
CUT = [feed for feed in FEEDS if cut(feed.body)]
NOW = datetime(2026, 5, 13, tzinfo=UTC)

PLAIN = (
    b"<rss version='2.0'><channel><title>t</title>\n"
    b"<item><guid>1</guid></item>\n<item><guid>2</guid></item></channel></rss>"
)


def nameless(items: Iterable[ParsedItem]) -> list[ParsedItem]:
    """Aliases depend on the whole document, so they are compared by what decide makes of them."""
    return [replace(item, aliases=()) for item in items]


def test_a_plain_document_is_cut_and_its_pieces_are_the_document() -> None:
    pieces = cut(PLAIN)
    assert pieces is not None
    assert pieces.items == (b"<item><guid>1</guid></item>", b"<item><guid>2</guid></item>")
    assert pieces.reduced(set(pieces.fingerprints)) is None
    assert pieces.reduced({pieces.fingerprints[0]}) == PLAIN.replace(b"<item><guid>1</guid></item>\n", b"")


REFUSED = {
    "an item in CDATA": PLAIN.replace(b"<guid>1", b"<guid><![CDATA[<item>]]>1"),
    "an item in a comment": PLAIN.replace(b"<guid>1", b"<!-- </item> --><guid>1"),
    "an item in an item": PLAIN.replace(b"<guid>1</guid>", b"<item/>"),
    "an empty item": PLAIN.replace(b"<item><guid>1</guid></item>", b"<item/>"),
    "a title between items": PLAIN.replace(b"</item>\n", b"</item><title>t</title>"),
    "capitals": PLAIN.replace(b"<item><guid>1</guid></item>", b"<ITEM><guid>1</guid></ITEM>"),
    "a prefix": PLAIN.replace(b"<item><guid>1</guid></item>", b"<x:item xmlns:x='y'></x:item>"),
    "broken XML": PLAIN.replace(b"</channel>", b""),
    "an undeclared prefix": PLAIN.replace(b"<guid>1", b"<x:y/><guid>1"),
    "a document type": b"<!DOCTYPE rss>" + PLAIN,
    "UTF-16": PLAIN.decode().encode("utf-16"),
    "Latin-1": PLAIN.replace(b"<guid>1", b"<guid>\xfc"),
    "a stateful encoding": b"<?xml version='1.0' encoding='iso-2022-jp'?>" + PLAIN,
    "no items": b"<rss><channel/></rss>",
    "HTML": b"<html><body>item</body></html>",
    "nothing": b"",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_not_plainly_cut_is_not_cut(body: bytes) -> None:
    assert cut(body) is None


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "unit", [b"<item>", b"<item ", b"<![CDATA[", b"<!--", b"<?", b"<", b"</item>", b"<item></item>"]
)
def test_hostile_bytes_take_no_longer_than_others(unit: bytes) -> None:
    cut(b"<rss><channel>" + unit * (500_000 // len(unit)))


@needs(OPEN_FEEDS)
def test_most_real_feeds_can_be_cut() -> None:
    assert len(CUT) > 0.6 * len(FEEDS)


@pytest.mark.parametrize("feed", CUT, ids=lambda feed: feed.file)
def test_the_unseen_items_of_a_real_feed_are_read_as_in_the_whole(feed: RealFeed) -> None:
    pieces, whole = cut(feed.body), parsed(feed.file)
    assert pieces is not None
    assert len(pieces.items) == len(whole.items)
    for place in {0, len(whole.items) // 2, len(whole.items) - 1}:
        known = {fingerprint for position, fingerprint in enumerate(pieces.fingerprints) if position != place}
        document = pieces.reduced(known)
        if document is None:  # a true repetition: its twin is known
            continue
        short = parse(document, url=WHERE)
        assert nameless(short.items) == nameless([whole.items[place]])
        assert short.facts == whole.facts


@pytest.mark.parametrize("feed", CUT, ids=lambda feed: feed.file)
def test_both_ways_decide_the_same(feed: RealFeed) -> None:
    """All but the first item were polled before. Where the short way finds a known entry it is not taken."""
    pieces, whole = cut(feed.body), parsed(feed.file)
    assert pieces is not None
    if len(pieces.items) < 2 or pieces.fingerprints[0] in pieces.fingerprints[1:]:
        return
    before = parse(pieces.reduced({pieces.fingerprints[0]}) or b"", url=WHERE)
    seen = decide(b"", entries_of(before), first_poll=True, now=NOW).seen
    long = decide(seen, entries_of(whole), first_poll=False, now=NOW)
    short = parse(pieces.reduced(set(pieces.fingerprints[1:])) or b"", url=WHERE)
    quick = decide(seen, entries_of(short), first_poll=False, now=NOW, document_size=len(pieces.items))
    if quick.known == 0:
        assert [(entry.guid, entry.title, entry.url) for entry in quick.new] == [
            (entry.guid, entry.title, entry.url) for entry in long.new
        ]
    else:
        assert len(long.new) <= 1


@pytest.mark.parametrize("feed", [feed for feed in CUT if len(feed.body) < 30_000], ids=lambda feed: feed.file)
def test_a_mutated_feed_that_is_cut_reads_the_same_both_ways(feed: RealFeed) -> None:
    chance = random.Random(zlib.crc32(feed.body))
    scraps = [
        b"<item>",
        b"</item>",
        b"<![CDATA[<b>",
        b"]]>",
        b"<!--",
        b"-->",
        b"<entry/>",
        b"&lt;item&gt;",
        b"x",
        b"<b/>",
    ]
    for _ in range(12):
        body = bytearray(feed.body)
        place = chance.randrange(len(body))
        body[place : place + chance.choice([0, 0, 1, 30])] = chance.choice(scraps)
        pieces = cut(bytes(body))
        if pieces is None:
            continue
        try:
            whole = parse(bytes(body), url=WHERE)
        except ParseError:
            continue
        assert len(pieces.items) == len(whole.items)
        kept = chance.randrange(len(pieces.items))
        document = pieces.reduced({f for at, f in enumerate(pieces.fingerprints) if at != kept})
        if document is not None:
            assert nameless(parse(document, url=WHERE).items) == nameless([whole.items[kept]])
