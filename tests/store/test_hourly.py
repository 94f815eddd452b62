"""No more posts of one feed in a channel within an hour than it takes; the rest is told when the hour is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Owed, Subscription
from bot.store.store import Store
from tests.store.scene import HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, member, owed_to

LIMIT = 10


async def _bring(
    scene: Scene, subs: Iterable[Subscription], keys: Iterable[int], at: datetime, *, limit: int = LIMIT, gist: int = 0
) -> None:
    """A poll of the feed; of the entries the first `gist` are a flood's rest."""
    subs, keys = list(subs), list(keys)
    told = [replace(owed_to(sub, key), gist=place < gist) for sub in subs for place, key in enumerate(keys)]
    commit = a_commit(subs[0].feed_id, [an_entry(key) for key in keys], told, at)
    await scene.store.commit_poll(replace(commit, hourly_limit=limit))


async def _told(scene: Scene, at: datetime) -> tuple[int, list[int]]:
    """Sends all that may be sent: how many posts that is, and how many entries each summary stands for."""
    posts, summaries = 0, list[int]()
    while postings := await scene.lease(at):
        for one in postings:
            if one.gist:
                summaries.append(one.total)
            else:
                posts += len(one.deliveries)
            await scene.send(one, at)
    return posts, summaries


async def test_a_feed_that_brings_some_at_each_poll_posts_its_share_and_sums_up_the_rest(scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    posts, summaries = 0, list[int]()
    for minute in range(60):
        at = NOW + minute * MINUTE
        await _bring(scene, [sub], range(minute * 8, minute * 8 + 8), at, limit=60)
        more, summed = await _told(scene, at)
        posts, summaries = posts + more, summaries + summed
    assert (posts, summaries) == (60, [])
    assert await scene.store.next_ready(NOW + 59 * MINUTE) == NOW + HOUR
    assert await _told(scene, NOW + HOUR) == (0, [420]), "nothing is lost"


async def test_what_waits_for_its_hour_counts_as_waiting_and_survives_a_restart(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _bring(scene, [sub], range(15), NOW)
    await _told(scene, NOW)
    assert (await store.backlog()).waiting == 5
    assert await store.waiting(1, sub.id) == 5
    await store.free_leases()
    assert await _told(scene, NOW + HOUR - timedelta(microseconds=1)) == (0, [])
    assert await _told(scene, NOW + HOUR) == (0, [5])


async def test_each_channel_and_each_feed_has_an_hour_of_its_own(scene: Scene) -> None:
    feed, other = await scene.feed(), await scene.feed("https://feeds.example/b")
    sub = await scene.follow(feed)
    await _bring(scene, [sub], range(12), NOW)
    late = await scene.follow(feed, channel_id=11)
    await _bring(scene, [sub, late], range(12, 15), NOW)
    third = await scene.follow(other)
    await _bring(scene, [third], [100], NOW)
    assert await _told(scene, NOW) == (10 + 3 + 1, [])
    assert await _told(scene, NOW + HOUR) == (0, [5])


async def test_the_hour_begins_with_the_oldest_post_that_counts(scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _bring(scene, [sub], range(5), NOW)
    await _bring(scene, [sub], range(5, 10), NOW + 30 * MINUTE)
    assert await _told(scene, NOW + 30 * MINUTE) == (10, [])
    await _bring(scene, [sub], range(10, 16), NOW + 61 * MINUTE)
    assert await _told(scene, NOW + 61 * MINUTE) == (5, []), "the first five are more than an hour old"
    assert await _told(scene, NOW + 90 * MINUTE) == (0, [1])


async def test_a_flood_of_a_full_hour_is_summed_up_with_the_rest_of_it(scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _bring(scene, [sub], range(30), NOW, gist=22)
    assert await _told(scene, NOW) == (8, [22]), "a summary is no post"
    await _bring(scene, [sub], range(30, 60), NOW, gist=22)
    assert await _told(scene, NOW) == (2, [22]), "the hour had room when it came"
    await _bring(scene, [sub], range(60, 90), NOW, gist=22)
    assert await _told(scene, NOW) == (0, [])
    assert await _told(scene, NOW + HOUR) == (0, [6 + 30])


async def test_members_have_a_share_of_their_own(scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    word = await scene.watch("entry")
    entries = [an_entry(key) for key in range(15)]
    told = [Owed(entry_key=one.key, destination=member(7), keyword_ids=(word.id,)) for one in entries]
    await scene.store.commit_poll(replace(a_commit(sub.feed_id, entries, told), hourly_limit=LIMIT))
    assert await _told(scene, NOW) == (15, [])


async def test_what_waits_for_its_hour_goes_with_its_subscription(store: Store, scene: Scene) -> None:
    moves, ends = await scene.follow(await scene.feed()), await scene.follow(await scene.feed("https://b.example/"))
    for sub in (moves, ends):
        await _bring(scene, [sub], range(12), NOW)
        await _told(scene, NOW)
    await store.move_subscription(1, moves.id, 11, NOW)
    await store.remove_subscription(1, ends.id)
    [rest] = await scene.lease(NOW + HOUR)
    assert (rest.destination, rest.total) == (channel(11), 2)
    await scene.send(rest)
    assert await scene.lease(NOW + HOUR) == []


async def test_a_clock_that_was_set_back_brings_the_end_of_the_hour_with_it(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _bring(scene, [sub], range(12), NOW)
    await _told(scene, NOW)
    await store.pull_in(NOW - 24 * HOUR, 24 * HOUR)
    assert await store.next_ready(NOW - 24 * HOUR) == NOW - 23 * HOUR


async def test_fate_says_when_the_hour_is_over(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _bring(scene, [sub], range(11), NOW)
    [last] = await store.latest(1, limit=1)
    fate = await store.fate(1, sub.id, last.id)
    assert (fate.state, fate.gist, fate.not_before) == ("waiting", True, NOW + HOUR)
