"""The one loop: nobody's mistake ends it, a bell shortens its sleep, and what is under way is finished."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.work.loop import Bell, run_all
from bot.work.tasks import Tasks
from tests.clocks import ManualClock

LONG = timedelta(hours=1)


class Steps:
    """A service that runs `each` at every step."""

    name = "steps"

    def __init__(self, each: Callable[[int], None], again: timedelta = LONG) -> None:
        self.each, self.again, self.taken, self.finished = each, again, 0, 0

    async def step(self, now: datetime) -> datetime:
        self.taken += 1
        self.each(self.taken)
        return now + self.again

    async def finish(self) -> None:
        self.finished += 1


async def _run(service: Steps, stop: asyncio.Event, bell: Bell) -> None:
    async with asyncio.timeout(5):
        await run_all([(service, bell)], ManualClock(), stop, longest_finish=timedelta(seconds=1))


async def test_a_step_that_raises_is_not_the_last() -> None:
    stop, bell = asyncio.Event(), Bell()

    def each(number: int) -> None:
        bell.ring()
        if number == 1:
            raise ValueError("a defect")
        stop.set()

    service = Steps(each)
    await _run(service, stop, bell)
    assert service.taken >= 2
    assert service.finished == 1


async def test_a_bell_wakes_a_service_long_before_its_time() -> None:
    stop, bell = asyncio.Event(), Bell()
    service = Steps(lambda number: stop.set() if number == 3 else bell.ring())
    await _run(service, stop, bell)
    assert service.taken == 3


async def test_stopping_ends_a_long_sleep_at_once_and_finishes() -> None:
    stop, bell = asyncio.Event(), Bell()

    def each(_: int) -> None:
        asyncio.get_running_loop().call_soon(stop.set)

    service = Steps(each)
    await _run(service, stop, bell)
    assert (service.taken, service.finished) == (1, 1)


async def test_a_finish_that_hangs_is_left_behind() -> None:
    class Hanging(Steps):
        async def finish(self) -> None:
            await asyncio.Event().wait()

    stop, bell = asyncio.Event(), Bell()
    stop.set()
    async with asyncio.timeout(5):
        service = (Hanging(lambda _: None), bell)
        await run_all([service], ManualClock(), stop, longest_finish=timedelta(milliseconds=1))


async def test_several_rings_are_one() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    async with asyncio.timeout(5):
        await bell.wait(LONG)
    waiting = asyncio.create_task(bell.wait(LONG))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    await waiting


async def test_tasks_are_bounded_known_and_harm_nobody_when_they_fail() -> None:
    tasks, gate = Tasks(3), asyncio.Event()

    async def work() -> None:
        await gate.wait()
        raise ValueError("a defect")

    for key in (1, 2):
        tasks.begin(key, work())
    assert (tasks.keys, tasks.room) == (frozenset({1, 2}), 1)
    gate.set()
    await tasks.all_done()
    assert (tasks.keys, tasks.room) == (frozenset(), 3)
