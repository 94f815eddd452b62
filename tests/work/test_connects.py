"""A crash loop connects more and more rarely; a person who starts Herald a few times notices nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.store import Store
from bot.work.connects import FREE_STARTS, LONGEST_PAUSE, MOST_IN_A_DAY, REMEMBERED, pause_before

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_few_starts_are_free() -> None:
    assert pause_before([NOW - MINUTE] * (FREE_STARTS - 1), NOW) == timedelta(0)
    assert pause_before([NOW - timedelta(hours=2)] * 50, NOW) == timedelta(0)


def test_a_crash_loop_of_a_day_stays_far_below_discords_limit() -> None:
    starts: list[datetime] = []
    now = NOW
    while now < NOW + timedelta(days=1):
        now += pause_before([start for start in starts if now - start < REMEMBERED], now)
        starts.append(now)
        now += timedelta(seconds=2)  # it dies
    assert len(starts) < MOST_IN_A_DAY
    assert pause_before(starts, now) <= LONGEST_PAUSE


async def test_starts_are_remembered_for_a_day(tmp_path: Path) -> None:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        assert await store.note_start(NOW, REMEMBERED) == []
        assert await store.note_start(NOW + MINUTE, REMEMBERED) == [NOW]
        assert await store.note_start(NOW + REMEMBERED + 2 * MINUTE, REMEMBERED) == []
