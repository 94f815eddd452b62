"""The real bot, which kills itself (SIGKILL) at a point of the flow: `python -m tests.crash.child "after settle" 1`.

A point is "before NAME" or "after NAME" of a call through a port, or "during TEXT": a statement with that text is
about to run inside a transaction. The number says at which time it happens; calls that bring nothing (a 304, an
empty lease) do not count.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.app import run
from bot.model import Fetched, PollCommit

PORTS = {
    "fetcher": ("fetch",),
    "reader": ("read_unseen",),
    "store": (
        *("commit_poll", "lease", "begin_attempt", "settle", "note_page_image"),
        *("lease_corrections", "settle_correction"),
    ),
    "sender": ("send", "edit"),
}


class Fuse:
    """Ends the process at the chosen point."""

    def __init__(self, point: str, times: int) -> None:
        self._point, self._left = point, times

    def passes(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A part whose calls pass the fuse."""

    def __init__(self, part: Any, methods: tuple[str, ...], fuse: Fuse) -> None:
        self._part, self._methods, self._fuse = part, methods, fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if name not in self._methods:
            return method

        async def call(*arguments: Any, **named: Any) -> Any:
            if _counts_before(name, arguments):
                self._fuse.passes(f"before {name}")
            result = await method(*arguments, **named)
            if _counts_before(name, arguments) and _counts_after(name, result):
                self._fuse.passes(f"after {name}")
            return result

        return call


def _counts_before(name: str, arguments: tuple[Any, ...]) -> bool:
    """A commit that owes nothing is no step of the way from an entry to a message."""
    if name != "commit_poll" or not arguments:
        return True
    return isinstance(arguments[0], PollCommit) and bool(arguments[0].owed or arguments[0].corrected)


def _counts_after(name: str, result: Any) -> bool:
    if name == "fetch":
        return isinstance(result, Fetched)
    return bool(result) if name in ("lease", "lease_corrections") else True


def main(point: str, times: int) -> None:
    fuse = Fuse(point, times)
    # No post waits long for the picture of a page that is not to answer yet.
    pytest.MonkeyPatch().setattr("bot.app.BUDGET", timedelta(seconds=0.1))

    @event.listens_for(Engine, "before_cursor_execute")
    def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
        if point.startswith("during ") and point.removeprefix("during ") in text:
            fuse.passes(point)

    asyncio.run(run(wrap=lambda name, part: Watched(part, PORTS[name], fuse)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
