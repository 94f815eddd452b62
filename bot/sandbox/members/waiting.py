"""Waiting for something to become true in the sandbox: looked at after each event, never by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.sandbox.records import Event
from bot.sandbox.state.world import World


class Waiting:
    """Wakes whoever waits, as soon as their condition holds."""

    def __init__(self, world: World) -> None:
        self._waiters: list[tuple[Callable[[], object], asyncio.Future[None]]] = []
        world.listeners.append(self._look)

    def _look(self, _: Event) -> None:
        for condition, future in tuple(self._waiters):
            if future.done():
                continue
            try:
                if condition():
                    future.set_result(None)
            except Exception as error:
                # It is the mistake of who waits, not of the bot whose request happened to bring the event.
                future.set_exception(error)

    async def until(self, condition: Callable[[], object], timeout_s: float) -> bool:
        """True once the condition holds, False if it did not within real seconds. Raises what the condition raises."""
        if condition():
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = (condition, future)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiters.remove(waiter)
        return True
