"""One life of the bot's flow, from fetch to settle, in a process that is cheap to start and can be killed at any point.

    python -m tests.crash.flow        reads orders, one JSON object a line; answers each with the exit code of a life

A point is what comes before or after a call through a port, an SQL statement, or a commit; they are numbered as they
come. Everything is imported once and each life is a fork, so that it costs a tenth of a start of the whole bot. All
parts are the real ones, joined by bot.app; only the gateway is not connected, and documents are read in this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.app import build
from bot.ops import logging
from bot.settings import Delivery, Fetch, Ops, Poll, Settings
from bot.work.late_pictures import LatePictures
from bot.work.loop import Service
from tests.model.world import InProcessReader

LATER = timedelta(hours=1)  # whatever is planned is due by then
ROUNDS = 3  # leases in a row: more than there are postings to make, and as many as there are pages to ask
LATE = timedelta(minutes=1)  # whatever was to come together is edited in by then


@dataclass
class Order:
    """What one life is to do. `kill_at` None: live to the end, and write the points' names to `points`."""

    folder: str
    api_base: str
    token: str
    kill_at: int | None = None
    points: str | None = None


class Points:
    """Counts the points, and ends the process at the one it was told."""

    def __init__(self, kill_at: int | None) -> None:
        self._kill_at = kill_at
        self._counting = False
        self.names: list[str] = []

    def begin(self) -> None:
        self._counting = True

    def passes(self, name: str) -> None:
        if not self._counting:
            return
        if len(self.names) == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def watch_sql(self) -> None:
        def statement(when: str) -> Any:
            return lambda _connection, _cursor, text, *_: self.passes(f"{when} {' '.join(text.split())[:60]}")

        event.listen(Engine, "before_cursor_execute", statement("before"))
        event.listen(Engine, "after_cursor_execute", statement("after"))
        event.listen(Engine, "commit", lambda _connection: self.passes("before commit"))

    def watch_calls(self, name: str, part: Any) -> Any:
        return Watched(InProcessReader() if name == "reader" else part, self)


class Watched:
    """A part whose calls are points: one before, one after."""

    def __init__(self, part: Any, points: Points) -> None:
        self._part, self._points = part, points

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if not asyncio.iscoroutinefunction(method):
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            self._points.passes(f"before {name}")
            result = await method(*arguments, **named)
            self._points.passes(f"after {name}")
            return result

        return call


async def live(order: Order) -> None:
    """Polls what is due and delivers what is owed, as the loop would."""
    points = Points(order.kill_at)
    points.watch_sql()
    async with AsyncExitStack() as stack:
        herald = await build(_settings(order), stack, points.watch_calls)
        await herald.client.login(order.token)
        stack.push_async_callback(herald.client.close)
        await herald.store.free_leases()
        services: dict[str, Service] = {service.name: service for service, _ in herald.services}
        points.begin()
        await services["poll"].step(herald.clock.now() + LATER)
        await services["poll"].finish()
        for _ in range(ROUNDS):
            await services["deliver"].step(herald.clock.now() + LATER)
            await services["deliver"].finish()
        await bring_late_pictures(services, herald.clock.now())
        if order.points:
            Path(order.points).write_text(json.dumps(points.names), "utf-8")


async def bring_late_pictures(services: dict[str, Service], now: datetime) -> None:
    """Asks the pages that were not asked before the posts, one after the other, and edits the messages."""
    late = services["late pictures"]
    assert isinstance(late, LatePictures)
    for _ in range(ROUNDS):
        await late.step(now)
        await asyncio.gather(*late._asked.values())
        await services["correct"].step(now + LATE)
        await services["correct"].finish()


def _settings(order: Order) -> Settings:
    second = timedelta(seconds=1)
    return Settings(
        _env_file=None,
        discord_token=order.token,
        discord_api_base=order.api_base,
        database_url=f"sqlite+aiosqlite:///{order.folder}/herald.db",
        config=Path(order.folder) / "herald.toml",
        poll=Poll(default_interval=second, min_interval=second, max_interval=second, per_host_delay=timedelta(0)),
        fetch=Fetch(allow_networks=["127.0.0.0/8"]),
        delivery=Delivery(batch_window=timedelta(0)),
        ops=Ops(health_port=0),
    )


def main() -> None:
    # Every picture comes late: no page is asked before its entry is posted.
    pytest.MonkeyPatch().setattr("bot.app.BUDGET", timedelta(seconds=-1))
    logging.configure()  # to standard error: standard output holds the answers
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(Order(**json.loads(line))))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
