from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.ops.watchdog import CHECK_EVERY, Watchdog
from tests.clocks import ManualClock

PATIENCE = timedelta(seconds=60)
STEP = int(CHECK_EVERY.total_seconds())


class Part:
    """Something with a counter and work to do."""

    def __init__(self) -> None:
        self.count = 0
        self.has_work = True

    def progress(self) -> int:
        return self.count

    def busy(self) -> bool:
        return self.has_work


@pytest.fixture
def part() -> Part:
    return Part()


@pytest.fixture
def dog(part: Part) -> Watchdog:
    watchdog = Watchdog()
    watchdog.watch("rest", part.progress, busy=part.busy, patience=PATIENCE)
    return watchdog


def first_stall(dog: Watchdog, start: int, end: int) -> int | None:
    return next((now for now in range(start, end, STEP) if dog.stalled(now)), None)


def test_work_without_progress_is_a_stall_after_the_patience(dog: Watchdog) -> None:
    assert first_stall(dog, 0, 600) == 60


def test_a_stall_is_named(dog: Watchdog) -> None:
    moving = Part()
    dog.watch("polls", moving.progress, patience=PATIENCE)
    for now in range(0, 60, STEP):
        moving.count += 1
        dog.stalled(now)
    moving.count += 1
    assert dog.stalled(60) == ["rest"]


def test_progress_however_slow_is_none(dog: Watchdog, part: Part) -> None:
    for now in range(0, 3600, STEP):
        if now % 50 == 0:
            part.count += 1
        assert dog.stalled(now) == []


def test_having_nothing_to_do_is_none(dog: Watchdog, part: Part) -> None:
    part.has_work = False
    assert first_stall(dog, 0, 3600) is None


def test_patience_begins_with_the_work(dog: Watchdog, part: Part) -> None:
    part.has_work = False
    assert first_stall(dog, 0, 1000) is None
    part.has_work = True
    assert first_stall(dog, 1000, 2000) == 1060


def test_after_a_gap_in_which_nothing_ran_everything_gets_its_patience_anew(dog: Watchdog) -> None:
    assert first_stall(dog, 0, 55) is None
    assert first_stall(dog, 10_000, 20_000) == 10_060


async def test_it_looks_by_itself_tells_once_and_measures_the_loop(dog: Watchdog, part: Part) -> None:
    clock = ManualClock()
    told: list[list[str]] = []
    lags: list[float] = []
    running = asyncio.create_task(dog.run(clock, told.append, loop_lag=lags.append))
    await clock.advance(timedelta(seconds=50))
    part.count += 1
    await clock.advance(timedelta(seconds=60))
    assert told == []
    await clock.advance(timedelta(minutes=10))
    assert told == [["rest"]]
    assert running.done()
    assert set(lags) == {0.0}


async def test_a_loop_that_wakes_late_is_measured() -> None:
    class Late(ManualClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds + 0.5)

    clock = Late()
    lags: list[float] = []
    running = asyncio.create_task(Watchdog().run(clock, lambda _: None, loop_lag=lags.append))
    await clock.advance(timedelta(seconds=12))
    assert lags == [0.5, 0.5]
    running.cancel()
