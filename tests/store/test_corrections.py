"""Corrections: what a poll's transaction owes to the messages that are there, and how edits are leased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.feeds.story import wording
from bot.model import Correction, Owed, Refused, Sent, Subscription
from bot.query.language import parse
from bot.store.corrections import EDITED_WITHIN, MOST_EDITS
from bot.store.store import Store
from tests.store.scene import HOUR, MINUTE, NOW, Scene, a_commit, an_entry, channel, owed_to, titles

REFUSED = Refused(status=400, code=50035, reason="Invalid Form Body")


async def correct(
    store: Store, sub: Subscription, number: int = 1, at: datetime = NOW, **changes: Any
) -> list[Correction]:
    """The feed brings another version of the entry; what is to be edited for it."""
    changed = an_entry(number, **(changes or {"title": "Corrected"}))
    await store.commit_poll(replace(a_commit(sub.feed_id, at=at), corrected=[changed]))
    return await store.lease_corrections(at, 10)


async def test_a_correction_changes_the_entry_the_search_and_owes_one_edit_of_the_whole_message(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1, 2])
    await scene.drain()
    [edit] = await correct(store, sub, title="Platypus", text="found in the creek")
    assert titles(edit.posting) == ["Platypus", "Entry 2"]
    assert (edit.channel_id, edit.message_id) == (10, edit.posting.id)
    found, total = await store.search(1, parse("platypus creek"))
    assert (total, [one.entry.title for one in found]) == (1, ["Platypus"])
    assert (await store.search(1, parse('"Entry 1"')))[1] == 0
    assert await store.wordings(sub.feed_id, [1, 99]) == {1: wording(found[0].entry)}


async def test_an_entry_that_says_the_same_owes_nothing(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    assert await correct(store, sub, title="ENTRY 1!", summary="summary 2,017") == []
    assert await store.next_correction(NOW) is None


async def test_what_waits_to_be_sent_is_sent_as_it_is_now_and_not_edited(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    assert await correct(store, sub) == []
    assert await scene.drain() == ["Corrected"]
    assert await store.lease_corrections(NOW, 10) == []


async def test_what_is_under_way_goes_on_under_its_first_title_and_is_edited_once_it_is_there(
    store: Store, scene: Scene
) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    [posting] = await scene.lease()
    await store.begin_attempt(posting.id, NOW)
    assert await correct(store, sub, title="Corrected", url="https://feeds.example/other") == []
    await store.put_off(posting.id, NOW, "503")
    [again] = await scene.lease()
    assert (titles(again), again.deliveries[0].entry.entry.url) == (["Entry 1"], "https://feeds.example/1")
    await scene.send(again)
    [edit] = await store.lease_corrections(NOW, 10)
    assert (titles(edit.posting), edit.posting.deliveries[0].entry.entry.url) == (
        ["Corrected"],
        "https://feeds.example/other",
    )


async def test_a_message_is_edited_three_times_and_not_after_two_days(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1, 2])
    await scene.drain()
    for number in range(MOST_EDITS):
        [edit] = await correct(store, sub, title="abc"[number])
        await store.settle_correction(edit)
    assert await correct(store, sub, title="d") == []
    await scene.publish(sub, [3])
    await scene.drain()
    assert await correct(store, sub, 3, at=NOW + EDITED_WITHIN) == []
    assert len(await correct(store, sub, 3, at=NOW + EDITED_WITHIN - MINUTE, title="Later")) == 1


async def test_an_edit_that_waited_too_long_is_let_be(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    [edit] = await correct(store, sub)
    await store.put_off_correction(edit, NOW + EDITED_WITHIN)
    assert await store.next_correction(NOW) == NOW + EDITED_WITHIN
    assert await store.lease_corrections(NOW + EDITED_WITHIN, 10) == []
    assert await store.next_correction(NOW) is None


async def test_a_subscription_may_leave_its_posts_as_they_are(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    stays, follows = await scene.follow(feed, 10), await scene.follow(feed, 11)
    await store.update_subscription(replace(stays, follow_edits=False))
    await scene.publish_to([stays, follows], [1])
    await scene.drain()
    assert [edit.channel_id for edit in await correct(store, follows)] == [11]


async def test_what_is_corrected_while_an_edit_is_under_way_is_edited_again(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    [first] = await correct(store, sub, title="One more")
    assert await correct(store, sub, title="Two more") == [], "one at a time"
    await store.settle_correction(first)
    [second] = await store.lease_corrections(NOW, 10)
    assert titles(second.posting) == ["Two more"]
    await store.settle_correction(second)
    assert await store.lease_corrections(NOW, 10) == []


async def test_an_edit_outlives_a_restart(url: str) -> None:
    async with await Store.open(url) as store:
        scene = Scene(store)
        sub = await scene.follow(await scene.feed())
        await scene.publish(sub, [1])
        await scene.drain()
        [before] = await correct(store, sub)
    async with await Store.open(url) as store:
        await store.free_leases()
        assert await store.lease_corrections(NOW, 10) == [before]


async def test_edits_are_one_a_place_newest_first_and_wait_for_a_place_that_refuses(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    one, other = await scene.follow(feed, 10), await scene.follow(feed, 11)
    for key in (1, 2):
        await scene.publish_to([one, other], [key])
        await scene.drain()
    changed = [an_entry(key, title=f"Corrected {'ab'[key - 1]}") for key in (1, 2)]
    await store.commit_poll(replace(a_commit(feed.id), corrected=changed))
    first, second = await store.lease_corrections(NOW, 10)
    assert {first.channel_id, second.channel_id} == {10, 11}
    assert titles(first.posting) == titles(second.posting) == ["Corrected b"]
    await store.put_off_corrections(channel(first.channel_id), NOW + HOUR)
    await store.settle_correction(second)
    assert [edit.channel_id for edit in await store.lease_corrections(NOW, 10)] == [second.channel_id]
    assert await store.next_correction(NOW) == NOW + HOUR


@pytest.mark.parametrize("gone", ["subscription", "guild"])
async def test_nothing_is_edited_for_who_is_gone(store: Store, scene: Scene, gone: str) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, [1])
    await scene.drain()
    if gone == "guild":
        await store.forget_guild(1, NOW)
    else:
        await store.remove_subscription(1, sub.id)
    assert await correct(store, sub) == []


async def test_the_rest_of_a_flood_is_not_edited(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    owed = [replace(owed_to(sub, 1), gist=True)]
    await store.commit_poll(a_commit(sub.feed_id, [an_entry(1)], owed))
    await scene.drain()
    assert await correct(store, sub) == []


# --- Splitting a refused message ---------------------------------------------------------------------------------


async def test_only_what_is_at_fault_is_sent_plainer_and_the_order_stays(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), range(1, 6))
    [posting] = await scene.lease()
    await store.begin_attempt(posting.id, NOW)
    await store.split(posting.id, REFUSED, [posting.deliveries[2].id])
    sent = []
    while again := await scene.lease():
        sent.append((titles(again[0]), again[0].degraded))
        await scene.send(again[0])
    assert sent == [(["Entry 1", "Entry 2"], 0), (["Entry 3"], 1), (["Entry 4", "Entry 5"], 0)]


async def test_where_nobody_knows_what_is_at_fault_each_is_sent_by_itself(store: Store, scene: Scene) -> None:
    await scene.publish(await scene.follow(await scene.feed()), range(1, 4))
    [posting] = await scene.lease()
    await store.split(posting.id, REFUSED, [])
    await scene.publish(await scene.follow(await scene.feed("https://feeds.example/b")), [4])
    sent = []
    while again := await scene.lease():
        sent.append((titles(again[0]), again[0].degraded))
        await scene.send(again[0])
    assert sent == [([f"Entry {number}"], 0) for number in (1, 2, 3, 4)]


async def test_what_was_dropped_meanwhile_stays_dropped_after_a_split(store: Store, scene: Scene) -> None:
    feed = await scene.feed()
    sub = await scene.follow(feed)
    word = await scene.watch("entry", channel_id=10)
    owed = [owed_to(sub, 1), Owed(entry_key=2, destination=channel(10), keyword_ids=(word.id,))]
    await store.commit_poll(a_commit(feed.id, [an_entry(1), an_entry(2)], owed))
    [posting] = await scene.lease()
    await store.remove_subscription(1, sub.id)
    await store.split(posting.id, REFUSED, [])
    assert await scene.drain() == ["Entry 2"]
    await store.settle(posting.id, Sent(channel_id=10, message_id=1), NOW)
