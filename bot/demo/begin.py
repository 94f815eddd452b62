"""Which demo it is: a page in the browser until Ctrl-C, or a show in the terminal that ends by itself."""

from __future__ import annotations

import asyncio
import sys

from bot.demo import given, house, show


async def begin(*, seconds: int | None, no_browser: bool, feed: str | None) -> int:
    """The exit code. Where there is neither a display nor a terminal (a build machine), it is the show."""
    brought, notice = await _bring(feed)
    display = house.has_display()
    if no_browser or seconds is not None or not (display or sys.stdout.isatty()):
        return await show.run(brought, notice=notice, seconds=seconds)
    return await house.run(brought, notice=notice, browser=display)


async def _bring(feed: str | None) -> tuple[given.Given | None, str]:
    """The visitor's feed, or what is to be said instead."""
    if feed is None:
        return None, ""
    try:
        return await asyncio.to_thread(given.read, feed), ""
    except given.OutOfReach as error:
        return None, str(error)
