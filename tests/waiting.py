"""Waiting for what another process does, of which no event tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.sandbox import Sandbox

PATIENCE_SECONDS = 50.0  # of which a quiet machine needs one or two


async def until(condition: Callable[[], bool], within_seconds: float = PATIENCE_SECONDS) -> None:
    """Returns when it holds; looks fifty times a second. Raises TimeoutError."""
    async with asyncio.timeout(within_seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def takes_commands(sandbox: Sandbox) -> None:
    """Returns when the bot is connected and Discord knows its commands, of which it is told later or earlier."""
    await sandbox.bot_ready(PATIENCE_SECONDS)
    await until(lambda: bool(sandbox.commands()))
