"""Eighty real feeds against facts about them: counts, titles, and everything about the first entry."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest

from bot.feeds.parse import parse
from bot.feeds.parsed import ParsedDocument
from tests.feeds.corpus import WHERE, RealFeed, parsed, real_feeds
from tests.material import OPEN_FEEDS, SEED, needs

FEEDS = real_feeds()

# Three may be refused by their facts, and are read all the same: their facts say what must be in them, not everything.
REFUSED_BY_OTHERS = {"dupcontent-avian.xml", "dylanharris-broken.xml", "scripting-rssjson.json"}
READ = [feed for feed in FEEDS if feed.file not in REFUSED_BY_OTHERS]
READ_EXACTLY = [feed for feed in FEEDS if not feed.may_be_refused]

pytestmark = needs(OPEN_FEEDS)


def each(feeds: list[RealFeed]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("feed", feeds, ids=lambda feed: feed.file)


def stamp(when: datetime | None) -> str | None:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def test_all_eighty_are_there() -> None:
    assert len(FEEDS) == 80


@pytest.mark.parametrize(
    ("file", "format_", "entries"),
    [
        ("dupcontent-avian.xml", "atom1.0", 10),
        ("dylanharris-broken.xml", "rss", 35),
        ("scripting-rssjson.json", "rss-in-json", 50),
    ],
)
def test_what_others_refuse_is_read(file: str, format_: str, entries: int) -> None:
    """An Atom document inside an XHTML page, RSS under a prefix that is nowhere declared, and RSS written as JSON."""
    document = parsed(file)
    assert (document.facts.format, len(document.items)) == (format_, entries)


@each(READ_EXACTLY)
def test_every_entry_is_read(feed: RealFeed) -> None:
    assert len(parsed(feed.file).items) == feed.expected["entries"]


@each(READ)
def test_the_format_is_recognised(feed: RealFeed) -> None:
    assert parsed(feed.file).facts.format == feed.format.rstrip("?")


@each(READ)
def test_the_feed_has_its_title(feed: RealFeed) -> None:
    written = feed.expected["feed_title"] or ""
    read = parsed(feed.file).facts.title
    if feed.file == "lefigaro-dupguid.xml":  # encoded twice by the publisher; both readings are acceptable
        written = written.encode("latin-1").decode("utf-8") if read != written else written
    assert read == written


@each([feed for feed in READ_EXACTLY if "counts" in feed.expected])
def test_what_is_missing_or_doubled_is_counted_the_same(feed: RealFeed) -> None:
    items = parsed(feed.file).items
    counts = feed.expected["counts"]
    guids = [item.guid for item in items if item.guid]
    urls = [item.url for item in items if item.url]
    lent = sum(item.url == item.guid for item in items) if counts["without_link"] else 0  # the guid serves as the link
    assert counts == {
        "without_id": len(items) - len(guids),
        "duplicate_ids": len(guids) - len(set(guids)),
        "without_date": sum(item.published_at is None for item in items),
        "untitled": sum(item.title == "" for item in items),
        "without_link": sum(item.url is None for item in items) + _without_own_link(feed, lent),
        "duplicate_links": len(urls) - len(set(urls)),
    }


def _without_own_link(feed: RealFeed, lent: int) -> int:
    """Entries whose link is their guid because they have none; where the guid merely equals the link, none."""
    return {"guid-dupes-fb.xml": 1, "userland-untitled.xml": 6}.get(feed.file, 0) if lent else 0


@each([feed for feed in READ if feed.first])
def test_the_first_entry_has_its_title_and_the_last_its_own(feed: RealFeed) -> None:
    items = parsed(feed.file).items
    assert items[0].title == (feed.first["title"] or "")
    assert items[-1].title == (feed.expected["last_title"] or "")


@each([feed for feed in READ if feed.first])
def test_the_guid_is_as_written(feed: RealFeed) -> None:
    assert parsed(feed.file).items[0].guid == feed.first["id"]


@each([feed for feed in READ if feed.first])
def test_the_link_is_absolute(feed: RealFeed) -> None:
    written, resolved = feed.first["link"], feed.first.get("link_resolved", "")
    if resolved.startswith("(relative"):
        written = urljoin(WHERE, written)
    assert parsed(feed.file).items[0].url == (resolved if resolved.startswith("http") else written)


@each([feed for feed in READ if feed.first])
def test_the_author_is_the_entrys_own_or_none(feed: RealFeed) -> None:
    document = parsed(feed.file)
    if feed.first.get("author_from") == "feed level":
        assert document.items[0].author is None
        assert document.facts.author == feed.first["author"]
    else:
        assert document.items[0].author == feed.first["author"]


@each([feed for feed in READ if feed.first])
def test_the_time_is_in_utc(feed: RealFeed) -> None:
    allowed = feed.first["published_any_of"] if "published_any_of" in feed.first else [feed.first["published"]]
    assert stamp(parsed(feed.file).items[0].published_at) in allowed


@each([feed for feed in READ if feed.first])
def test_the_picture_is_the_entrys_and_no_counter(feed: RealFeed) -> None:
    item = parsed(feed.file).items[0]
    assert item.image_url != feed.first.get("image_bad", "")
    if feed.first["image"] is not None:
        expected = feed.first["image"]
        assert item.image_url is not None
        assert item.image_url.endswith(expected)
        assert urlsplit(item.image_url).scheme in {"http", "https"}
    elif item.image_url is not None:  # the facts know the first <img> only; a later one must be in the body
        assert item.image_url.rpartition("/")[2] in item.html


@pytest.mark.parametrize("feed", READ, ids=lambda feed: feed.file)
def test_everything_is_bounded_and_clean(feed: RealFeed) -> None:
    for item in parsed(feed.file).items:
        assert len(item.title) <= 1_000
        assert len(item.author or "") <= 256
        assert len(item.categories) <= 20
        for address in (item.url, item.image_url, *(medium.url for medium in item.media)):
            assert address is None or urlsplit(address).scheme in {"http", "https"}
        for text in (item.title, item.author or "", item.html, item.guid or ""):
            text.encode("utf-8")
            assert "\x00" not in text


# --- The seed feed ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed() -> ParsedDocument:
    return parse(SEED.read_bytes(), url="https://www.scmp.com/rss/519755/feed", content_type="application/rss+xml")


@needs(SEED)
def test_the_seed_feed_is_read_whole(seed: ParsedDocument) -> None:
    assert len(seed.items) == 50
    assert seed.problems == ()
    assert seed.facts.title == "Semiconductors: Industry Trends - South China Morning Post"
    assert (seed.facts.format, seed.facts.language) == ("rss2.0", "en")
    assert seed.facts.self_url == seed.facts.link == "https://www.scmp.com/rss/519755/feed"


@needs(SEED)
@pytest.mark.parametrize(
    ("position", "title", "author", "published", "image"),
    [
        (
            0,
            "Alibaba CEO signals capex boost as China tech giant forges full-stack AI path",
            "Ann Cao",
            "2026-05-13T10:57:52Z",
            "7f77ad2c-8739-43a5-af26-6169acbd18eb_00dc2519.jpg?itok=EeCr7H5x&v=1778669863",
        ),
        (
            1,
            "Samsung, SK Hynix flag record supply squeeze in memory market as AI demand soars",
            "Ann Cao",
            "2026-04-30T08:30:28Z",
            "2e9411d3-a1be-4e9c-b4d7-b597929e35cf_0eef7fc1.jpg?itok=OxV4pyJp&v=1777537659",
        ),
    ],
)
def test_an_entry_of_the_seed_feed_is_complete(
    seed: ParsedDocument, position: int, title: str, author: str, published: str, image: str
) -> None:
    item = seed.items[position]
    assert (item.title, item.author, stamp(item.published_at)) == (title, author, published)
    assert item.image_url is not None
    assert item.image_url.endswith(image)
    assert item.guid == item.url
    assert len(item.html) > 200
