"""Floods told in one message, places that refuse and relent, and what shares a message."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.model import Note, Owed, Refused, Subscription
from bot.store.holds import NEWEST_KEPT
from bot.store.lanes import DMS_AN_HOUR
from bot.store.outbox import GIST_SHOWN
from bot.store.store import Store
from tests.store.scene import HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, member, owed_to, titles

NO_ACCESS = Refused(status=403, code=50001, reason="Missing Access")
SECOND = timedelta(seconds=1)


async def _flood(store: Store, sub: Subscription, gist: Iterable[int], posts: Iterable[int]) -> None:
    owed = [Owed(entry_key=key, destination=channel(sub.channel_id), subscription_id=sub.id, gist=True) for key in gist]
    owed += [owed_to(sub, key) for key in posts]
    entries = [an_entry(one.entry_key) for one in owed]
    await store.commit_poll(a_commit(sub.feed_id, entries, owed))


async def test_the_rest_of_a_flood_is_one_message_before_the_newest(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _flood(store, sub, range(1, 101), range(101, 106))
    [rest] = await scene.lease()
    assert rest.gist
    assert rest.total == 100
    assert titles(rest) == [f"Entry {number}" for number in range(101 - GIST_SHOWN, 101)]
    await scene.send(rest)
    [newest] = await scene.lease()
    assert not newest.gist
    assert titles(newest) == [f"Entry {number}" for number in range(101, 106)]
    notes = await store.recent_deliveries(1, sub.id, 200)
    assert {note.message_id for note in notes if note.state == "sent"} == {rest.id}
    assert len([note for note in notes if note.state == "sent"]) == 100


async def test_the_rest_of_a_flood_comes_back_as_it_was_after_a_restart(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await _flood(store, sub, range(1, 51), [51])
    [before] = await scene.lease()
    await store.free_leases()
    [after] = await scene.lease()
    assert after == before


async def test_a_keyword_makes_a_flooded_entry_a_post_of_its_own(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    word = await scene.watch("entry", channel_id=10)
    owed = [Owed(entry_key=1, destination=channel(10), subscription_id=sub.id, gist=True)]
    owed.append(Owed(entry_key=1, destination=channel(10), keyword_ids=(word.id,)))
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], owed))
    [posting] = await scene.lease()
    assert not posting.gist
    assert posting.deliveries[0].subscription is not None
    assert [one.id for one in posting.deliveries[0].keywords] == [word.id]


async def test_a_place_that_refuses_is_news_once_until_it_has_taken_a_message(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    assert await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)
    assert not await store.hold(channel(10), NO_ACCESS, NOW + HOUR, NOW + 2 * HOUR)
    assert await store.release_channel(10, NOW)
    assert not await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR), "it relented, they say, but took nothing yet"
    await store.release_channel(10, NOW)
    assert await scene.drain() == ["Entry 1"]
    assert await store.holds(1) == []
    assert await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)


async def test_what_waited_for_a_place_comes_bounded_when_it_relents(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [first] = await scene.lease()
    await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)
    await store.put_off(first.id, NOW, NO_ACCESS.reason)
    await scene.publish(sub, range(2, 41))
    await store.clear_hold(channel(10))
    [again] = await scene.lease()
    assert titles(again) == ["Entry 1"]
    await scene.send(again)
    [rest] = await scene.lease()
    assert rest.gist
    assert rest.total == 39 - NEWEST_KEPT
    await scene.send(rest)
    assert await scene.drain() == [f"Entry {number}" for number in range(41 - NEWEST_KEPT, 41)]


async def test_a_paused_subscription_keeps_what_comes_only_if_asked(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    skips, keeps = await scene.follow(feed, channel_id=10), await scene.follow(feed, channel_id=11)
    await store.pause_subscription(1, skips.id, "by <@7>", NOW)
    await store.pause_subscription(1, keeps.id, "by <@7>", NOW, catch_up=True)
    assert [one.id for one in await store.subscriptions_of(feed.id)] == [keeps.id]
    assert await store.due(NOW, 10), "a feed that somebody wants to catch up with is polled"
    await scene.publish_to([skips, keeps], range(1, 16))
    assert await scene.lease() == []
    for sub in (skips, keeps):
        await store.resume_subscription(1, sub.id, NOW)
    [rest] = await scene.lease()
    assert (rest.destination.id, rest.gist, rest.total) == (11, True, 15 - NEWEST_KEPT)
    await scene.send(rest)
    assert await scene.drain() == [f"Entry {number}" for number in range(16 - NEWEST_KEPT, 16)]


async def test_a_note_goes_out_like_an_entry_and_before_it(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    note = Note(text="Something happened.", otherwise=(member(7),))
    await store.post_note(channel(10), note, NOW)
    [posting] = await scene.lease()
    assert posting.note == note
    assert posting.deliveries == ()
    await store.put_off(posting.id, NOW + MINUTE, "HTTP 500")
    [posting] = await scene.lease(NOW + MINUTE)
    assert posting.note == note
    await scene.send(posting)
    assert await scene.drain() == ["Entry 1"]


async def test_what_comes_within_the_window_of_a_message_shares_the_next(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [first] = await store.lease(NOW, 10, window=2 * SECOND)
    await scene.send(first)
    await scene.publish(sub, [2])
    assert await store.lease(NOW + SECOND, 10, window=2 * SECOND) == []
    assert await store.next_ready(NOW + SECOND, window=2 * SECOND) == NOW + 2 * SECOND
    await scene.publish(sub, [3])
    [second] = await store.lease(NOW + 2 * SECOND, 10, window=2 * SECOND)
    assert titles(second) == ["Entry 2", "Entry 3"]


async def test_a_full_message_waits_for_no_window(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [first] = await store.lease(NOW, 10, window=2 * SECOND)
    await scene.send(first)
    await scene.publish(sub, range(2, 12))
    [full] = await store.lease(NOW, 10, window=2 * SECOND)
    assert len(full.deliveries) == 10


async def test_a_member_gets_so_many_messages_an_hour_and_the_rest_in_one(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    word = await scene.watch("entry")
    for number in range(DMS_AN_HOUR + 5):
        owed = [Owed(entry_key=number, destination=member(7), keyword_ids=(word.id,))]
        await store.commit_poll(a_commit(sub.feed_id, [an_entry(number)], owed))
        for posting in await scene.lease(NOW + number * SECOND):
            await scene.send(posting, NOW + number * SECOND)
    assert await scene.lease(NOW + 30 * MINUTE) == []
    [rest] = await scene.lease(NOW + HOUR)
    assert rest.gist
    assert rest.total == 5
