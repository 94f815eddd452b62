"""Digests on disk: what one tells of, that it is told and owed at once, and what ends with what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import QuotaReached
from bot.model import Digest, DigestLine, DigestPage, DigestSection, Posting, Refused, Sent, Subscription
from bot.store.store import Store
from tests.store.scene import DAY, HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, save_settings
from tests.store.test_retention import count

MINE, THEIRS = 1, 2
CHANNELS = (10, 11)  # where feeds are followed
UNKNOWN_CHANNEL = Refused(status=404, code=10003, reason="Unknown Channel")
LINE = DigestLine(title="*A title*", url="https://feeds.example/1", at=NOW)
PAGE = DigestPage(sections=(DigestSection(feed_title="A feed", lines=(LINE,)),), since=NOW, entries=1, feeds=1)


def a_digest(**changes: object) -> Digest:
    values: dict[str, object] = {
        "id": 0,
        "guild_id": MINE,
        "channel_id": 30,
        "schedule": "daily 9:00",
        "since": NOW - DAY,
        "next_due_at": NOW + HOUR,
    }
    return Digest(**{**values, **changes})  # type: ignore[arg-type]


async def ordered(store: Store, **changes: object) -> Digest:
    digest, _ = await store.set_digest(a_digest(**changes), at_most=10)
    return digest


async def gathered(store: Store, digest: Digest) -> list[str]:
    return [one.entry.title for one in (await store.gather(digest, CHANNELS)).entries]


async def bring(store: Store, sub: Subscription, keys: Sequence[int], **entry: object) -> None:
    """A poll brings these, owing nothing."""
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(key, **entry) for key in keys]))


async def pages_sent(store: Store, at: datetime = NOW) -> list[Posting]:
    sent = []
    while leased := await store.lease(at, 10):
        for posting in leased:
            await store.begin_attempt(posting.id, at)
            await store.settle(posting.id, Sent(channel_id=posting.destination.id, message_id=posting.id), at)
            sent.append(posting)
    return sent


# --- Ordering -------------------------------------------------------------------------------------------------


async def test_the_same_channel_and_filter_again_takes_other_times_and_keeps_its_place(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    first = await ordered(store)
    await bring(store, sub, [1])
    again, replaced = await store.set_digest(a_digest(schedule="hourly", since=NOW), at_most=1)
    assert replaced
    assert again == replace(first, schedule="hourly")
    assert await gathered(store, again) == ["Entry 1"]
    other = await ordered(store, filter="rust")
    assert [one.id for one in await store.digests(MINE)] == [first.id, other.id]


async def test_a_guild_has_so_many_digests(store: Store) -> None:
    await ordered(store)
    with pytest.raises(QuotaReached):
        await store.set_digest(a_digest(channel_id=31), at_most=1)
    await store.set_digest(a_digest(guild_id=THEIRS), at_most=1)


async def test_nothing_of_another_guilds_digests_is_found_or_changed(store: Store, scene: Scene) -> None:
    theirs = await ordered(store, guild_id=THEIRS)
    sub = await scene.follow(await scene.feed(), guild_id=THEIRS)
    await bring(store, sub, [1])
    assert await store.digests(MINE) == []
    assert await store.digest(MINE, theirs.id) is None
    await store.remove_digest(MINE, theirs.id)
    as_mine = replace(theirs, guild_id=MINE)
    await store.plan_digest(replace(as_mine, next_due_at=NOW))
    assert not await store.commit_digest(as_mine, 1, [PAGE], NOW)
    assert await gathered(store, as_mine) == []
    assert await store.digest(THEIRS, theirs.id) == theirs


# --- What it tells of -----------------------------------------------------------------------------------------


async def test_it_tells_of_what_came_since_newest_first_of_all_the_guilds_feeds(store: Store, scene: Scene) -> None:
    one = await scene.follow(await scene.feed())
    two = await scene.follow(await scene.feed("https://feeds.example/b"), channel_id=11)
    theirs = await scene.follow(await scene.feed("https://feeds.example/c"), guild_id=THEIRS)
    digest = await ordered(store)
    await bring(store, one, [1], published_at=NOW - 2 * HOUR)
    await bring(store, two, [2], published_at=NOW - HOUR)
    await bring(store, theirs, [3])
    await bring(store, one, [4], published_at=NOW - 3 * HOUR)
    assert await gathered(store, digest) == ["Entry 2", "Entry 1", "Entry 4"]


async def test_the_first_one_reaches_back_as_it_says(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], at=NOW - 2 * DAY))
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(2)], at=NOW - HOUR))
    assert await gathered(store, await ordered(store, since=NOW - DAY)) == ["Entry 2"]


async def test_what_was_there_before_the_feed_was_followed_is_history(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    others = await scene.follow(feed, guild_id=THEIRS)
    digest = await ordered(store)
    await bring(store, others, [1])
    mine = await scene.follow(feed)
    await bring(store, mine, [2])
    backlog = replace(
        a_commit((await scene.follow(await scene.feed("https://b.example"))).feed_id, [an_entry(3)]), backlog=True
    )
    await store.commit_poll(backlog)
    assert await gathered(store, digest) == ["Entry 2"]


async def test_paused_feeds_are_left_out_and_what_was_skipped_stays_skipped(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    digest = await ordered(store)
    await store.pause_subscription(MINE, sub.id, "by hand", NOW)
    await bring(store, sub, [1])
    assert await gathered(store, digest) == []
    await store.resume_subscription(MINE, sub.id, NOW)
    await bring(store, sub, [2])
    assert await gathered(store, digest) == ["Entry 2"]


@pytest.mark.parametrize(
    ("filter", "of_feed", "told"),
    [
        ("", "", [4, 3, 2, 1]),
        ("rust", "", [3, 1]),
        ("-rust", "", [4, 2]),
        ("", "zig", [3, 2]),
        ("rust", "zig", [3]),
        ("=Rust", "", [1]),
        ("feed:other", "", []),
        ('feed:"A feed" zig', "", [3, 2]),
        ("rust OR feed:feed", "-zig", [4, 1]),
    ],
)
async def test_an_entry_passes_the_digests_filter_and_that_of_a_subscription(
    store: Store, scene: Scene, filter: str, of_feed: str, told: list[int]
) -> None:
    feed = await scene.feed()
    sub = await store.add_subscription(
        Subscription(id=0, guild_id=MINE, channel_id=10, feed_id=feed.id, filter=of_feed)
    )
    digest = await ordered(store, filter=filter)
    for key, title in enumerate(("Rust", "zig", "rust and zig", "neither"), 1):
        await bring(store, sub, [key], title=title, text="")
    assert [one.entry.key for one in (await store.gather(digest, CHANNELS)).entries] == told


async def test_one_subscription_that_lets_it_through_is_enough(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    for place, filter in ((10, "rust"), (11, "zig")):
        await store.add_subscription(
            Subscription(id=0, guild_id=MINE, channel_id=place, feed_id=feed.id, filter=filter)
        )
    sub = (await store.subscriptions(MINE))[0]
    digest = await ordered(store)
    for key, title in enumerate(("rust", "zig", "rust and zig", "neither"), 1):
        await bring(store, sub, [key], title=title, text="")
    assert [one.entry.key for one in (await store.gather(digest, CHANNELS)).entries] == [3, 2, 1]


# --- Told and owed at once ------------------------------------------------------------------------------------


async def test_it_is_told_and_owed_at_once_and_never_twice(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    digest = await ordered(store)
    await bring(store, sub, [1])
    until = (await store.gather(digest, CHANNELS)).until_entry_id
    await bring(store, sub, [2])  # while the message was made
    then = replace(digest, last_due_at=NOW, next_due_at=NOW + DAY)
    assert await store.commit_digest(then, until, [PAGE, replace(PAGE, page=2)], NOW)
    assert not await store.commit_digest(then, until + 1, [PAGE], NOW), "the same again, by another step"
    known = await store.digest(MINE, digest.id)
    assert known == replace(then, after_entry_id=until, since=NOW, unsent=True)
    assert await gathered(store, known) == ["Entry 2"]
    first, second = await pages_sent(store)
    assert (first.digest, second.digest) == (PAGE, replace(PAGE, page=2))
    assert first.destination == channel(30)
    assert first.deliveries == ()
    known = await store.digest(MINE, digest.id)
    assert known is not None
    assert not known.unsent


async def test_a_digest_that_was_set_to_other_times_meanwhile_is_not_told_by_the_old(store: Store) -> None:
    digest = await ordered(store)
    await ordered(store, schedule="hourly")
    assert not await store.commit_digest(digest, 5, [PAGE], NOW)
    assert await store.lease(NOW, 10) == []


async def test_a_page_outlives_being_put_off_a_restart_and_a_sweep(store: Store) -> None:
    digest = await ordered(store)
    await store.commit_digest(digest, 0, [PAGE], NOW)
    [posting] = await store.lease(NOW, 10)
    await store.begin_attempt(posting.id, NOW)
    await store.put_off(posting.id, NOW + HOUR, "no answer")
    await store.prune(NOW, DAY)
    await store.free_leases()
    assert await store.lease(NOW, 10) == []
    [again] = await store.lease(NOW + HOUR, 10)
    assert (again.id, again.nonce, again.digest, again.attempts) == (posting.id, posting.nonce, PAGE, 1)


async def test_what_was_sent_is_swept_away(store: Store) -> None:
    digest = await ordered(store)
    await store.commit_digest(digest, 0, [PAGE], NOW)
    await pages_sent(store)
    await store.prune(NOW, DAY)
    assert await count(store, "posting") == 0


# --- When ------------------------------------------------------------------------------------------------------


async def test_what_is_due_comes_longest_overdue_first_of_guilds_that_are_there(store: Store) -> None:
    late = await ordered(store, next_due_at=NOW)
    later = await ordered(store, channel_id=31, next_due_at=NOW - MINUTE)
    await ordered(store, channel_id=32, next_due_at=NOW + MINUTE)
    gone = await ordered(store, guild_id=THEIRS, next_due_at=NOW - DAY)
    await store.forget_guild(gone.guild_id, NOW)
    assert [one.id for one in await store.digests_due(NOW, 10)] == [later.id, late.id]
    assert [one.id for one in await store.digests_due(NOW, 1)] == [later.id]
    assert await store.next_digest_due(NOW) == NOW + MINUTE
    await store.restore_guild(gone.guild_id)
    assert (await store.digests_due(NOW, 10))[0].id == gone.id


async def test_another_time_zone_of_the_guild_asks_for_a_new_plan(store: Store) -> None:
    digest = await ordered(store)
    assert await store.digests_due(NOW, 10) == []
    settings = await store.guild_settings(MINE)
    await save_settings(store, replace(settings, time_zone="Europe/Berlin"))
    [due] = await store.digests_due(NOW, 10)
    assert due == replace(digest, time_zone="Europe/Berlin", next_due_at=None)
    await store.plan_digest(replace(due, next_due_at=NOW + DAY))
    assert await store.digests_due(NOW, 10) == []


async def test_a_clock_that_was_set_back_asks_for_a_new_plan(store: Store) -> None:
    digest = await ordered(store)
    await store.pull_in(NOW, HOUR)
    assert await store.digests_due(NOW, 10) == [replace(digest, next_due_at=None)]


# --- What ends with what ---------------------------------------------------------------------------------------


async def test_a_removed_digest_takes_back_what_is_not_on_its_way(store: Store) -> None:
    digest = await ordered(store)
    await store.commit_digest(digest, 0, [PAGE, PAGE], NOW)
    [on_its_way] = await store.lease(NOW, 10)
    await store.remove_digest(MINE, digest.id)
    assert await store.digests(MINE) == []
    await store.settle(on_its_way.id, Sent(channel_id=30, message_id=1), NOW)
    assert await store.lease(NOW, 10) == []


async def test_a_channel_that_is_gone_for_long_ends_its_digests(store: Store) -> None:
    digest, other = await ordered(store), await ordered(store, channel_id=31)
    await store.hold(channel(30), UNKNOWN_CHANNEL, NOW, NOW + HOUR)
    assert await store.drop_gone_channels(NOW) == 0
    assert await store.drop_gone_channels(NOW + DAY) == 1
    assert [one.id for one in await store.digests(MINE)] == [other.id]
    assert digest.id != other.id


async def test_a_guild_that_is_erased_leaves_no_digest_and_no_page(store: Store) -> None:
    digest = await ordered(store)
    await store.commit_digest(digest, 0, [PAGE], NOW)
    await store.forget_guild(MINE, NOW)
    assert await store.lease(NOW, 10) == []
    await store.erase_guilds(NOW + DAY)
    await store.restore_guild(MINE)
    assert await store.digests(MINE) == []
    assert await store.lease(NOW, 10) == []


async def test_a_member_who_is_forgotten_is_named_by_no_digest(store: Store) -> None:
    digest = await ordered(store, created_by=7)
    await store.forget_member(7)
    assert await store.digests(MINE) == [replace(digest, created_by=None)]
