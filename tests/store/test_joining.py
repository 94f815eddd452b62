"""A guild that joins a feed that others follow finds what a feed new to everybody would have brought it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Subscription
from bot.query.language import parse
from bot.store.store import Store
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry

ENTRY = parse("entry")
OTHERS = 2  # a guild


async def _brings(store: Store, feed_id: int, *keys: int, document: int, day: int = 0) -> None:
    """A poll that finds these new in a document of so many entries."""
    commit = a_commit(feed_id, [an_entry(key) for key in keys], at=NOW + day * DAY)
    await store.commit_poll(replace(commit, document_size=document))


async def _found(store: Store, guild_id: int) -> list[str]:
    """The same by every way in which entries are found; oldest first."""
    hits, total = await store.search(guild_id, ENTRY, limit=100)
    latest = await store.latest(guild_id, limit=100)
    names = sorted(one.entry.title for one in hits)
    assert total == len(names)
    assert sorted(one.entry.title for one in latest) == names
    assert sorted(await store.titles(guild_id)) == names
    caught = await store.caught(guild_id, ENTRY, since=NOW - 999 * DAY, limit=100)
    assert sorted(one.entry.title for one in caught.newest) == names
    return [title.removeprefix("Entry ") for title in names]


async def _old_feed(store: Store, scene: Scene) -> Subscription:
    """Followed by others for days; its document holds the last three of its five entries."""
    sub = await scene.follow(await scene.feed(), guild_id=OTHERS)
    for day, key in enumerate(range(1, 6)):
        await _brings(store, sub.feed_id, key, document=min(key, 3), day=day)
    return sub


async def test_who_joins_finds_what_the_document_showed_then_and_what_comes(store: Store, scene: Scene) -> None:
    others = await _old_feed(store, scene)
    [feed] = await store.due(NOW + 99 * DAY, 10)
    await scene.follow(feed)
    assert await _found(store, 1) == ["3", "4", "5"]
    await _brings(store, feed.id, 6, document=3, day=9)
    assert await _found(store, 1) == ["3", "4", "5", "6"]
    assert await _found(store, others.guild_id) == ["1", "2", "3", "4", "5", "6"]


async def test_what_came_before_is_neither_shown_by_its_id_nor_by_its_title(store: Store, scene: Scene) -> None:
    others = await _old_feed(store, scene)
    [feed] = await store.due(NOW + 99 * DAY, 10)
    sub = await scene.follow(feed)
    first = await store.find_entry(OTHERS, others.feed_id, "Entry 1")
    assert first is not None
    assert await store.entry(OTHERS, first.id) is not None
    assert await store.entry(1, first.id) is None
    for words in (str(first.id), "Entry 1", "https://feeds.example/1"):
        assert await store.find_entry(1, sub.feed_id, words) is None


async def test_another_channel_of_the_guild_changes_nothing_whichever_stays(store: Store, scene: Scene) -> None:
    first = await _old_feed(store, scene)
    [feed] = await store.due(NOW + 99 * DAY, 10)
    await scene.follow(feed, channel_id=77, guild_id=OTHERS)
    await store.remove_subscription(OTHERS, first.id)
    assert await _found(store, OTHERS) == ["1", "2", "3", "4", "5"]


async def test_who_leaves_and_comes_back_begins_anew(store: Store, scene: Scene) -> None:
    sub = await _old_feed(store, scene)
    [feed] = await store.due(NOW + 99 * DAY, 10)
    await scene.follow(feed)
    await store.remove_subscription(OTHERS, sub.id)
    await scene.follow(feed, guild_id=OTHERS)
    assert await _found(store, OTHERS) == ["3", "4", "5"]


async def test_old_entries_are_counted_for_those_alone_who_followed_the_feed(store: Store, scene: Scene) -> None:
    others = await scene.follow(await scene.feed(), guild_id=OTHERS)
    await store.commit_poll(replace(a_commit(others.feed_id), old=[an_entry(1), an_entry(2)]))
    await _brings(store, others.feed_id, 3, document=1, day=1)
    [feed] = await store.due(NOW + 99 * DAY, 10)
    await scene.follow(feed)
    assert await store.count_old(OTHERS, feed.id, NOW - DAY) == 2
    assert await store.count_old(1, feed.id, NOW - DAY) == 0


async def test_a_feed_that_becomes_one_with_another_keeps_what_its_followers_found(store: Store, scene: Scene) -> None:
    there = await scene.follow(await scene.feed("https://new.example/"), guild_id=OTHERS)
    for key in range(1, 5):
        await _brings(store, there.feed_id, key, document=min(key, 2))
    here = await scene.follow(await scene.feed("https://old.example/"))
    await _brings(store, here.feed_id, 3, 4, document=2, day=1)
    assert await store.move_feed(here.feed_id, "https://new.example/", NOW + timedelta(days=2))
    assert await _found(store, 1) == ["3", "4"]
    assert await _found(store, OTHERS) == ["1", "2", "3", "4"]
