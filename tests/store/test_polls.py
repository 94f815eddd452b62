"""PollStore: what is due, and what a poll's commit leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import StoreError
from bot.model import Entry, FeedFacts, Media, Owed, Validators, Visit
from bot.store.store import Store
from tests.store.scene import DAY, HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, member, owed_to, titles


async def test_a_feed_nobody_follows_is_never_due(store: Store, scene: Scene) -> None:
    await scene.feed()
    assert await store.due(NOW + DAY, 10) == []
    assert await store.next_due(NOW - DAY) is None


async def test_due_feeds_come_longest_overdue_first_without_the_busy(store: Store, scene: Scene) -> None:
    feeds = [await scene.feed(f"https://feeds.example/{number}") for number in range(4)]
    for number, feed in enumerate(feeds):
        await scene.follow(feed, channel_id=100 + number)
        visit = Visit(feed_id=feed.id, at=NOW, next_due_at=NOW + (4 - number) * MINUTE)
        await store.record_visits([visit])
    due = await store.due(NOW + 3 * MINUTE, 10, busy=frozenset({feeds[2].id}))
    assert [feed.id for feed in due] == [feeds[3].id, feeds[1].id]
    assert [feed.id for feed in await store.due(NOW + 3 * MINUTE, 1)] == [feeds[3].id]
    assert await store.next_due(NOW + MINUTE) == NOW + 2 * MINUTE
    assert await store.next_due(NOW + 4 * MINUTE) is None


async def test_a_feed_whose_subscriptions_are_paused_rests_unless_a_keyword_watches_it(
    store: Store, scene: Scene
) -> None:
    feed, other = await scene.feed(), await scene.feed("https://feeds.example/b")
    sub = await scene.follow(feed)
    await store.pause_subscription(1, sub.id, "by hand", NOW)
    assert await store.due(NOW, 10) == []
    await scene.watch(guild_id=2)
    await scene.watch(feed=other)
    assert await store.due(NOW, 10) == [], "neither another guild's keyword nor one for another feed watches it"
    await scene.watch(feed=feed)
    assert [one.id for one in await store.due(NOW, 10)] == [feed.id]


async def test_everything_of_an_entry_survives_the_database(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    sub = await scene.follow(feed)
    entry = Entry(
        guid="tag:é",
        aliases=(-(2**63),),
        title="標題",
        url="https://feeds.example/1",
        author="Zoë",
        published_at=NOW - timedelta(microseconds=1),
        updated_at=NOW,
        image_url="https://feeds.example/1.png",
        summary="**bold**",
        text="bold",
        categories=("a", "ü"),
        media=(Media(url="https://feeds.example/1.mp3", type="audio/mpeg", length_bytes=5, duration=MINUTE / 7),),
        source_title="Planet",
    )
    await store.commit_poll(a_commit(feed.id, [entry], [owed_to(sub, entry.key)]))
    [posting] = await scene.lease()
    stored = posting.deliveries[0].entry
    assert stored.entry == entry
    assert (stored.feed_id, stored.feed_title, stored.first_seen_at) == (feed.id, "A feed", NOW)
    assert posting.deliveries[0].subscription == replace(sub, feed_title="A feed")


async def test_a_poll_writes_down_where_the_feed_stands(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    facts = FeedFacts(
        title="News",
        link="https://feeds.example/",
        format="atom1.0",
        language="zh-HK",
        ttl=HOUR,
        skip_hours=frozenset({1, 2}),
        skip_days=frozenset({6}),
        hub_url="https://hub.example/",
    )
    commit = replace(a_commit(feed.id, [an_entry(1)]), facts=facts, document_size=50)
    await store.commit_poll(commit)
    [stored] = await store.due(NOW + DAY, 1)
    assert (stored.title, stored.link, stored.format, stored.facts) == ("News", facts.link, "atom1.0", facts)
    assert (stored.validators, stored.body_hash) == (commit.validators, b"hash")
    assert (stored.polled_at, stored.changed_at, stored.next_due_at) == (NOW, NOW, NOW + 15 * MINUTE)
    assert stored.document_size == 50
    assert await store.seen(feed.id) == commit.seen


async def test_a_document_without_a_title_leaves_the_feed_its_name(store: Store, scene: Scene) -> None:
    feed = await scene.feed(title="Known")
    await scene.follow(feed)
    await store.commit_poll(replace(a_commit(feed.id), facts=FeedFacts()))
    assert (await store.due(NOW + DAY, 1))[0].title == "Known"


async def test_an_entry_stored_before_is_left_alone_and_owes_nothing(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    assert await scene.publish(sub, [1]) == 1
    changed = an_entry(1, title="Changed")
    again = a_commit(sub.feed_id, [changed, an_entry(2)], [owed_to(sub, 1), owed_to(sub, 2)], at=NOW + HOUR)
    assert await store.commit_poll(again) == 1
    assert await scene.drain() == ["Entry 1", "Entry 2"]


async def test_one_key_twice_in_a_commit_is_one_entry(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    twins = [an_entry(1, title="first"), an_entry(1, title="second")]
    assert await store.commit_poll(a_commit(sub.feed_id, twins, [owed_to(sub, 1), owed_to(sub, 1)])) == 1
    assert await scene.drain() == ["first"]


async def test_a_poll_that_brings_nothing_does_not_count_as_a_change(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.publish(sub, [1], at=NOW + HOUR)
    [feed] = await store.due(NOW + DAY, 1)
    assert (feed.changed_at, feed.polled_at) == (NOW, NOW + HOUR)


async def test_a_subscription_and_keywords_of_one_channel_make_one_delivery_that_names_all(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed(), channel_id=10)
    first = await scene.watch("one", channel_id=10)
    second = await scene.watch("two", channel_id=10)
    direct = await scene.watch("one", user_id=7)
    owed = [
        Owed(entry_key=1, destination=channel(10), keyword_ids=(second.id,)),
        owed_to(sub, 1),
        Owed(entry_key=1, destination=channel(10), keyword_ids=(first.id, second.id)),
        Owed(entry_key=1, destination=member(7), keyword_ids=(direct.id,)),
    ]
    assert await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], owed)) == 2
    by_kind = {posting.destination.kind: posting for posting in await scene.lease()}
    [merged] = by_kind["channel"].deliveries
    assert merged.subscription is not None
    assert merged.subscription.id == sub.id
    assert merged.keywords == (first, second)
    [told] = by_kind["user"].deliveries
    assert (told.subscription, told.keywords) == (None, (direct,))


@pytest.mark.parametrize("fate", ["paused", "removed", "guild left"])
async def test_a_subscription_that_ended_during_the_poll_owes_nothing(store: Store, scene: Scene, fate: str) -> None:
    sub = await scene.follow(await scene.feed())
    if fate == "paused":
        await store.pause_subscription(1, sub.id, "by hand", NOW)
    elif fate == "removed":
        await store.remove_subscription(1, sub.id)
    else:
        await store.forget_guild(1, NOW)
    assert await scene.publish(sub, [1]) == 0
    assert await scene.lease() == []


@pytest.mark.parametrize("fate", ["muted", "removed"])
async def test_a_keyword_that_ended_during_the_poll_is_not_named(store: Store, scene: Scene, fate: str) -> None:
    sub = await scene.follow(await scene.feed())
    word, other = await scene.watch("one"), await scene.watch("two")
    if fate == "muted":
        await store.mute_keyword(1, word.id, NOW + HOUR)
    else:
        await store.remove_keyword(1, word.id)
    owed = [Owed(entry_key=1, destination=member(7), keyword_ids=(word.id, other.id))]
    assert await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], owed)) == 1
    [posting] = await scene.lease()
    assert [one.query for one in posting.deliveries[0].keywords] == ["two"]


async def test_a_keyword_of_a_guild_that_left_during_the_poll_owes_nothing(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    word = await scene.watch()
    await store.forget_guild(1, NOW)
    owed = [Owed(entry_key=1, destination=member(7), keyword_ids=(word.id,))]
    assert await store.commit_poll(a_commit(feed.id, [an_entry(1)], owed)) == 0


async def test_deliveries_are_made_in_the_order_of_the_entries(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    keys = [5, -3, 9, 1]
    owed = [owed_to(sub, key) for key in sorted(keys)]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(key) for key in keys], owed))
    [posting] = await scene.lease()
    assert titles(posting) == [f"Entry {key}" for key in keys]


async def test_more_than_one_statement_takes_fits_one_commit(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id=1000 + number) for number in range(8)]
    assert await scene.publish_to(subs, range(1, 602)) == 8 * 601


async def test_a_commit_that_fails_leaves_nothing_behind(store: Store, scene: Scene, url: str) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    before = await _dump(store)
    bad = Owed(entry_key=3, destination=channel(10, guild_id=404), subscription_id=sub.id)  # no such guild
    entries = [an_entry(2), an_entry(3)]
    with pytest.raises(StoreError):
        await store.commit_poll(a_commit(sub.feed_id, entries, [owed_to(sub, 2), bad], at=NOW + HOUR))
    assert await _dump(store) == before
    assert await scene.publish(sub, [2, 3], at=NOW + HOUR) == 2, "and the same poll goes well the next time"


async def _dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    tables = ("feed", "feed_seen", "entry", "entry_fts", "destination", "delivery", "posting")
    async with store._database.read() as connection:
        return {
            name: [tuple(row) for row in await connection.execute(text(f"SELECT * FROM {name}"))] for name in tables
        }


async def test_a_poll_of_a_feed_that_is_gone_is_passed_over(store: Store, scene: Scene) -> None:
    assert await store.commit_poll(a_commit(99, [an_entry(1)])) == 0


async def test_visits_count_failures_until_one_goes_well(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    await scene.follow(feed)
    failed = [Visit(feed_id=feed.id, at=NOW + n * HOUR, next_due_at=NOW + n * HOUR, error=f"no {n}") for n in (1, 2)]
    await store.record_visits(failed)
    [stored] = await store.due(NOW + DAY, 1)
    assert (stored.failures, stored.failing_since, stored.last_error) == (2, NOW + HOUR, "no 2")
    assert stored.polled_at is None
    fine = Visit(feed_id=feed.id, at=NOW + 3 * HOUR, next_due_at=NOW + 4 * HOUR, validators=Validators(etag=b"x"))
    await store.record_visits([fine])
    [stored] = await store.due(NOW + DAY, 1)
    assert (stored.failures, stored.failing_since, stored.last_error) == (0, None, None)
    assert (stored.polled_at, stored.validators.etag) == (NOW + 3 * HOUR, b"x")


async def test_a_visit_keeps_what_it_does_not_name(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await store.record_visits([Visit(feed_id=sub.feed_id, at=NOW, next_due_at=NOW + HOUR)])
    [stored] = await store.due(NOW + DAY, 1)
    assert (stored.validators.etag, stored.body_hash) == (b'"v1"', b"hash")


async def test_a_feeds_rhythm_and_what_is_recalled_of_its_document_are_kept(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    times = (NOW - 400 * DAY, NOW - HOUR, NOW)
    await store.commit_poll(replace(a_commit(sub.feed_id), entry_times=times, recalled=b"first"))
    [feed] = await store.due(NOW + DAY, 1)
    assert feed.entry_times == times
    assert await store.recalled(feed.id) == b"first"
    await store.record_visits([Visit(feed_id=feed.id, at=NOW, next_due_at=NOW)])
    assert await store.recalled(feed.id) == b"first"
    await store.record_visits([Visit(feed_id=feed.id, at=NOW, next_due_at=NOW, recalled=b"second")])
    assert await store.recalled(feed.id) == b"second"
    assert (await store.due(NOW + DAY, 1))[0].entry_times == times


async def test_keywords_for_a_feed_are_those_of_its_followers(store: Store, scene: Scene) -> None:
    feed, other = await scene.feed(), await scene.feed("https://feeds.example/b")
    await scene.follow(feed, guild_id=1)
    await scene.follow(other, channel_id=20, guild_id=2)
    everywhere, here = await scene.watch("all"), await scene.watch("here", feed=feed)
    await scene.watch("there", feed=other)
    await scene.watch("all", guild_id=2)
    assert await store.keywords_for(feed.id) == [everywhere, here]
    await store.forget_guild(1, NOW)
    assert await store.keywords_for(feed.id) == []


async def test_subscriptions_of_a_feed_are_the_running_ones_of_every_guild(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id=10 * guild, guild_id=guild) for guild in (1, 2, 3)]
    await store.pause_subscription(2, subs[1].id, "by hand", NOW)
    assert await store.subscriptions_of(feed.id) == [subs[0], subs[2]]
