"""What the worker makes of a document, and that the short way through it ends where the long one does."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseError, UsageError
from bot.feeds.cut import cut
from bot.feeds.discover import Candidate
from bot.feeds.opml import Outline, write_opml
from bot.model import Reading
from bot.reading.reader import WorkerReader, read, read_unseen
from tests.feeds.corpus import WHERE, RealFeed, real_feeds
from tests.material import OPEN_FEEDS, needs
from tests.reading.both_ways import NOW, assert_both_ways_agree


def test_a_relative_link_in_a_text_leads_where_the_document_says() -> None:
    body = b"""<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://base.example/dir/'><title>t</title>
    <entry><id>1</id><title>a</title><link href='https://elsewhere.example/post'/>
    <content type='html'>&lt;p>see &lt;a href="more">this&lt;/a>&lt;/p></content></entry></feed>"""
    [entry] = read(body, url="https://feeds.example/atom").entries
    assert "https://base.example/dir/more" in entry.summary


# --- The short way ---------------------------------------------------------------------------------------------


def document(*items: str, head: str = "") -> bytes:
    head += "<lastBuildDate>earlier</lastBuildDate><!-- made in 9 ms -->"
    body = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>t</title><link>http://a.b/</link>{head}{body}</channel></rss>".encode()


ONE, TWO, THREE = (f"<guid>{n}</guid><title>t{n}</title><link>http://a.b/{n}</link>" for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("second", "is_short"),
    [
        (document(ONE, TWO), True),
        (document(TWO, ONE).replace(b"9 ms", b"3 ms").replace(b"earlier", b"now"), True),
        (document(THREE, TWO), True),
        (document(THREE.replace("http://a.b/3", "http://a.b/1"), ONE), False),
        (document(THREE.replace(">3<", ">1<"), ONE), False),
        (document(ONE, TWO, head="<language>de</language>"), False),
        (document(ONE, TWO).replace(b"http://a.b/</", b"http://c.d/</"), False),
        (document(ONE, TWO).replace(b"<rss", b"<rss xml:base='http://c.d/'"), False),
    ],
    ids=["same", "order and clock", "one new", "a link shared", "a guid shared", "language", "site", "base"],
)
def test_the_short_way_is_taken_where_the_rest_cannot_matter(second: bytes, is_short: bool) -> None:
    first = read_unseen(document(ONE, TWO), b"", url=WHERE)
    assert not first.partial
    assert read_unseen(second, first.recalled, url=WHERE).partial == is_short
    assert_both_ways_agree([document(ONE, TWO), second, document(THREE)])


def test_nothing_unseen_is_read_without_parsing() -> None:
    first = read_unseen(document(ONE, TWO), b"", url=WHERE)
    again = read_unseen(document(TWO, ONE), first.recalled, url=WHERE)
    assert again == Reading(feed=None, partial=True, document_size=2, recalled=first.recalled)


@pytest.mark.parametrize("recalled", [b"", b"x", b"x" * 8, bytes(40), b"\xff" * 41, b"\xff" * 40])
def test_a_damaged_memory_costs_a_parse_and_nothing_else(recalled: bytes) -> None:
    reading = read_unseen(document(ONE), recalled, url=WHERE)
    assert reading.feed is not None
    assert not reading.partial


def test_another_address_or_label_is_another_document() -> None:
    first = read_unseen(document(ONE), b"", url=WHERE)
    assert not read_unseen(document(ONE), first.recalled, url=WHERE + "?page=2").partial
    assert not read_unseen(document(ONE), first.recalled, url=WHERE, content_type="text/xml; charset=x").partial


few = st.sampled_from(["", "1", "2", "3"])
items = st.builds(
    lambda guid, title, link, day, text: (
        (f"<guid>{guid}</guid>" if guid else "")
        + f"<title>{title}</title>"
        + (f"<link>http://a.b/{link}</link>" if link else "")
        + (f"<pubDate>0{day} May 2026 10:00:00 GMT</pubDate>" if day else "")
        + text
    ),
    guid=few | st.sampled_from(["http://a.b/1", "https://a.b/1"]),
    title=few,
    link=few,
    day=few,
    text=st.sampled_from(["", "<description>x</description>", " "]),
)
documents = st.builds(
    lambda items, head: document(*items, head=head),
    st.lists(items, max_size=6),
    st.sampled_from(["", "<pubDate>today</pubDate>", "<language>en</language>"]),
)


@given(st.lists(documents, min_size=2, max_size=5))
def test_the_short_way_ends_where_the_long_one_does(followed: list[bytes]) -> None:
    assert_both_ways_agree(followed)


CUT = [feed for feed in real_feeds() if feed.file.endswith(".xml") and cut(feed.body)]
SMALL = [feed for feed in CUT if len(feed.body) < 40_000]


def grown(feed: RealFeed, chance: random.Random) -> list[bytes]:
    """A history that ends with the real document: items come, go and return, are edited, doubled and reordered."""
    pieces = cut(feed.body)
    assert pieces is not None
    history = []
    for size in (len(pieces.items) // 2, len(pieces.items) - 1, len(pieces.items)):
        items = list(pieces.items[-size:] if size else pieces.items)
        if chance.random() < 0.4:
            chance.shuffle(items)
        if chance.random() < 0.4:
            items.append(chance.choice(items).replace(b"title>", b"title>x", 1))
        if chance.random() < 0.4:
            items.insert(0, re.sub(rb"(?<=/)[a-z]+(?=<)", b"moved", chance.choice(items), count=1))
        history.append(b"".join((pieces.head, *items, pieces.tail)))
    return [*history, feed.body]


@pytest.mark.parametrize("feed", SMALL, ids=lambda feed: feed.file)
def test_both_ways_agree_on_real_feeds_with_a_history(feed: RealFeed) -> None:
    assert_both_ways_agree(grown(feed, random.Random(zlib.crc32(feed.body))))


@needs(OPEN_FEEDS)
def test_one_new_entry_of_a_real_feed_is_mostly_read_alone() -> None:
    """Where it is not, entries share a link. A feed of one entry had none to compare with."""
    short = single = 0
    for feed in SMALL:
        pieces = cut(feed.body)
        assert pieces is not None
        single += len(pieces.items) == 1
        before = read_unseen(b"".join((pieces.head, *pieces.items[1:], pieces.tail)), b"", url=WHERE)
        short += read_unseen(feed.body, before.recalled, url=WHERE).partial
    assert short >= 0.9 * (len(SMALL) - single)


# --- Through the worker ------------------------------------------------------------------------------------------


@pytest.fixture
async def reader() -> AsyncIterator[WorkerReader]:
    reader = WorkerReader(workers=1)
    yield reader
    await reader.close()


async def test_the_worker_reads_as_this_process_would(reader: WorkerReader) -> None:
    body = document(ONE, TWO)
    assert await reader.read(body, url=WHERE) == read(body, url=WHERE)
    first = await reader.read_unseen(body, b"", url=WHERE)
    assert first == read_unseen(body, b"", url=WHERE)
    more = document(THREE, ONE, TWO)
    assert await reader.read_unseen(more, first.recalled, url=WHERE) == read_unseen(more, first.recalled, url=WHERE)
    page = b"<html><link rel=alternate type='application/rss+xml' href='/feed' title=News></html>"
    assert await reader.discover(page, url="http://a.b/") == (
        Candidate(url="http://a.b/feed", title="News", kind="rss"),
    )
    page = b"<meta property=og:image content=/a.jpg>"
    assert await reader.picture(page, url="http://a.example/story") == "http://a.example/a.jpg"
    assert await reader.picture(b"<p>none", url="http://a.example/story") is None


async def test_a_list_of_feeds_is_read_in_the_worker(reader: WorkerReader) -> None:
    outline = Outline(url="https://a.example/", title="A", folders=("News",), channel_id=2**63, style="title")
    assert (await reader.outlines(write_opml([outline], title="Mine", now=NOW))).outlines == (outline,)
    with pytest.raises(UsageError, match="defines entities"):
        await reader.outlines(b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>')


async def test_a_refusal_comes_with_its_reason(reader: WorkerReader) -> None:
    for ask in (reader.read(b"%PDF-1.4", url=WHERE), reader.read_unseen(b"%PDF-1.4", b"", url=WHERE)):
        with pytest.raises(ParseError, match="a PDF") as refusal:
            await ask
        assert refusal.value.url == WHERE
