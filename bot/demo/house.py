"""The demo in a browser: the same stage, open to the visitor until Ctrl-C. The terminal shows what is posted."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from bot.demo.given import Given
from bot.demo.interrupts import on_interrupt
from bot.demo.screen import Screen
from bot.demo.stage import Stage, saying_why

SKY = 1  # the channel that lives by itself; the first one is the visitor's, who has a tour to follow there
LOOK_SECONDS = 1.0
LOOKS_BETWEEN_STORIES = 15


def has_display() -> bool:
    """Whether a browser could open a window. A text browser would take the terminal away instead."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


class House:
    """Keeps the place alive: a story now and then in one channel, and the visitor's own feed if there is one."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage, self._screen = stage, Screen(stage, console)
        self._over = asyncio.Event()

    def end(self) -> None:
        """Ctrl-C: the house closes."""
        self._over.set()

    async def open(self) -> None:
        """Returns when it is closed."""
        stage = self._stage
        await self._screen.command(stage.owner, stage.channels[SKY], "feed add", url=stage.feeds[SKY].url)
        if stage.given_feed and stage.given_channel:
            await self._screen.command(stage.owner, stage.given_channel, "feed add", url=stage.given_feed.url)
        looks = 0
        while not self._over.is_set():
            if looks % LOOKS_BETWEEN_STORIES == 0:
                stage.publish(SKY)
                stage.publish_given()
            looks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), LOOK_SECONDS)
            for channel in stage.guild.channels:
                self._screen.draw_new(channel)


async def run(given: Given | None, *, notice: str = "", browser: bool = True) -> int:
    """The exit code, 0: what visitors break is theirs to break. Raises SetupError if the bot does not come up."""
    console = Console(highlight=False, soft_wrap=False)
    with tempfile.TemporaryDirectory(prefix="herald-demo-") as folder:
        async with Stage(Path(folder), given) as stage:
            house = House(stage, console)
            on_interrupt(house.end)
            with saying_why(stage):
                await stage.start_bot()
            url = stage.sandbox.page.url
            console.print(f"\nHerald's demo is at [link={url}]{url}[/link]   (Ctrl-C ends it)\n", soft_wrap=True)
            if notice:
                console.print(f"{notice}\n", markup=False, soft_wrap=True)
            if browser:
                # Some browsers only come back when they are closed; nobody waits for them.
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            await house.open()
    console.print('\nTo run it on Discord: README.md, "Run it". Every command: /help.')
    return 0
