"""Once a day: the old goes, and people hear of feeds that fail for days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.model import Feed, Subscription, Visit
from bot.store.store import Store
from bot.work.sweep import EVERY, FAILING_FOR, Sweeper
from tests.store.scene import DAY, HOUR, NOW, Scene, a_commit


async def test_followers_hear_once_of_a_feed_that_fails_for_days_and_again_only_after_it_was_well(
    tmp_path: Path,
) -> None:
    told: list[tuple[str | None, list[int]]] = []

    async def failing(feed: Feed, followers: list[Subscription] | object) -> None:
        assert isinstance(followers, list)
        told.append((feed.last_error, [one.channel_id for one in followers]))

    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        scene = Scene(store)
        feed = await scene.feed()
        sub = await scene.follow(feed)
        sweeper = Sweeper(store, keep_entries=timedelta(days=365), failing=failing)

        async def fails(at: timedelta) -> None:
            visit = Visit(feed_id=feed.id, at=NOW + at, next_due_at=NOW + at + HOUR, error="HTTP 404: not found")
            await store.record_visits([visit])

        await fails(timedelta(0))
        assert await sweeper.step(NOW + HOUR) == NOW + HOUR + EVERY
        assert told == []
        await fails(2 * DAY)
        for hours in (0, 1, 30):
            await sweeper.step(NOW + FAILING_FOR + hours * HOUR)
        assert told == [("HTTP 404: not found", [sub.channel_id])]
        await store.commit_poll(a_commit(feed.id, at=NOW + 5 * DAY))
        await fails(6 * DAY)
        await sweeper.step(NOW + 10 * DAY)
        assert len(told) == 2
