"""Once a day the old goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.store.store import Store
from bot.work.sweep import EVERY, Sweeper
from tests.store.scene import DAY, NOW, Scene, a_commit, an_entry


async def test_a_sweep_takes_what_is_too_old_and_comes_again_the_next_day(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        scene = Scene(store)
        feed = await scene.feed()
        await scene.follow(feed)
        await store.commit_poll(a_commit(feed.id, [an_entry(1)]))
        sweeper = Sweeper(store, keep_entries=timedelta(days=30))
        for after, left in ((29 * DAY, 1), (31 * DAY, 0)):
            assert await sweeper.step(NOW + after) == NOW + after + EVERY
            assert len(await store.latest(1, limit=5)) == left
