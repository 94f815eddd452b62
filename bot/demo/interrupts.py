"""Ctrl-C and a request to end, as a call."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


def on_interrupt(act: Callable[[], None]) -> None:
    """Calls `act` on SIGINT and SIGTERM, where the platform lets an event loop handle them."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, act)
