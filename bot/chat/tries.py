"""Which requests are between two tries, where nothing of them is on its way to Discord, nor an answer on its way to us.

discord.py tries five times, with pauses of 1, 3, 5, 7 and 9 seconds (2.7.1, `HTTPClient.request`). A stop need not sit
those out. It shows a request's beginning and end to whoever asks (`http_trace`, Client), not its pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

import aiohttp

TRIED_AGAIN = frozenset({500, 502, 504, 524})


class Tries:
    """Knows it of every request of the client that `trace` was given to."""

    def __init__(self) -> None:
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._begun)
        self.trace.on_request_end.append(self._answered)
        self._pausing: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._no_more_of: Collection[asyncio.Task[Any]] = ()

    def no_more_of(self, tasks: Collection[asyncio.Task[Any]]) -> None:
        """Cancels those of the tasks that are between two tries, and from now on each that comes to be."""
        self._no_more_of = tasks
        for task in set(self._pausing).intersection(tasks):
            task.cancel()

    async def _begun(self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _request: object) -> None:
        if (task := asyncio.current_task()) is not None:
            self._pausing.discard(task)

    async def _answered(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
    ) -> None:
        task = asyncio.current_task()
        if task is None or answer.response.status not in TRIED_AGAIN:
            return
        self._pausing.add(task)
        if task in self._no_more_of:
            task.cancel()
