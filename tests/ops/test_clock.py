from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.ops.clock import SLICE, SystemClock
from tests.clocks import START, ManualClock, settle


class Jumping(SystemClock):
    """The real `until` on a clock that a test moves."""

    def __init__(self) -> None:
        self.hands = ManualClock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.hands.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self.hands.sleep(seconds)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_monotonic_clock_does_not_go_back() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()


async def test_waiting_for_a_time_that_has_passed_returns_at_once() -> None:
    clock = Jumping()
    await clock.until(START - timedelta(days=1))
    assert clock.slept == []


async def test_waiting_lasts_until_the_time_and_not_longer() -> None:
    clock = Jumping()
    waiting = asyncio.create_task(clock.until(START + timedelta(minutes=10)))
    await clock.hands.advance(timedelta(minutes=10) - timedelta(seconds=1))
    assert not waiting.done()
    await clock.hands.advance(timedelta(seconds=1))
    assert waiting.done()


async def test_a_wall_clock_set_forward_ends_the_wait_within_one_slice() -> None:
    clock = Jumping()
    waiting = asyncio.create_task(clock.until(START + timedelta(days=1)))
    await settle()
    clock.hands.set_wall(START + timedelta(days=2))
    await clock.hands.advance(SLICE)
    assert waiting.done()


async def test_a_wall_clock_set_back_makes_the_wait_longer_not_endless_in_one_sleep() -> None:
    clock = Jumping()
    waiting = asyncio.create_task(clock.until(START + SLICE))
    await settle()
    clock.hands.set_wall(START - timedelta(minutes=1))
    await clock.hands.advance(SLICE)
    assert not waiting.done()
    await clock.hands.advance(timedelta(minutes=1))
    assert waiting.done()
    assert max(clock.slept) <= SLICE.total_seconds()
