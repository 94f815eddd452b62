"""What one guild follows, no other guild can see, change or count."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Destination, FeedFacts, Owed, Refused
from bot.query.language import parse
from bot.store.store import Store
from tests.store.scene import HOUR, NOW, Scene, a_commit, an_entry, channel, member

MINE, THEIRS = 1, 2
NO_ACCESS = Refused(status=403, code=50001, reason="Missing Access")


async def test_nothing_of_another_guild_is_found(store: Store, scene: Scene) -> None:
    secret = await scene.feed("https://feeds.example/private?token=secret")
    theirs = await scene.follow(secret, channel_id=20, guild_id=THEIRS)
    word = await scene.watch("secret", guild_id=THEIRS)
    await scene.publish(theirs, [1])
    facts = FeedFacts(title="A feed", hub_url="https://hub.example/", self_url="https://feeds.example/private")
    await store.commit_poll(replace(a_commit(secret.id), held=[an_entry(9)], facts=facts))
    await store.hold(channel(20, THEIRS), NO_ACCESS, NOW, NOW + HOUR)

    assert await store.feed(MINE, secret.id) is None
    assert await store.hub_of(MINE, secret.id) is None
    assert await store.reissue(MINE, secret.id) is None
    assert await store.subscriptions(MINE) == []
    assert await store.subscriptions(MINE, feed_id=secret.id, channel_id=20) == []
    assert await store.subscription(MINE, theirs.id) is None
    assert await store.recent_deliveries(MINE, theirs.id, 10) == []
    assert await store.waiting(MINE, theirs.id) == 0
    assert await store.keywords(MINE) == []
    assert await store.keyword(MINE, word.id) is None
    assert await store.count_keywords(MINE, 7) == 0
    assert await store.holds(MINE) == []

    assert await store.feed(THEIRS, secret.id) is not None
    assert await store.reissue(THEIRS, secret.id) is not None
    assert await store.hub_of(THEIRS, secret.id) is not None
    assert await store.waiting(THEIRS, theirs.id) == 1
    assert len(await store.recent_deliveries(THEIRS, theirs.id, 10)) == 1


async def test_nothing_of_another_guild_is_changed(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    word = await scene.watch("secret", guild_id=THEIRS)
    await scene.publish(theirs, [1])
    entry_id = (await scene.lease())[0].deliveries[0].entry.id
    await store.free_leases()

    await store.pause_subscription(MINE, theirs.id, "mean", NOW)
    await store.remove_subscription(MINE, theirs.id)
    await store.update_subscription(replace(theirs, guild_id=MINE, filter="mean"))
    await store.mute_keyword(MINE, word.id, NOW + HOUR)
    await store.remove_keyword(MINE, word.id)
    assert await store.owe([(entry_id, replace(theirs, guild_id=MINE, channel_id=10))], NOW) == 0

    assert await store.subscription(THEIRS, theirs.id) == replace(theirs, feed_title="A feed")
    assert await store.keyword(THEIRS, word.id) == word
    [posting] = await scene.lease()
    assert posting.destination == Destination(kind="channel", id=20, guild_id=THEIRS)


async def test_resuming_in_one_guild_leaves_the_others_pause(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    await store.pause_subscription(THEIRS, theirs.id, "by hand", NOW)
    await store.resume_subscription(MINE, theirs.id, NOW)
    paused = await store.subscription(THEIRS, theirs.id)
    assert paused is not None
    assert paused.paused_reason == "by hand"


async def test_a_shared_feed_shows_each_guild_only_its_own(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    mine = await scene.follow(feed, channel_id=10, guild_id=MINE)
    theirs = await scene.follow(feed, channel_id=20, guild_id=THEIRS)
    await scene.publish_to([mine, theirs], [1])
    for posting in await scene.lease():
        await scene.send(posting)
    assert [one.id for one in await store.subscriptions(MINE, feed_id=feed.id)] == [mine.id]
    await store.remove_subscription(MINE, mine.id)
    assert await store.feed(MINE, feed.id) is None
    assert await store.feed(THEIRS, feed.id) is not None
    assert await store.waiting(THEIRS, theirs.id) == 0


async def test_another_guilds_entries_are_neither_searched_nor_shown(store: Store, scene: Scene) -> None:
    theirs = await scene.follow(await scene.feed(), channel_id=20, guild_id=THEIRS)
    await scene.publish(theirs, [1])
    [stored] = await store.latest(THEIRS)
    query = parse("body")
    assert (await store.search(THEIRS, query))[1] == 1
    for guild_id in (MINE, 404):
        assert await store.search(guild_id, query) == ([], 0)
        assert await store.search(guild_id, query, feed_id=theirs.feed_id) == ([], 0)
        assert await store.latest(guild_id) == []
        assert await store.latest(guild_id, feed_id=theirs.feed_id) == []
        assert await store.entry(guild_id, stored.id) is None
        assert await store.titles(guild_id) == []


async def test_a_shared_entry_points_to_the_message_of_the_guild_that_asks(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    mine = await scene.follow(feed, channel_id=10, guild_id=MINE)
    theirs = await scene.follow(feed, channel_id=20, guild_id=THEIRS)
    await scene.publish_to([theirs], [1])
    await scene.drain()
    assert [(one.channel_id, one.message_id) for one in await store.latest(MINE)] == [(None, None)]
    await store.owe([((await store.latest(MINE))[0].id, mine)], NOW)
    await scene.drain()
    assert [one.channel_id for one in await store.latest(MINE)] == [10]
    assert [one.channel_id for one in await store.latest(THEIRS)] == [20]


async def test_a_direct_message_is_shown_to_nobody_else(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed(), channel_id=10, guild_id=MINE)
    word = await scene.watch("body", guild_id=MINE)
    owed = Owed(entry_key=1, destination=member(7, MINE), keyword_ids=(word.id,))
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], [owed]))
    assert await scene.drain() == ["Entry 1"]
    assert [(one.channel_id, one.message_id) for one in await store.latest(MINE)] == [(None, None)]
