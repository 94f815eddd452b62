"""A subscription moves to another channel: what it owes comes once, in the one or the other."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import AlreadyThere
from bot.model import Owed, Refused, Sent
from bot.store.store import Store
from tests.store.scene import HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, titles

GONE = Refused(status=404, code=10003, reason="Unknown Channel")


async def sent_to(scene: Scene) -> list[tuple[int, str]]:
    """Sends all that can be sent: (channel, title) in the order of the messages."""
    sent: list[tuple[int, str]] = []
    while postings := await scene.lease():
        for posting in postings:
            sent += [(posting.destination.id, title) for title in titles(posting)]
            await scene.send(posting)
    return sent


async def test_what_waits_goes_along_in_its_order_and_what_is_new_follows(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1, 2])
    await store.move_subscription(1, sub.id, 11, NOW)
    moved = await store.subscription(1, sub.id)
    assert moved is not None
    await scene.publish(moved, [3])
    assert await sent_to(scene) == [(11, "Entry 1"), (11, "Entry 2"), (11, "Entry 3")]


async def test_a_message_that_was_begun_stays_in_the_old_channel(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    (begun,) = await scene.lease()
    await store.begin_attempt(begun.id, NOW)
    await store.put_off(begun.id, NOW, "no answer")
    await scene.publish(sub, [2])
    await store.move_subscription(1, sub.id, 11, NOW)
    assert sorted(await sent_to(scene)) == [(10, "Entry 1"), (11, "Entry 2")]


async def test_a_posting_in_flight_stays_and_what_was_only_leased_before_a_restart_moves(
    store: Store, scene: Scene
) -> None:
    sub, other = await scene.follow(await scene.feed()), await scene.follow(await scene.feed("https://b.example/"))
    await scene.publish(sub, [1])
    (in_flight,) = await scene.lease()
    await store.move_subscription(1, sub.id, 11, NOW)
    assert await sent_to(scene) == []
    await scene.send(in_flight)
    await scene.publish(other, [2])
    await scene.lease()
    await store.free_leases()
    await store.move_subscription(1, other.id, 11, NOW)
    assert await sent_to(scene) == [(11, "Entry 2")]


async def test_what_a_deleted_channel_refused_comes_in_the_new_one(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    (refused,) = await scene.lease()
    await store.begin_attempt(refused.id, NOW)
    await store.hold(channel(10), GONE, NOW, NOW + HOUR)
    await store.put_off(refused.id, NOW, GONE.reason)
    await scene.publish(sub, range(2, 20))
    await store.move_subscription(1, sub.id, 11, NOW)
    sent = await sent_to(scene)
    assert {place for place, _ in sent} == {11}
    assert sorted(title for _, title in sent) == sorted(f"Entry {number}" for number in range(1, 20))
    notes = await store.recent_deliveries(1, sub.id, 50)
    assert {(note.state, note.channel_id) for note in notes} == {("sent", 11)}
    assert len({note.message_id for note in notes}) < 19, "of so many that waited most are told in one message"


async def test_after_a_refusal_an_attempt_whose_end_is_unknown_stays(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    (posting,) = await scene.lease()
    await store.begin_attempt(posting.id, NOW)
    await store.hold(channel(10), GONE, NOW, NOW + MINUTE)
    await store.put_off(posting.id, NOW, GONE.reason)
    (again,) = await scene.lease(NOW + HOUR)
    await store.begin_attempt(again.id, NOW + HOUR)
    await store.free_leases()  # the process died: nobody knows
    await store.move_subscription(1, sub.id, 11, NOW + HOUR)
    (left,) = await scene.lease(NOW + HOUR)
    assert (left.id, left.destination) == (posting.id, channel(10))


async def test_what_a_keyword_wants_too_is_told_in_both_channels_once(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    here, there = await scene.watch(channel_id=10), await scene.watch(channel_id=11)
    owed = [
        Owed(entry_key=1, destination=channel(10), subscription_id=sub.id, keyword_ids=(here.id,)),
        Owed(entry_key=2, destination=channel(10), subscription_id=sub.id),
        Owed(entry_key=2, destination=channel(11), keyword_ids=(there.id,)),
    ]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1), an_entry(2)], owed))
    await store.move_subscription(1, sub.id, 11, NOW)
    await store.remove_keyword(1, there.id)
    assert sorted(await sent_to(scene)) == [(10, "Entry 1"), (11, "Entry 1"), (11, "Entry 2")]


async def test_what_is_in_the_new_channel_already_is_not_posted_again(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    before = await scene.follow(feed, channel_id=11)
    sub = await scene.follow(feed)
    await scene.publish_to([before, sub], [1])
    posting = next(one for one in await scene.lease() if one.destination == channel(11))
    await scene.send(posting)
    await store.remove_subscription(1, before.id)
    await store.free_leases()
    await store.move_subscription(1, sub.id, 11, NOW)
    assert await sent_to(scene) == []
    assert [note.reason for note in await store.recent_deliveries(1, sub.id, 9)] == ["it is in the new channel already"]


async def test_what_was_dropped_in_the_new_channel_is_wanted_again(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    before, sub = await scene.follow(feed, channel_id=11), await scene.follow(feed)
    await scene.publish_to([before, sub], [1])
    await store.remove_subscription(1, before.id)
    await store.move_subscription(1, sub.id, 11, NOW)
    assert await sent_to(scene) == [(11, "Entry 1")]


async def test_another_feed_that_was_to_be_named_in_a_post_that_moves_tells_it_itself(
    store: Store, scene: Scene
) -> None:
    sub, other = await scene.follow(await scene.feed()), await scene.follow(await scene.feed("https://b.example/"))
    await scene.publish(sub, [1])
    await scene.publish(other, [1])  # the same link and title: one story
    await store.move_subscription(1, sub.id, 11, NOW)
    assert sorted(await sent_to(scene)) == [(10, "Entry 1"), (11, "Entry 1")]


async def test_a_channel_that_follows_the_feed_already_and_another_guild_refuse(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    sub, _ = await scene.follow(feed), await scene.follow(feed, channel_id=11)
    with pytest.raises(AlreadyThere):
        await store.move_subscription(1, sub.id, 11, NOW)
    await store.move_subscription(2, sub.id, 12, NOW)
    await store.move_subscription(1, sub.id, 10, NOW)
    assert await store.subscription(1, sub.id) == sub


async def test_a_paused_subscription_takes_what_it_kept_along(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await store.pause_subscription(1, sub.id, "by hand", NOW, catch_up=True)
    await scene.publish(sub, [1])
    await store.move_subscription(1, sub.id, 11, NOW)
    assert await sent_to(scene) == []
    await store.resume_subscription(1, sub.id, NOW)
    assert await sent_to(scene) == [(11, "Entry 1")]


async def test_why_an_entry_was_posted_is_known_after_the_move(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    await store.move_subscription(1, sub.id, 11, NOW)
    fate = await store.fate(1, sub.id, 1)
    assert (fate.state, fate.channel_id) == ("sent", 10)


NUMBERS = count(1)
STEPS = st.lists(st.sampled_from(["publish", "move", "lease", "send", "unknown", "restart"]), max_size=14)


@given(STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_happens_each_entry_comes_once_in_all_channels(
    store: Store, scene: Scene, steps: list[str]
) -> None:
    for old in await store.subscriptions(1):
        await store.remove_subscription(1, old.id)
    await scene.drain()
    start = next(NUMBERS) * 100  # no two runs tell the same story
    sub = await scene.follow(await scene.feed(f"https://feeds.example/{start}"))
    leased, sent, number, place = [], Counter[str](), start, 10
    for step in [*steps, "restart"]:
        if step == "publish":
            number += 1
            sub = next(one for one in await store.subscriptions(1) if one.id == sub.id)
            await scene.publish(sub, [number])
        elif step == "move":
            place = 21 - place
            await store.move_subscription(1, sub.id, place, NOW)
        elif step == "lease":
            leased += await scene.lease()
        elif step == "restart":
            leased = []
            await store.free_leases()
        elif leased:
            posting = leased.pop(0)
            await store.begin_attempt(posting.id, NOW)
            if step == "send":
                sent.update(titles(posting))
                await store.settle(posting.id, Sent(channel_id=posting.destination.id, message_id=posting.id), NOW)
            else:
                await store.put_off(posting.id, NOW, "no answer")
    for _, title in await sent_to(scene):
        sent[title] += 1
    assert sent == {f"Entry {one}": 1 for one in range(start + 1, number + 1)}
