"""The only reader of the wall clock; everything else is told what time it is."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

# A wall clock can be set forward while we sleep (NTP after a long suspend, an operator's hand). A sleep is
# therefore cut into slices, and what is due is noticed at most this much too late.
SLICE = timedelta(seconds=15)


class SystemClock:
    """The machine's clocks: `now` for the time of day, `monotonic` for lengths of time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back, whatever happens to the wall clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Returns at once, but through the loop, for zero and less."""
        await asyncio.sleep(max(0.0, seconds))

    async def until(self, when: datetime) -> None:
        """Returns once the wall clock shows `when` or later, however often it is set meanwhile."""
        while (left := when - self.now()) > timedelta(0):
            await self.sleep(min(left, SLICE).total_seconds())
