"""Work under way beside a service's steps: bounded in number, ended by itself, never cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Tasks:
    """Up to `limit` coroutines at once, each known by a key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._running: dict[int, asyncio.Task[None]] = {}

    @property
    def keys(self) -> frozenset[int]:
        """What is under way."""
        return frozenset(self._running)

    @property
    def room(self) -> int:
        """How many more may begin."""
        return self._limit - len(self._running)

    def begin(self, key: int, work: Coroutine[Any, Any, None]) -> None:
        """Starts it. What it raises is a defect, which is logged and harms nothing else."""
        assert key not in self._running
        self._running[key] = asyncio.create_task(self._guarded(key, work))

    async def _guarded(self, key: int, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            log.exception("task failed", key=key)
        finally:
            del self._running[key]

    async def all_done(self) -> None:
        """Returns when nothing is under way any more."""
        while self._running:
            await asyncio.wait(list(self._running.values()))
