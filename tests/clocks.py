"""A clock that moves only when told to, for everything that takes time as an argument or sleeps."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
SETTLE_ROUNDS = 50  # loop rounds given to woken tasks before time goes on; far more than any chain of awaits in here


class ManualClock:
    """Stands still until `advance`; sleepers wake in the order of their times, each at exactly its own time."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def set_wall(self, now: datetime) -> None:
        """The wall clock jumps; lengths of time do not."""
        self._now = now

    @property
    def sleepers(self) -> int:
        return sum(not future.done() for _, _, future in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), future))
        await future

    async def until(self, when: datetime) -> None:
        while when > self._now:
            await self.sleep((when - self._now).total_seconds())

    async def advance(self, by: timedelta) -> None:
        """Lets `by` pass, running what wakes on the way, and what that starts."""
        end = self._elapsed + by.total_seconds()
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, future = heapq.heappop(self._sleepers)
            self._pass(at)
            if not future.done():
                future.set_result(None)
                await settle()
        self._pass(end)
        await settle()

    def _pass(self, at: float) -> None:
        if at > self._elapsed:
            self._now += timedelta(seconds=at - self._elapsed)
            self._elapsed = at


async def settle() -> None:
    """Gives every task that can run the loop often enough to come to rest."""
    for _ in range(SETTLE_ROUNDS):
        await asyncio.sleep(0)
