"""Looking back through a real store."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import QueryError
from bot.model import Entry, Feed, FeedFacts
from bot.query.language import parse
from bot.query.spelling import asked_words, nearest
from bot.store.store import Store
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry

ME, OTHERS = 1, 2


class Archive:
    """A guild with feeds in it, and what it finds."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.store = scene, scene.store
        self.count = 0

    async def feed(self, name: str = "news", *, guild_id: int | None = ME, url: str = "") -> Feed:
        feed = await self.store.add_feed(url or f"https://{name}.example/feed", FeedFacts(title=name), None, NOW)
        if guild_id is not None:
            await self.scene.follow(feed, guild_id=guild_id)
        return feed

    async def add(self, feed: Feed, title: str, text: str = "", *, at: datetime = NOW, **more: Any) -> None:
        await self.add_all(feed, [an_entry(self.count + 1, title=title, text=text, **more)], at=at)

    async def add_all(self, feed: Feed, entries: list[Entry], *, at: datetime = NOW) -> None:
        self.count += len(entries)
        await self.store.commit_poll(a_commit(feed.id, entries, at=at))

    async def found(self, typed: str, **more: Any) -> list[str]:
        hits, _ = await self.store.search(ME, parse(typed), **{"limit": 50, **more})
        return [hit.entry.title for hit in hits]


@pytest.fixture
def archive(scene: Scene) -> Archive:
    return Archive(scene)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rust", ["Rust 2.0"]),
        ("RUST*", ["Rust 2.0", "Rusty nails"]),
        ('"exact phrase"', ["An exact phrase"]),
        ("rust OR nails", ["Rust 2.0", "Rusty nails"]),
        ("nails -rusty", []),
        ("=NASA", ["NASA flies"]),
        ("nasa", ["NASA flies", "Nasa de Colombia"]),
        ("nasa -=NASA", ["Nasa de Colombia"]),
        ("nasa (colombia OR -flies)", ["Nasa de Colombia"]),
        ("股市", ["沪深股市大涨"]),
        ("삼성", ["삼성전자가 발표"]),
        ("C++", ["C++ and C#"]),
        ("C", []),
        ("AT&T", ["AT&T's F-35"]),
        ("F35", ["AT&T's F-35"]),
        ("author:ada", ["An exact phrase"]),
        ("title:ada", []),
        ("cat", []),
        ("feed:news rust", ["Rust 2.0"]),
        ("feed:other rust", []),
        ("rust OR feed:other", ["Rust 2.0"]),
    ],
)
async def test_a_query_finds_what_it_says(archive: Archive, typed: str, found: list[str]) -> None:
    news = await archive.feed()
    for title in ("Rust 2.0", "Rusty nails", "NASA flies", "Nasa de Colombia", "沪深股市大涨", "삼성전자가 발표"):
        await archive.add(news, title)
    await archive.add(news, "C++ and C#", "education")
    await archive.add(news, "AT&T's F-35")
    await archive.add(news, "An exact phrase", author="Ada")
    assert sorted(await archive.found(typed)) == sorted(found)


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "*",
        "NEAR(",
        "AND",
        "col:x",
        "-",
        '" OR 1=1 --',
        "%",
        "_",
        "the",
        "';DROP TABLE entry;--",
        "a" * 2000,
        "{title}:x",
    ],
)
async def test_no_text_reaches_the_syntax_of_the_index(archive: Archive, typed: str) -> None:
    await archive.add(await archive.feed(), "The title of it all")
    try:
        query = parse(typed)
    except QueryError:
        return
    hits, count = await archive.store.search(ME, query)
    assert len(hits) == count <= 1


async def test_a_feed_that_others_follow_is_not_found(archive: Archive) -> None:
    theirs = await archive.feed("secret", guild_id=OTHERS)
    nobodys = await archive.feed("nobody", guild_id=None)
    await archive.add(theirs, "rust")
    await archive.add(nobodys, "rust")
    for typed in ("rust", "feed:secret", "rust feed:secret", "rust -feed:news"):
        assert await archive.store.search(ME, parse(typed)) == ([], 0)
        assert await archive.store.search(ME, parse(typed), feed_id=theirs.id) == ([], 0)
    assert await archive.store.latest(ME) == []
    assert await archive.store.latest(ME, feed_id=theirs.id) == []
    assert await archive.store.entry(ME, 1) is None
    assert await archive.store.titles(ME) == []
    assert nearest(asked_words(parse("rusty")), await archive.store.titles(ME)) == {}


async def test_a_feeds_address_is_found_by_its_host_only(archive: Archive) -> None:
    feed = await archive.feed("news", url="https://me:key@paper.example.org/token/feed")
    await archive.add(feed, "rust")
    assert await archive.found("feed:paper.example") == ["rust"]
    for typed in ("feed:token", "feed:key", "feed:tok*"):
        assert await archive.found(typed) == []


async def test_title_comes_before_author_before_text_and_new_before_old(archive: Archive) -> None:
    news = await archive.feed()
    await archive.add(news, "in the text", "rust rust rust rust rust rust", at=NOW)
    await archive.add(news, "by the author", author="Rust", at=NOW - DAY)
    await archive.add(news, "rust old", published_at=NOW - 9 * DAY)
    await archive.add(news, "rust new", published_at=NOW - 8 * DAY)
    await archive.add(news, "rust future", published_at=NOW + 8 * DAY)
    assert await archive.found("rust") == ["rust future", "rust new", "rust old", "by the author", "in the text"]


async def test_what_a_feed_term_leaves_is_ranked_the_same(archive: Archive) -> None:
    news = await archive.feed()
    await archive.add(news, "in the title: rust")
    await archive.add(news, "in the text", "rust")
    assert await archive.found("rust feed:news") == ["in the title: rust", "in the text"]


async def test_since_counts_from_when_it_was_published(archive: Archive) -> None:
    news = await archive.feed()
    await archive.add(news, "rust undated")
    await archive.add(news, "rust fresh", published_at=NOW - DAY)
    await archive.add(news, "rust stale", published_at=NOW - 9 * DAY)
    assert await archive.found("rust", since=NOW - 7 * DAY) == ["rust undated", "rust fresh"]


async def test_pages_follow_each_other(archive: Archive) -> None:
    news = await archive.feed()
    await archive.add_all(news, [an_entry(number, title=f"rust {number}") for number in range(1, 13)])
    pages = [await archive.store.search(ME, parse("rust"), offset=offset, limit=5) for offset in (0, 5, 10, 15)]
    assert [count for _, count in pages] == [12] * 4
    assert [hit.entry.title for hits, _ in pages for hit in hits] == [f"rust {number}" for number in range(12, 0, -1)]


@pytest.mark.parametrize("typed", ["rust", "=rust", "feed:news"])
async def test_hits_are_counted_to_a_thousand(archive: Archive, typed: str) -> None:
    news = await archive.feed()
    await archive.add_all(news, [an_entry(number, title=f"rust {number}") for number in range(1, 1203)])
    hits, count = await archive.store.search(ME, parse(typed), limit=1)
    assert (hits[0].entry.title, count) == ("rust 1202", 1000)


async def test_a_hit_knows_the_message_that_announced_it_here(archive: Archive, store: Store) -> None:
    news = await archive.feed()
    mine = (await store.subscriptions(ME))[0]
    theirs = await archive.scene.follow(news, 99, guild_id=OTHERS)
    await archive.scene.publish_to([mine, theirs], [1])
    assert await archive.scene.drain()
    hits, _ = await store.search(ME, parse("entry"))
    assert [hit.channel_id for hit in hits] == [mine.channel_id]
    assert hits[0].message_id is not None
    again = await store.entry(ME, hits[0].id)
    assert again == hits[0]
    assert (hits[0].feed_title, hits[0].feed_url) == ("A feed", news.url)


async def test_the_latest_are_the_newest_of_what_came_last(archive: Archive) -> None:
    news, blog = await archive.feed(), await archive.feed("blog")
    await archive.add(news, "yesterday", at=NOW - DAY)
    await archive.add(blog, "back catalogue", at=NOW, published_at=NOW - 400 * DAY)
    await archive.add(news, "an hour ago", at=NOW - timedelta(hours=1))
    latest = await archive.store.latest(ME)
    assert [hit.entry.title for hit in latest] == ["an hour ago", "yesterday", "back catalogue"]
    assert [hit.entry.title for hit in await archive.store.latest(ME, feed_id=blog.id)] == ["back catalogue"]
    assert [hit.entry.title for hit in await archive.store.latest(ME, limit=1)] == ["an hour ago"]
