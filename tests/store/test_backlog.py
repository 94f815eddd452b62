"""How much is left to do."""

from __future__ import annotations

import pytest

from bot.model import Backlog, Sent, Visit
from bot.store.backlog import COUNTS
from bot.store.store import Store
from tests.store.scene import MINUTE, NOW, ON_SQLITE, Scene


async def test_a_delivery_waits_until_it_is_sent_in_a_posting_or_not(store: Store, scene: Scene) -> None:
    sub = await scene.follow(await scene.feed())
    await scene.publish(sub, range(1, 13))
    assert (await store.backlog()).waiting == 12
    [posting] = await scene.lease()
    assert (await store.backlog()).waiting == 12
    await store.settle(posting.id, Sent(channel_id=10, message_id=1), NOW)
    assert (await store.backlog()).waiting == 2
    await scene.drain(NOW + MINUTE)
    assert (await store.backlog()) == Backlog(waiting=0, failing=0)


async def test_a_followed_feed_fails_from_a_failed_poll_to_a_good_one(store: Store, scene: Scene) -> None:
    failing, fine, alone = [await scene.feed(f"https://feeds.example/{name}") for name in "abc"]
    for number, feed in enumerate((failing, fine), 1):
        await scene.follow(feed, channel_id=number)
    for feed in (failing, alone):
        await store.record_visits([Visit(feed_id=feed.id, at=NOW, next_due_at=NOW + MINUTE, error="HTTP 500")])
    assert (await store.backlog()).failing == 1
    await store.record_visits([Visit(feed_id=failing.id, at=NOW, next_due_at=NOW + MINUTE)])
    assert (await store.backlog()).failing == 0


@ON_SQLITE
@pytest.mark.parametrize("number", range(len(COUNTS)))
async def test_nothing_is_counted_by_reading_a_whole_table(store: Store, number: int) -> None:
    dialect = store._database._reader.dialect
    count = str(COUNTS[number].compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    async with store._database._reader.connect() as connection:
        plan = [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {count}")]
    assert plan
    assert not [step for step in plan if step.startswith("SCAN") and " USING " not in step]
