"""How many large bodies may be in memory at once: each waits for its turn, and keeps it until nobody holds it."""

from __future__ import annotations

import asyncio
import weakref
from contextlib import suppress
from types import TracebackType
from typing import Self


class LargeBodies:
    """Gives turns, `at_once` at a time."""

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    @property
    def full(self) -> bool:
        """Whether the next one has to wait."""
        return self._free.locked()

    def turn(self) -> Turn:
        """One that has not come yet: most bodies are small and need none."""
        return Turn(self._free)


class Turn:
    """`with` gives it back at the end, unless it lasts longer."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free, self._has_come = free, False

    async def come(self, limit: asyncio.Timeout | None = None) -> None:
        """Returns when it is this one's turn; at once if it is already. `limit` is not used up by the waiting."""
        if self._has_come:
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        when = limit.when() if limit else None
        if limit and when is not None and self._free.locked():
            limit.reschedule(None)
        await self._free.acquire()
        self._has_come = True
        if limit and when is not None:
            limit.reschedule(when + loop.time() - began)

    def lasts_as_long_as(self, held: object) -> None:
        """It is given back when nothing refers to the object any more, whoever drops it and in whichever thread."""
        if self._has_come:
            self._has_come = False
            weakref.finalize(held, _give_back, asyncio.get_running_loop(), self._free).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._has_come:
            self._free.release()


def _give_back(loop: asyncio.AbstractEventLoop, free: asyncio.Semaphore) -> None:
    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(free.release)
