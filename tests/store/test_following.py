"""GuildStore and keywords: following, pausing, posting again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import AlreadyThere, NotFound
from bot.model import FeedFacts, GuildSettings, Subscription
from bot.store.store import Store
from tests.store.scene import DAY, HOUR, NOW, Scene, a_commit, an_entry, owed_to, save_settings


async def test_a_new_feed_brings_its_first_document_without_owing_it(store: Store, scene: Scene) -> None:
    facts = FeedFacts(title="A feed", format="rss2.0")
    feed = await store.add_feed("https://feeds.example/a", facts, a_commit(-1, [an_entry(1)]), NOW)
    assert (feed.title, feed.polled_at, feed.validators.etag) == ("A feed", NOW, b'"v1"')
    assert await store.seen(feed.id) == (1).to_bytes(8, "big")
    sub = await scene.follow(feed)
    assert await store.waiting(1, sub.id) == 0
    assert len(await store.latest(1, feed_id=feed.id)) == 1


async def test_a_feed_without_a_document_is_due_at_once(store: Store, scene: Scene) -> None:
    feed = await store.add_feed("https://feeds.example/a", FeedFacts(), None, NOW)
    assert (feed.polled_at, await store.seen(feed.id)) == (None, b"")
    await scene.follow(feed)
    assert [one.id for one in await store.due(NOW, 1)] == [feed.id]


async def test_two_guilds_that_add_one_feed_at_once_share_it(store: Store, scene: Scene) -> None:
    first = await scene.feed()
    sub = await scene.follow(first)
    await scene.publish(sub, [1, 2])
    second = await store.add_feed(first.url, FeedFacts(title="Other"), a_commit(-1, [an_entry(9)]), NOW + HOUR)
    assert second.id == first.id
    assert second.title == "A feed"
    assert len(await store.latest(1, feed_id=first.id)) == 2, "the slower one's document is not taken"


async def test_a_feed_is_found_by_its_url_only_while_somebody_follows_it(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    assert await store.feed_by_url(feed.url) is None
    sub = await scene.follow(feed)
    assert await store.feed_by_url(feed.url) == feed
    assert await store.feed_by_url("https://feeds.example/A") is None
    await store.remove_subscription(1, sub.id)
    assert await store.feed_by_url(feed.url) is None


async def test_a_feed_followed_again_starts_from_the_document_of_now(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await store.remove_subscription(1, sub.id)
    commit = a_commit(-1, [an_entry(1), an_entry(2)], at=NOW + DAY)
    again = await store.add_feed("https://feeds.example/a", FeedFacts(), commit, NOW + DAY)
    assert (again.id, again.polled_at) == (sub.feed_id, NOW + DAY)
    assert await store.seen(again.id) == commit.seen
    followed = await scene.follow(again)
    assert await scene.publish(followed, [2, 3], at=NOW + 2 * DAY) == 1


async def test_a_subscription_comes_back_with_its_id_and_its_feeds_name(store: Store, scene: Scene) -> None:
    feed = await scene.feed(title="Name")
    new = Subscription(
        id=0,
        guild_id=2**63 - 1,
        channel_id=2**63 - 2,
        feed_id=feed.id,
        filter='"a b" -c',
        style="compact",
        mention_role_id=5,
        created_by=6,
        created_at=NOW,
    )
    added = await store.add_subscription(new)
    assert added == replace(new, id=added.id, feed_url=feed.url, feed_title="Name")
    assert await store.subscription(new.guild_id, added.id) == added


async def test_a_channel_follows_a_feed_once(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    with pytest.raises(AlreadyThere):
        await scene.follow(feed)
    await scene.follow(feed, channel_id=11)


async def test_a_feed_that_is_gone_cannot_be_followed(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.add_subscription(Subscription(id=0, guild_id=1, channel_id=10, feed_id=99))
    assert await store.subscriptions(1) == []


async def test_subscriptions_are_listed_by_title_then_channel(store: Store, scene: Scene) -> None:
    beta, alpha = await scene.feed("https://feeds.example/1", title="beta"), await scene.feed(title="Alpha")
    subs = [await scene.follow(feed, channel_id=number) for feed in (beta, alpha) for number in (12, 11)]
    listed = await store.subscriptions(1)
    assert [(sub.feed_title, sub.channel_id) for sub in listed] == [
        ("Alpha", 11),
        ("Alpha", 12),
        ("beta", 11),
        ("beta", 12),
    ]
    assert await store.subscriptions(1, feed_id=beta.id, channel_id=12) == [subs[0]]


async def test_a_changed_subscription_keeps_its_place(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    changed = replace(sub, filter="chip", style="title", mention_role_id=9)
    await store.update_subscription(changed)
    assert await store.subscription(1, sub.id) == changed


async def test_pausing_twice_keeps_the_first_reason(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await store.pause_subscription(1, sub.id, "Missing Access", NOW)
    await store.pause_subscription(1, sub.id, "by hand", NOW + HOUR)
    paused = await store.subscription(1, sub.id)
    assert paused == replace(sub, paused_at=NOW, paused_reason="Missing Access")
    await store.resume_subscription(1, sub.id, NOW)
    assert await store.subscription(1, sub.id) == sub


async def test_the_id_of_a_removed_subscription_is_not_given_again(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    sub = await scene.follow(feed)
    await store.remove_subscription(1, sub.id)
    assert (await scene.follow(feed)).id != sub.id
    await store.remove_subscription(1, sub.id)
    assert len(await store.subscriptions(1)) == 1


async def test_the_newest_can_be_posted_although_it_is_not_new(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await store.commit_poll(a_commit(feed.id, [an_entry(1)]))
    sub = await scene.follow(feed)
    other = await scene.follow(await scene.feed("https://feeds.example/b"))
    assert await store.owe([(1, sub), (1, other), (99, sub)], NOW) == 1, "neither another feed's entry nor an unknown"
    assert await store.owe([(1, sub)], NOW) == 0, "it waits already"
    assert await scene.drain() == ["Entry 1"]
    assert await store.owe([(1, sub)], NOW) == 0, "it is there already"


async def test_what_was_given_up_can_be_asked_for_again(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    sub = await scene.follow(feed)
    await scene.publish(sub, [1])
    await store.remove_subscription(1, sub.id)
    again = await scene.follow(feed)
    assert await store.owe([(1, again)], NOW) == 1
    assert await scene.drain() == ["Entry 1"]
    assert [note.state for note in await store.recent_deliveries(1, again.id, 5)] == ["sent"]


async def test_recent_deliveries_are_the_newest(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 9))
    notes = await store.recent_deliveries(1, sub.id, 3)
    assert [note.title for note in notes] == ["Entry 8", "Entry 7", "Entry 6"]


async def test_a_keyword_is_kept_once_a_receiver(store: Store, scene: Scene) -> None:
    await scene.watch("chip", user_id=7)
    await scene.watch("chip", user_id=8)
    await scene.watch("chip", user_id=7, channel_id=10)
    await scene.watch("chip", user_id=7, feed=await scene.feed())
    with pytest.raises(AlreadyThere):
        await scene.watch("chip", user_id=7)
    with pytest.raises(AlreadyThere):
        await scene.watch("chip", user_id=8, channel_id=10)
    assert len(await store.keywords(1, 7)) == 3


async def test_keywords_are_listed_muted_and_removed(store: Store, scene: Scene) -> None:
    beta, alpha = await scene.watch("beta"), await scene.watch("Alpha", mention=3)
    assert await store.keywords(1, 7) == [alpha, beta]
    await store.mute_keyword(1, beta.id, NOW + HOUR)
    assert await store.keyword(1, beta.id) == replace(beta, muted_until=NOW + HOUR)
    await store.mute_keyword(1, beta.id, None)
    await store.remove_keyword(1, alpha.id)
    assert await store.keywords(1, 7) == [beta]


async def test_a_member_who_asks_is_shown_and_erased_everywhere(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed(), by=7)
    words = [await scene.watch("one", guild_id=1), await scene.watch("one", guild_id=2)]
    kept = await scene.watch("one", user_id=8)
    commit = a_commit(sub.feed_id, [an_entry(1)], [owed_to(sub, 1)])
    await store.commit_poll(commit)
    assert await store.keywords_of_member(7) == words
    assert (await store.forget_member(7)).keywords == 2
    assert await store.keywords_of_member(7) == []
    assert await store.keywords_of_member(8) == [kept]
    assert await store.subscription(1, sub.id) == replace(sub, created_by=None, feed_title="A feed")


async def test_a_guilds_settings_are_kept(store: Store) -> None:
    assert await store.guild_settings(1) == GuildSettings(guild_id=1)
    chosen = GuildSettings(
        guild_id=1, notice_channel_id=5, time_zone="Asia/Hong_Kong", quiet_from=1320, quiet_until=420
    )
    await save_settings(store, chosen)
    await save_settings(store, replace(chosen, guild_id=2, time_zone="Europe/Paris"))
    assert await store.guild_settings(1) == chosen


async def test_a_guild_that_left_is_erased_only_after_its_grace(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.watch()
    await scene.publish(sub, [1])
    await store.forget_guild(1, NOW)
    await store.forget_guild(1, NOW + DAY)
    assert await store.guild_ids() == []
    assert await store.erase_guilds(NOW) == 0
    assert await store.restore_guild(1)
    assert not await store.restore_guild(1)
    assert await store.subscriptions(1) != []
    assert await store.erase_guilds(NOW + 99 * DAY) == 0
    await store.forget_guild(1, NOW)
    assert await store.erase_guilds(NOW + DAY) == 1
    assert (await store.subscriptions(1), await store.keywords(1), await scene.lease()) == ([], [], [])
