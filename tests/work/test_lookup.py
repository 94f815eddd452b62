"""Searching as the service does it: pages, what was perhaps meant, which feed an option means, how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NotFound, QueryError, QuotaReached, UsageError
from bot.model import GuildSettings
from bot.store.store import Store
from bot.work.lookup import PAGE_SIZE, Lookup
from bot.work.pace import SearchPace
from tests.clocks import ManualClock
from tests.store.scene import NOW, Scene, a_commit, an_entry, save_settings

GUILD, OTHER = 1, 2


@pytest.fixture
def lookup(store: Store) -> Lookup:
    return Lookup(store, ManualClock(NOW + timedelta(days=10)))


async def publish(scene: Scene, *titles: str, guild_id: int = GUILD, url: str = "https://feeds.example/a") -> None:
    feed = await scene.feed(url, title=f"Feed {url[-1]}")
    await scene.follow(feed, guild_id=guild_id)
    entries = [an_entry(number, title=title) for number, title in enumerate(titles, 1)]
    await scene.store.commit_poll(a_commit(feed.id, entries))


async def test_a_day_begins_at_midnight_where_the_server_is(store: Store, scene: Scene) -> None:
    await publish(scene, "Rust at noon")  # on 1 May, 12:00 UTC: in Auckland it is the second already
    lookup = Lookup(store, ManualClock(NOW + timedelta(hours=20)))
    assert (await lookup.search(GUILD, "rust", since="today")).total == 0
    assert (await lookup.search(GUILD, "rust", since="2026-05-02")).total == 0
    await save_settings(store, GuildSettings(guild_id=GUILD, time_zone="Pacific/Auckland"))
    assert (await lookup.search(GUILD, "rust", since="today")).total == 1
    assert (await lookup.search(GUILD, "rust", since="2026-05-02")).total == 1
    assert f"{await lookup.now_in(GUILD):%d %H:%M}" == "02 20:00"


async def test_a_page_beyond_the_last_is_the_last(scene: Scene, lookup: Lookup) -> None:
    await publish(scene, *(f"Rust {number}" for number in range(12)))
    for asked, page in [(0, 0), (2, 2), (3, 2), (199, 2), (10**9, 2), (-5, 0)]:
        result = await lookup.search(GUILD, "rust", page=asked)
        assert (result.page, result.pages, result.total) == (page, 3, 12)
        assert len(result.hits) == (PAGE_SIZE if page < 2 else 2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ferri", "ferry"),
        ("ferri tallin", "ferry tallinn"),
        ("ferry tallinn", None),  # found as it is
        ("xylophone", None),
        ("zig ferri", None),  # another spelling would not find anything either
        ("feri -timetable", None),  # what it would find is what was left out
        ("fer*", None),
    ],
)
async def test_a_spelling_is_proposed_only_if_it_finds_something(
    scene: Scene, lookup: Lookup, typed: str, meant: str | None
) -> None:
    await publish(scene, "Ferry timetable of Tallinn", "Zig news")
    assert (await lookup.search(GUILD, typed)).nearest == meant


async def test_a_spelling_is_proposed_within_the_same_feed_and_time_only(scene: Scene, lookup: Lookup) -> None:
    await publish(scene, "Ferry timetable")
    assert (await lookup.search(GUILD, "ferri", since="30d")).nearest == "ferry"
    assert (await lookup.search(GUILD, "ferri", since="24h")).nearest is None
    assert (await lookup.search(GUILD, "ferri", feed_id=99)).nearest is None


async def test_what_others_follow_is_not_guessed(scene: Scene, lookup: Lookup) -> None:
    await publish(scene, "Ferry timetable", guild_id=OTHER)
    await publish(scene, "Zig", url="https://feeds.example/b")
    assert (await lookup.search(GUILD, "ferri")).nearest is None


async def test_mistakes_cost_no_search_and_searches_are_counted_with_the_newest(scene: Scene, store: Store) -> None:
    await publish(scene, "Rust")
    lookup = Lookup(store, ManualClock(NOW), pace=SearchPace(member=2, guild=100))
    for _ in range(5):
        with pytest.raises(QueryError):
            await lookup.search(GUILD, "rust (", user_id=7)
        with pytest.raises(UsageError):
            await lookup.search(GUILD, "rust", user_id=7, since="soon")
    await lookup.search(GUILD, "rust", user_id=7)
    await lookup.latest(GUILD, user_id=7)
    with pytest.raises(QuotaReached):
        await lookup.search(GUILD, "rust", user_id=7)
    with pytest.raises(QuotaReached):
        await lookup.latest(GUILD, user_id=7)
    assert (await lookup.search(GUILD, "rust", user_id=8)).total == 1


async def test_an_option_means_a_feed_by_its_choice_its_title_its_address_or_a_part(
    scene: Scene, lookup: Lookup
) -> None:
    first, second = (
        await scene.feed("https://feeds.example/a", title="Rust blog"),
        await scene.feed("https://feeds.example/b", title="Zig blog"),
    )
    await scene.follow(first, channel_id=10)
    chosen = await scene.follow(first, channel_id=11)
    await scene.follow(second)
    for text in (str(chosen.id), "rust BLOG", "https://feeds.example/a", "rust"):
        assert (await lookup.feed(GUILD, text)).feed_id == first.id
    with pytest.raises(UsageError, match="2 feeds fit"):
        await lookup.feed(GUILD, "blog")


@pytest.mark.parametrize("text", ["", " ", "-1", "9" * 30, "1 OR 1=1", "2", "secret"])
async def test_what_is_no_feed_of_the_guild_is_not_found(scene: Scene, lookup: Lookup, text: str) -> None:
    await publish(scene, "Rust")
    await scene.follow(await scene.feed("https://feeds.example/s", title="A secret"), guild_id=OTHER)
    with pytest.raises(NotFound):
        await lookup.feed(GUILD, text)
