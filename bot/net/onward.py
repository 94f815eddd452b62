"""Between two hops of a request: a redirect leads to a host that has a queue and a peace of its own.

The fetcher that follows redirects knows no queues, and the one that keeps them sees no redirects. Here they meet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

# What whoever keeps the queues wants done before the next hop: wait for that host's turn. It may raise FetchError.
before_hop: ContextVar[Callable[[str], Awaitable[None]] | None] = ContextVar("before_hop", default=None)


async def go_on(url: str, limit: asyncio.Timeout | None) -> None:
    """Returns when `url` may be asked. `limit`, which is the request's own, is not used up by the waiting."""
    wait = before_hop.get()
    if wait is None:
        return
    loop = asyncio.get_running_loop()
    began, when = loop.time(), limit.when() if limit else None
    if limit and when is not None:
        limit.reschedule(None)
    await wait(url)
    if limit and when is not None:
        limit.reschedule(when + loop.time() - began)
