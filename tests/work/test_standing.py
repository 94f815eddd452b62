"""The index of keywords that polls share: it finds what a loop over the keywords finds, however they change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Set
from datetime import timedelta
from random import Random

import pytest

from bot.model import Entry, Feed, GuildKeywords, Keyword, Owed
from bot.store.store import Store
from bot.work.matching import each_of, owed
from bot.work.standing import StandingQueries
from tests.store.scene import NOW, Scene, a_commit

HOUR = timedelta(hours=1)
GUILDS = (1, 2, 3)
QUERIES = [
    "rust",
    "zig",
    "rust zig",
    "rust OR zig",
    "rust -zig",
    "rus* OR zig",
    "rus*",
    "title:rust",
    "feed:news",
    "股市",
]
TITLES = ["Rust", "Zig and rust", "Zig", "Rusty", "沪深股市大涨", "Nothing"]
ENTRIES = [Entry(guid=str(key), aliases=(key,), title=title) for key, title in enumerate(TITLES, 1)]
ABOUT = {"feed_title": "The news", "feed_url": "https://a.example"}


class Counting:
    """A store that tells how many keywords were loaded from it."""

    def __init__(self, store: Store) -> None:
        self._store, self.loaded = store, 0

    async def standing(self, feed_id: int, known: Mapping[int, int]) -> tuple[Set[int], list[GuildKeywords]]:
        guild_ids, changed = await self._store.standing(feed_id, known)
        self.loaded += sum(len(one.keywords) for one in changed)
        return guild_ids, changed


async def by_index(standing: StandingQueries, feed_id: int) -> list[Owed]:
    listening = await standing.of_feed(feed_id, NOW)
    return owed(ENTRIES, [], listening.matching, **ABOUT)  # type: ignore[arg-type]


async def by_loop(store: Store, feed_id: int) -> list[Owed]:
    return owed(ENTRIES, [], each_of(await store.keywords_for(feed_id), NOW), **ABOUT)  # type: ignore[arg-type]


async def _change(scene: Scene, dice: Random, feeds: list[Feed]) -> None:
    """Something happens to a guild's keywords, or to what it follows."""
    store, guild_id = scene.store, dice.choice(GUILDS)
    mine = await store.keywords(guild_id)
    match dice.choice(["add", "add", "add", "remove", "mute", "member", "leave", "return", "follow", "unfollow"]):
        case "add":
            new = Keyword(
                id=0,
                guild_id=guild_id,
                user_id=dice.randrange(50, 999),
                query=dice.choice(QUERIES),
                feed_id=dice.choice([None, *(feed.id for feed in feeds)]),
                channel_id=None,
            )
            await store.add_keyword(new)
        case "remove" if mine:
            await store.remove_keyword(guild_id, dice.choice(mine).id)
        case "mute" if mine:
            await store.mute_keyword(guild_id, dice.choice(mine).id, dice.choice([None, NOW - HOUR, NOW + HOUR]))
        case "member" if mine:
            await store.forget_member(dice.choice(mine).user_id)
        case "leave":
            await store.forget_guild(guild_id, NOW)
        case "return":
            await store.restore_guild(guild_id)
        case "unfollow":
            for one in (await store.subscriptions(guild_id))[:1]:
                await store.remove_subscription(guild_id, one.id)
        case "follow":
            followed = {one.feed_id for one in await store.subscriptions(guild_id)}
            for feed in feeds:
                if feed.id not in followed:
                    await scene.follow(feed, guild_id=guild_id)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("most_kept", [3, 1000])
async def test_the_index_owes_what_the_loop_owes_whatever_happens_to_keywords_and_followers(
    store: Store, scene: Scene, seed: int, most_kept: int
) -> None:
    dice, standing = Random(seed), StandingQueries(store, most_kept)
    feeds = [await scene.feed(f"https://feeds.example/{name}") for name in "ab"]
    for guild_id in GUILDS:
        await scene.follow(feeds[0], guild_id=guild_id)
    found = 0
    for _ in range(80):
        await _change(scene, dice, feeds)
        for feed in dice.sample(feeds, dice.randrange(3)):
            told = await by_loop(store, feed.id)
            assert await by_index(standing, feed.id) == told
            found += len(told)
    assert found > 100, "something was compared"


async def test_keywords_are_loaded_once_and_again_only_where_one_changed(store: Store, scene: Scene) -> None:
    feed, counting = await scene.feed(), Counting(store)
    standing = StandingQueries(counting)
    for guild_id in GUILDS:
        await scene.follow(feed, guild_id=guild_id)
        for number in range(10):
            await scene.watch(f"rust OR word{number}", guild_id=guild_id)
    for _ in range(3):
        assert len(await by_index(standing, feed.id)) == 30 * 2
    assert counting.loaded == 30
    await scene.watch("zig", guild_id=2)
    assert len(await by_index(standing, feed.id)) == 30 * 2 + 2
    assert counting.loaded == 30 + 11


async def test_polls_at_the_same_time_get_each_what_is_its_own(store: Store, scene: Scene) -> None:
    standing = StandingQueries(store, most_kept=100)
    feeds = [await scene.feed(f"https://feeds.example/{guild_id}") for guild_id in GUILDS]
    for guild_id, feed in zip(GUILDS, feeds, strict=True):
        await scene.follow(feed, guild_id=guild_id)
        for number in range(150):
            await scene.watch(f"rust OR word{number}", guild_id=guild_id)
    polls = [by_index(standing, feed.id) for feed in (*feeds, *feeds)]
    for made in await asyncio.gather(*polls):
        assert len(made) == 300


async def test_what_changes_while_keywords_are_learned_counts_from_the_next_poll(store: Store, scene: Scene) -> None:
    feed, standing = await scene.feed(), StandingQueries(store)
    await scene.follow(feed)
    for number in range(300):
        await scene.watch(f"zig OR word{number}")
    learning = asyncio.create_task(by_index(standing, feed.id))
    await asyncio.sleep(0)
    late = await scene.watch("rusty")
    await learning
    assert late.id in {id_ for one in await by_index(standing, feed.id) for id_ in one.keyword_ids}


async def test_a_keyword_of_a_feed_goes_with_it_where_that_becomes_one_with_another(store: Store, scene: Scene) -> None:
    here, there = await scene.feed("https://old.example/"), await scene.feed("https://new.example/")
    standing = StandingQueries(store)
    for feed in (here, there):
        await scene.follow(feed)
        await store.commit_poll(a_commit(feed.id))
    await scene.watch("zig", feed=here)
    assert (len(await by_index(standing, here.id)), len(await by_index(standing, there.id))) == (2, 0)
    assert await store.move_feed(here.id, there.url, NOW)
    assert len(await by_index(standing, there.id)) == 2
