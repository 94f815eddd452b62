"""The one loop: every service has `step(now)`, which says when to call it again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.ports import Clock

log = structlog.get_logger(__name__)

LONGEST_SLEEP = timedelta(seconds=30)  # a clock that was set back must not put a service to sleep for hours
AFTER_A_FAILURE = timedelta(seconds=5)


class Service(Protocol):
    """Something that runs as long as the program does."""

    name: str

    async def step(self, now: datetime) -> datetime:
        """Do what is due at `now`; return when to be called again."""

    async def finish(self) -> None:
        """Called once, after the last step: wait for what is under way. Nothing new is begun."""


class Bell:
    """Wakes a service before its time: "there is something to deliver"."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """May be called from any task of the loop; several rings before the next step are one."""
        self._rung.set()

    async def wait(self, longest: timedelta) -> None:
        """Returns when rung, or after `longest`."""
        try:
            await asyncio.wait_for(self._rung.wait(), max(0.0, longest.total_seconds()))
        except TimeoutError:
            return
        finally:
            self._rung.clear()


async def _nothing(_: datetime) -> None:
    return None


async def run_all(
    services: Iterable[tuple[Service, Bell]],
    clock: Clock,
    stop: asyncio.Event,
    *,
    longest_finish: timedelta,
    before_step: Callable[[datetime], Awaitable[object]] = _nothing,
) -> None:
    """Runs the services until `stop` is set, then lets each finish what is under way, within `longest_finish`.

    `before_step` is awaited with the time before each step of each service.

    A step is never cancelled half way: what it began it ends. Only the waiting between steps is.
    """
    services = list(services)
    loops = [asyncio.create_task(_until_stopped(service, clock, bell, stop, before_step)) for service, bell in services]
    await stop.wait()
    for _, bell in services:
        bell.ring()
    await asyncio.gather(*loops)
    finishing = [asyncio.create_task(service.finish()) for service, _ in services]
    _, late = await asyncio.wait(finishing, timeout=longest_finish.total_seconds())
    if late:
        log.warning("stopped before all was done; the rest waits on disk", services=len(late))


async def _until_stopped(
    service: Service,
    clock: Clock,
    bell: Bell,
    stop: asyncio.Event,
    before_step: Callable[[datetime], Awaitable[object]],
) -> None:
    while not stop.is_set():
        now = clock.now()
        try:
            await before_step(now)
            again = await service.step(now)
        except Exception:  # the one broad except: a defect in one step must not end all further steps
            log.exception("step failed", service=service.name)
            again = now + AFTER_A_FAILURE
        await bell.wait(min(again - clock.now(), LONGEST_SLEEP))
