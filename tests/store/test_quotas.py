"""Limits hold whoever hurries, and what is there no more does not count."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import QuotaReached
from bot.model import Keyword, Subscription
from bot.store.store import Store
from tests.store.scene import NOW, Scene, a_commit, an_entry


async def test_a_hundred_keywords_at_once_are_no_more_than_a_member_may_have(store: Store) -> None:
    wanted = [Keyword(id=0, guild_id=1, user_id=7, query=f"word{number}") for number in range(100)]
    made = await asyncio.gather(*(store.add_keyword(one, at_most=10) for one in wanted), return_exceptions=True)
    refused = [one for one in made if isinstance(one, QuotaReached)]
    assert len(refused) == 90
    assert len(await store.keywords(1, 7)) == 10
    for other in (Keyword(id=0, guild_id=2, user_id=7, query="x"), Keyword(id=0, guild_id=1, user_id=8, query="x")):
        assert await store.add_keyword(other, at_most=10), "another guild's, another member's"
    await store.remove_keyword(1, (await store.keywords(1, 7))[0].id)
    assert await store.add_keyword(Keyword(id=0, guild_id=1, user_id=7, query="again"), at_most=10)


async def test_feeds_that_became_one_count_as_one(store: Store, scene: Scene) -> None:
    old, new = await scene.feed("https://old.example/"), await scene.feed("https://new.example/")
    for feed in (old, new):
        await scene.follow(feed)
        await store.commit_poll(a_commit(feed.id, [an_entry(1)]))
    third = await scene.feed("https://third.example/")
    more = Subscription(id=0, guild_id=1, channel_id=10, feed_id=third.id, created_at=NOW)
    with pytest.raises(QuotaReached):
        await store.add_subscription(more, at_most=2)
    assert await store.move_feed(old.id, "https://new.example/", NOW)
    assert await store.add_subscription(more, at_most=2)
    with pytest.raises(QuotaReached):
        await scene.store.add_subscription(
            Subscription(id=0, guild_id=1, channel_id=11, feed_id=third.id, created_at=NOW), at_most=2
        )
