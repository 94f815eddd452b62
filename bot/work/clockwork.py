"""A wall clock that is put right (a machine that boots with local time, an operator's hand) must stall nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.ports import PlanStore, SteadyClock

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=15)
NOTICEABLE = timedelta(seconds=10)  # NTP's own corrections are far smaller


class ClockWatch:
    """The service that notices when the wall clock goes back against the steady one, and corrects what was planned."""

    name = "clock"

    def __init__(self, store: PlanStore, clock: SteadyClock, *, moved: Callable[[], None]) -> None:
        """`moved` is called when something may be due earlier than thought."""
        self._store, self._clock, self._moved = store, clock, moved
        self._last: tuple[datetime, float] | None = None

    async def step(self, now: datetime) -> datetime:
        """A step forward needs nothing: what is due comes, spread by the poller."""
        steady = self._clock.monotonic()
        if self._last is not None:
            before, steady_before = self._last
            back = before + timedelta(seconds=steady - steady_before) - now
            if back > NOTICEABLE:
                log.warning("clock set back", seconds=int(back.total_seconds()))
                await self._store.pull_in(now, back)
                self._moved()
        self._last = now, steady
        return now + EVERY

    async def finish(self) -> None:
        """A step leaves nothing behind."""
