"""Outbox: what is leased when, in which order, and what outlives a restart."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.model import GuildSettings, Owed, Refused, Sent
from bot.store.store import Store
from tests.store.scene import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Scene,
    a_commit,
    an_entry,
    channel,
    member,
    owed_to,
    save_settings,
    titles,
)

NO_ACCESS = Refused(status=403, code=50001, reason="Missing Access")
REFUSED = Refused(status=400, code=50035, reason="Invalid Form Body")


async def test_a_lease_gives_one_posting_a_destination_and_no_second_before_it_is_settled(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 16))
    [posting] = await scene.lease()
    assert titles(posting) == [f"Entry {number}" for number in range(1, 11)], "ten embeds a message"
    assert await scene.lease() == []
    await scene.send(posting)
    [rest] = await scene.lease()
    assert titles(rest) == [f"Entry {number}" for number in range(11, 16)]


async def test_two_leases_at_once_never_share_a_posting(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id=100 + number) for number in range(20)]
    await scene.publish_to(subs, [1])
    leased = await asyncio.gather(*(store.lease(NOW, 5) for _ in range(6)))
    ids = [posting.id for some in leased for posting in some]
    assert len(ids) == len(set(ids)) == 20


async def test_deliveries_of_several_feeds_join_in_the_order_they_were_made(store: Store, scene: Scene) -> None:
    one = await scene.follow(await scene.feed())
    two = await scene.follow(await scene.feed("https://feeds.example/b"))
    await scene.publish(one, [1])
    await scene.publish(two, [2])
    await scene.publish(one, [3])
    [posting] = await scene.lease()
    assert titles(posting) == ["Entry 1", "Entry 2", "Entry 3"]


async def test_a_message_mentions_one_set_of_roles_only(store: Store, scene: Scene) -> None:
    plain = await scene.follow(await scene.feed())
    loud = await scene.follow(await scene.feed("https://feeds.example/b"), mention=5)
    for sub, key in ((plain, 1), (loud, 2), (loud, 3), (plain, 4)):
        await scene.publish(sub, [key])
    messages = []
    while postings := await scene.lease():
        messages.append(titles(postings[0]))
        await scene.send(postings[0])
    assert messages == [["Entry 1"], ["Entry 2", "Entry 3"], ["Entry 4"]]


async def test_nonces_are_24_characters_and_no_two_are_alike(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id=100 + number) for number in range(30)]
    await scene.publish_to(subs, [1])
    nonces = {posting.nonce for posting in await scene.lease(limit=30)}
    assert len(nonces) == 30
    assert {len(nonce) for nonce in nonces} == {24}


async def test_a_restart_gives_the_same_posting_with_its_nonce_and_attempts(url: str) -> None:
    async with await Store.open(url) as store:
        scene = Scene(store)
        word = await scene.watch("one", channel_id=10)
        sub = await scene.follow(await scene.feed(), mention=5)
        owed = [owed_to(sub, 1), Owed(entry_key=1, destination=channel(10), keyword_ids=(word.id,))]
        await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], owed))
        [before] = await scene.lease()
        await store.begin_attempt(before.id, NOW + MINUTE)
    async with await Store.open(url) as store:
        assert await store.lease(NOW + MINUTE, 10) == []
        assert await store.free_leases() == 1
        [after] = await store.lease(NOW + MINUTE, 10)
    assert (after.id, after.nonce, after.deliveries) == (before.id, before.nonce, before.deliveries)
    assert (before.attempts, before.first_attempt_at) == (0, None)
    assert (after.attempts, after.first_attempt_at) == (1, NOW + MINUTE)


async def test_the_first_attempt_keeps_its_time(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    for number in range(3):
        [posting] = await scene.lease(NOW + number * HOUR)
        await store.begin_attempt(posting.id, NOW + number * HOUR)
        await store.put_off(posting.id, NOW + (number + 1) * HOUR, "503")
    [posting] = await scene.lease(NOW + 3 * HOUR)
    assert (posting.attempts, posting.first_attempt_at) == (3, NOW)


async def test_what_is_put_off_comes_again_at_its_time_and_holds_back_what_follows(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [first] = await scene.lease()
    await scene.publish(sub, [2])
    await store.put_off(first.id, NOW + MINUTE, "503")
    assert await scene.lease(NOW + MINUTE - timedelta(microseconds=1)) == []
    assert await store.next_ready(NOW) == NOW + MINUTE
    [again] = await scene.lease(NOW + MINUTE)
    assert (again.id, again.nonce, titles(again)) == (first.id, first.nonce, ["Entry 1"])
    await scene.send(again)
    assert await scene.drain() == ["Entry 2"]


async def test_next_ready_is_none_when_nothing_waits_for_a_time(store: Store, scene: Scene) -> None:
    assert await store.next_ready(NOW) is None
    await scene.publish(await scene.follow(await scene.feed()), [1])
    assert await store.next_ready(NOW) is None, "it is ready now"
    [posting] = await scene.lease()
    assert await store.next_ready(NOW) is None, "it is on its way"
    await store.put_off(posting.id, NOW + MINUTE, "503")
    assert await store.next_ready(NOW + MINUTE) is None
    assert await store.next_ready(NOW) == NOW + MINUTE


async def test_a_clock_set_back_does_not_hold_up_what_is_new(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1], at=NOW + DAY)
    assert len(await scene.lease(NOW)) == 1


async def test_a_refused_posting_comes_back_plainer(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    [posting] = await scene.lease()
    await store.degrade(posting.id, REFUSED, NOW + MINUTE)
    [again] = await scene.lease(NOW + MINUTE)
    assert (again.id, again.nonce, posting.degraded, again.degraded) == (posting.id, posting.nonce, 0, 1)


async def test_settling_writes_the_message_to_every_delivery(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1, 2])
    assert await store.waiting(1, sub.id) == 2
    [posting] = await scene.lease()
    await store.settle(posting.id, Sent(channel_id=10, message_id=555), NOW + MINUTE)
    assert await store.waiting(1, sub.id) == 0
    notes = await store.recent_deliveries(1, sub.id, 10)
    assert [(note.title, note.state, note.message_id, note.at) for note in notes] == [
        ("Entry 2", "sent", 555, NOW + MINUTE),
        ("Entry 1", "sent", 555, NOW + MINUTE),
    ]


async def test_giving_up_says_why_and_lets_the_next_through(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [posting] = await scene.lease()
    await scene.publish(sub, [2])
    await store.give_up(posting.id, REFUSED, NOW)
    [second, first] = await store.recent_deliveries(1, sub.id, 10)
    assert (first.state, second.state) == ("gave up", "waiting")
    assert "Invalid Form Body" in first.reason
    assert "50035" in first.reason
    assert await scene.drain() == ["Entry 2"]


async def test_a_waiting_delivery_tells_why_it_was_put_off(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [posting] = await scene.lease()
    await store.put_off(posting.id, NOW + MINUTE, "Discord is down")
    [note] = await store.recent_deliveries(1, sub.id, 10)
    assert (note.state, note.reason) == ("waiting", "Discord is down")


async def test_what_comes_late_cannot_open_a_settled_posting(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    [posting] = await scene.lease()
    await scene.send(posting)
    await store.put_off(posting.id, NOW, "late")
    await store.degrade(posting.id, REFUSED, NOW)
    await store.give_up(posting.id, REFUSED, NOW)
    assert await scene.lease() == []
    assert await store.free_leases() == 0


async def test_one_guild_with_thousands_waiting_does_not_delay_anothers_entry(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    many = [await scene.follow(feed, channel_id=100 + number, guild_id=1) for number in range(50)]
    await scene.publish_to(many, range(1, 31))
    small = await scene.follow(await scene.feed("https://feeds.example/b"), channel_id=99, guild_id=2)
    await scene.publish(small, [500])
    assert [posting.destination.guild_id for posting in await scene.lease(limit=3)] == [1, 2, 1]


async def test_guilds_take_turns_over_small_leases(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [
        await scene.follow(feed, channel_id=guild * 100 + number, guild_id=guild)
        for guild in (1, 2, 3)
        for number in range(3)
    ]
    await scene.publish_to(subs, [1])
    turns = [(await scene.lease(limit=1))[0].destination.guild_id for _ in range(9)]
    assert turns == [1, 2, 3] * 3


async def test_a_paused_subscriptions_deliveries_are_kept_until_it_is_resumed(store: Store, scene: Scene) -> None:
    paused = await scene.follow(await scene.feed())
    other = await scene.follow(await scene.feed("https://feeds.example/b"))
    await scene.publish(paused, [1])
    await scene.publish(other, [2])
    await store.pause_subscription(1, paused.id, "by hand", NOW)
    assert await scene.drain() == ["Entry 2"]
    assert await store.waiting(1, paused.id) == 1
    await store.resume_subscription(1, paused.id, NOW)
    assert await scene.drain() == ["Entry 1"]


async def test_a_posting_put_off_is_not_leased_while_its_subscription_is_paused(store: Store, scene: Scene) -> None:
    paused = await scene.follow(await scene.feed())
    other = await scene.follow(await scene.feed("https://feeds.example/b"))
    await scene.publish(paused, [1])
    [posting] = await scene.lease()
    await store.begin_attempt(posting.id, NOW)
    await store.pause_subscription(1, paused.id, "Missing Access", NOW)
    await store.put_off(posting.id, NOW, "Missing Access")
    await scene.publish(other, [2])
    assert await scene.drain() == ["Entry 2"], "the other subscription of the channel does not wait for it"
    await store.resume_subscription(1, paused.id, NOW)
    [again] = await scene.lease()
    assert (again.id, again.nonce, again.attempts) == (posting.id, posting.nonce, 1)


async def test_pausing_takes_its_entries_out_of_postings_that_were_never_tried(store: Store, scene: Scene) -> None:
    paused = await scene.follow(await scene.feed())
    other = await scene.follow(await scene.feed("https://feeds.example/b"))
    await scene.publish(paused, [1])
    await scene.publish(other, [2])
    [posting] = await scene.lease()
    assert titles(posting) == ["Entry 1", "Entry 2"]
    await store.free_leases()
    await store.pause_subscription(1, paused.id, "by hand", NOW)
    assert await scene.drain() == ["Entry 2"]


async def test_what_a_keyword_asks_for_too_is_sent_though_the_subscription_is_paused(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    word = await scene.watch("one", channel_id=10)
    owed = [owed_to(sub, 1), owed_to(sub, 2), Owed(entry_key=2, destination=channel(10), keyword_ids=(word.id,))]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1), an_entry(2)], owed))
    await store.pause_subscription(1, sub.id, "by hand", NOW)
    assert await scene.drain() == ["Entry 2"]


async def test_a_removed_subscription_drops_what_it_owes_but_not_a_keywords(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    word = await scene.watch("one", channel_id=10)
    owed = [owed_to(sub, 1), owed_to(sub, 2), Owed(entry_key=2, destination=channel(10), keyword_ids=(word.id,))]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1), an_entry(2)], owed))
    await store.remove_subscription(1, sub.id)
    assert await scene.drain() == ["Entry 2"]


async def test_a_subscription_removed_while_its_posting_is_out_leaves_nothing_open(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [posting] = await scene.lease()
    await store.remove_subscription(1, sub.id)
    await store.put_off(posting.id, NOW, "503")
    assert await scene.lease() == []
    assert await store.next_ready(NOW - DAY) is None
    async with store._database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM posting WHERE state = 'open'")) == 0
    again = await scene.follow(await scene.feed())
    await scene.publish(again, [2])
    assert await scene.drain() == ["Entry 2"]


async def test_a_removed_keyword_drops_what_only_it_asked_for(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    gone, stays = await scene.watch("gone"), await scene.watch("stays")
    owed = [
        Owed(entry_key=1, destination=member(7), keyword_ids=(gone.id,)),
        Owed(entry_key=2, destination=member(7), keyword_ids=(gone.id, stays.id)),
        owed_to(sub, 1),
    ]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1), an_entry(2)], owed))
    await store.remove_keyword(1, gone.id)
    by_kind = {posting.destination.kind: titles(posting) for posting in await scene.lease()}
    assert by_kind == {"channel": ["Entry 1"], "user": ["Entry 2"]}


async def test_a_held_destination_rests_until_its_time_or_until_it_is_cleared(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)
    [hold] = await store.holds(1)
    assert (hold.destination, hold.since, hold.until, hold.reason) == (channel(10), NOW, NOW + HOUR, "Missing Access")
    assert await scene.lease() == []
    assert await store.next_ready(NOW) == NOW + HOUR
    [posting] = await scene.lease(NOW + HOUR)
    await store.put_off(posting.id, NOW + HOUR, "Missing Access")
    await store.hold(channel(10), NO_ACCESS, NOW, NOW + DAY)
    assert await scene.lease(NOW + HOUR) == []
    await store.clear_hold(channel(10))
    assert [again.id for again in await scene.lease(NOW + HOUR)] == [posting.id]
    assert await store.holds(1) == []


async def test_a_channel_can_be_held_before_anything_was_owed_to_it(store: Store, scene: Scene) -> None:
    await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)
    await scene.publish(await scene.follow(await scene.feed()), [1])
    assert await scene.lease() == []


async def test_resuming_ends_the_hold_of_the_channel(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await store.hold(channel(10), NO_ACCESS, NOW, NOW + HOUR)
    await store.pause_subscription(1, sub.id, "Missing Access", NOW)
    await store.resume_subscription(1, sub.id, NOW)
    assert await scene.drain() == ["Entry 1"]


async def test_a_released_channel_is_due_at_once(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    subs = [await scene.follow(feed, channel_id=10), await scene.follow(feed, channel_id=11)]
    await scene.publish_to(subs, [1])
    for posting in await scene.lease():
        await store.put_off(posting.id, NOW + HOUR, "Missing Access")
    assert not await store.release_channel(12, NOW)
    assert await store.release_channel(10, NOW)
    assert [posting.destination.id for posting in await scene.lease()] == [10]
    await store.hold(channel(11), NO_ACCESS, NOW, NOW + DAY)
    assert await store.release_channel(11, NOW)
    assert [posting.destination.id for posting in await scene.lease()] == [11]
    assert not await store.release_channel(11, NOW), "it is on its way"


async def test_nothing_is_sent_to_a_guild_that_left_until_it_is_back(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), [1])
    await store.forget_guild(1, NOW)
    assert await scene.lease() == []
    await store.restore_guild(1)
    assert await scene.drain() == ["Entry 1"]


@pytest.mark.parametrize("waiting", [300])
async def test_a_long_queue_arrives_whole_in_order_and_once(store: Store, scene: Scene, waiting: int) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, waiting + 1))
    assert await scene.drain() == [f"Entry {number}" for number in range(1, waiting + 1)]


async def test_a_later_attempt_knows_what_the_server_was_called(store: Store, scene: Scene) -> None:
    await scene.follow(await scene.feed())
    word = await scene.watch()
    owed = [Owed(entry_key=1, destination=member(7), keyword_ids=(word.id,))]
    await store.commit_poll(a_commit(1, [an_entry(1)], owed))
    (posting,) = await scene.lease()
    await store.begin_attempt(posting.id, NOW, server="Reading room")
    await store.free_leases()
    assert [one.server for one in await scene.lease()] == ["Reading room"]


async def test_a_posting_knows_its_guilds_settings_and_whether_it_was_silent(store: Store, scene: Scene) -> None:
    chosen = GuildSettings(guild_id=1, time_zone="Europe/Berlin", quiet_from=0, quiet_until=1)
    await scene.publish(await scene.follow(await scene.feed()), [1])
    await save_settings(store, chosen)
    [posting] = await scene.lease()
    assert (posting.settings, posting.silent) == (chosen, None)
    for silent in (True, False):
        await store.begin_attempt(posting.id, NOW, silent=silent)
        await store.put_off(posting.id, NOW, "HTTP 500")
        assert [one.silent for one in await scene.lease()] == [silent], "it may be there: it stays as it was"
    await store.hold(posting.destination, NO_ACCESS, NOW, NOW)
    await store.put_off(posting.id, NOW, NO_ACCESS.reason)
    assert [one.silent for one in await scene.lease()] == [None], "it is not there: decided anew"
