"""Turns at hosts: few requests at a time to each, some time apart, in the order of asking."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, Protocol

# Hosts at rest; each is 1.6 kB, and says nothing any more once its time has come. Those in use are never forgotten.
MOST_AT_REST = 1_000

# Where in its host's queue a request waits: before the others, after them, or until nobody else waits.
Place = Literal["next", "last", "behind"]


class Timer(Protocol):
    """Lengths of time, for waiting."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class _Host:
    """One host's turns. `free_at` is when the next request may start."""

    running: int = 0
    free_at: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    behind: deque[asyncio.Future[None]] = field(default_factory=deque)
    pacer: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not self.running and not self.waiting and not self.behind and self.pacer is None


class Turns:
    """First come, first served, but for who is in a hurry or has all the time."""

    def __init__(self, clock: Timer, *, at_once: int, apart: timedelta) -> None:
        """For each host: `at_once` requests, and `apart` between the end of one and the start of the next."""
        self._clock, self._per_host, self._delay = clock, at_once, apart.total_seconds()
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    def __len__(self) -> int:
        """Hosts that are remembered."""
        return len(self._hosts)

    def wait_for(self, name: str) -> float:
        """Seconds that a request which is last would wait, as far as can be told."""
        host = self._hosts.get(name)
        if host is None:
            return 0.0
        return max(0.0, host.free_at - self._clock.monotonic() + len(host.waiting) * self._delay)

    def close(self) -> None:
        """Forgets who waits."""
        for host in self._hosts.values():
            if host.pacer is not None:
                host.pacer.cancel()
            for turn in (*host.waiting, *host.behind):
                turn.cancel()
        self._hosts.clear()

    @asynccontextmanager
    async def take(self, name: str, place: Place) -> AsyncIterator[None]:
        """Waits for the host's turn, and has it inside."""
        host = self._hosts.setdefault(name, _Host())
        self._hosts.move_to_end(name)
        turn = asyncio.get_running_loop().create_future()
        if place == "next":
            host.waiting.appendleft(turn)
        else:
            (host.waiting if place == "last" else host.behind).append(turn)
        self._advance(host)
        try:
            await turn
        except asyncio.CancelledError:
            self._withdraw(host, turn)
            raise
        try:
            yield
        finally:
            self._release(host)

    def _advance(self, host: _Host) -> None:
        """Gives turns to whoever may start now; whoever may not yet is left to the pacer."""
        now = self._clock.monotonic()
        while (queue := host.waiting or host.behind) and host.running < self._per_host:
            if queue[0].done():  # cancelled while it waited
                queue.popleft()
                continue
            if host.free_at > now:
                if host.pacer is None:
                    host.pacer = asyncio.create_task(self._pace(host))
                return
            turn = queue.popleft()
            host.running += 1
            host.free_at = now + self._delay  # between starts, where several may run at a time
            turn.set_result(None)

    async def _pace(self, host: _Host) -> None:
        await self._clock.sleep(host.free_at - self._clock.monotonic())
        host.pacer = None
        self._advance(host)
        self._forget_idle()

    def _release(self, host: _Host) -> None:
        """The delay counts from the end of a request: a server that took long is not asked again at once."""
        host.running -= 1
        host.free_at = max(host.free_at, self._clock.monotonic() + self._delay)
        self._advance(host)
        self._forget_idle()

    def _withdraw(self, host: _Host, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            self._release(host)  # cancelled in the moment between being called and going
        else:
            self._forget_idle()

    def _forget_idle(self) -> None:
        """Drops hosts at rest beyond the bound, the longest unused first; looks at no more than a few each time."""
        for _ in range(min(4, len(self._hosts) - MOST_AT_REST)):
            name, host = next(iter(self._hosts.items()))
            if host.idle and host.free_at <= self._clock.monotonic():
                del self._hosts[name]
            else:
                self._hosts.move_to_end(name)
