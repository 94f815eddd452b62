"""The end of the process as its signals ask for it: in order at the first, at once at the second."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

SAID_AFTER = 2.0  # seconds; most stops are over by then
ENDED_AT_ONCE = 130  # as a shell says of what Ctrl-C ended
AT_ONCE = "stopped at once: what may have been sent and is not settled is looked up at the next start"


class Stopping:
    """Sets `stop` at the first SIGTERM or SIGINT; the second ends the process, safely: what is owed is on disk."""

    def __init__(self, stop: asyncio.Event, in_flight: Callable[[], int]) -> None:
        self._stop, self._in_flight = stop, in_flight

    def listen(self) -> None:
        """From now on; where the platform lets an event loop handle signals (on Windows KeyboardInterrupt ends us)."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.add_signal_handler(name, self._asked)

    async def tell(self) -> None:
        """Says what the stop waits for, if it takes long."""
        await self._stop.wait()
        await asyncio.sleep(SAID_AFTER)
        if count := self._in_flight():
            # A sentence and no mere event: who pressed Ctrl-C reads it.
            what = f"{count} message{'' if count == 1 else 's'}"
            log.info(f"stopping: waiting for {what} in flight", at_once="the same signal again")

    def _asked(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            return
        log.warning(AT_ONCE)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ENDED_AT_ONCE)
