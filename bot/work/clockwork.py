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
        """Also when nothing else happens."""
        await self.look(now)
        return now + EVERY

    async def look(self, now: datetime) -> None:
        """To be called before anything plans by `now`. A step forward needs nothing: the poller spreads what is due."""
        steady, last = self._clock.monotonic(), self._last
        self._last = now, steady
        if last is None:
            back = await self._while_down(now)
        else:
            back = last[0] + timedelta(seconds=steady - last[1]) - now
        if back > NOTICEABLE:
            log.warning("clock set back", seconds=int(back.total_seconds()))
            await self._store.pull_in(now, back)
            self._moved()

    async def _while_down(self, now: datetime) -> timedelta:
        """How far the clock of the former process was ahead at least: it polled in what is the future now."""
        latest = await self._store.latest_poll()
        return timedelta(0) if latest is None else latest - now

    async def finish(self) -> None:
        """A step leaves nothing behind."""
