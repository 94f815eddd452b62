"""Electricity that fails: a bot that stops for ever at a chosen await, while its database file stays."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Power:
    """Fails at the nth crossing of a port, once it was told to."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._off = asyncio.Event()

    def fail_after(self, crossings: int | None) -> None:
        """0: at the next one; None: never."""
        self._left = crossings

    @property
    def is_off(self) -> bool:
        return self._off.is_set()

    async def crossing(self) -> None:
        """Every call through a port passes here before it begins and after it ended; without power none goes on."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._off.set()
        if self.is_off:
            await asyncio.get_running_loop().create_future()  # for ever

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it to its end or until the power fails. What stood still by then is gone without having done more."""
        before = asyncio.all_tasks()
        working, failing = asyncio.create_task(work), asyncio.create_task(self._off.wait())
        await asyncio.wait({working, failing}, return_when=asyncio.FIRST_COMPLETED)
        if self.is_off:
            left = asyncio.all_tasks() - before
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            return
        failing.cancel()
        await working

    def come_back(self) -> None:
        self._off.clear()
        self._left = None


class Powered:
    """A part of the bot; each call of it is two crossings: one before, and one when its effect is there."""

    def __init__(self, part: Any, power: Power) -> None:
        self._part, self._power = part, power

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            await self._power.crossing()
            result = await method(*arguments, **named)
            await self._power.crossing()
            return result

        return call
