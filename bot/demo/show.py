"""The show: feeds are followed, news comes in, the bot is killed and comes back, and the count is shown."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.demo.given import Given
from bot.demo.interrupts import on_interrupt
from bot.demo.screen import Screen
from bot.demo.stage import Stage, saying_why
from bot.sandbox import Channel, Reply, User

READING_PAUSE = 1.2  # seconds between two things to look at
SCENES = 25  # a show of few seconds has shorter pauses, so that something happens in it
DELIVERY_PATIENCE = 15.0
FOLLOWED = "Following"  # how Herald's answer begins when `/feed add` has worked
LAST_CALL = 20.0  # what was published must be there by then


class Curtain(Exception):
    """The time is up, or Ctrl-C: no more news, but the count is still made."""


class Show:
    """One evening. Draws on the console what happens on the stage."""

    def __init__(self, stage: Stage, console: Console, *, seconds: int | None) -> None:
        self._stage, self._screen = stage, Screen(stage, console)
        self._given_is_followed = False
        self._over = asyncio.Event()
        self._reading_pause = READING_PAUSE if seconds is None else min(READING_PAUSE, seconds / SCENES)
        if seconds is not None:
            asyncio.get_running_loop().call_later(max(0.0, seconds - 2), self._over.set)

    def end(self) -> None:
        """Ctrl-C: the show ends at the next pause."""
        self._over.set()

    async def play(self) -> bool:
        """True if everything that was published was posted once, in order."""
        with suppress(Curtain):
            await self._acts()
        return await self._count()

    async def _acts(self) -> None:
        stage, (chips, sky) = self._stage, self._stage.channels
        self._screen.say(
            "A server, a site with feeds, and Herald, all on this machine. Herald is connected; nobody follows anything"
            f" yet. The same place in a browser: {stage.sandbox.page.url}"
        )
        await self._command(stage.owner, chips, "feed add", url=stage.feeds[0].page_url)
        await self._command(stage.owner, sky, "feed add", url=stage.feeds[1].url)
        await self._follow_given()
        for number in (0, 1, 0):
            await self._news(number)
        await self._command(stage.member, chips, "search", query=_word_of(stage))
        await self._power_cut()
        await self._command(stage.member, chips, "latest", count=3)
        self._screen.say("More news, one after the other, until the stories are told (Ctrl-C ends it earlier).")
        while any([await self._news(0), await self._news(1), await self._news_given()]):
            pass

    async def _news(self, number: int) -> bool:
        channel = self._stage.channels[number]
        title = self._stage.publish(number)
        if title is None:
            return False
        await self._stage.caught_up(channel, DELIVERY_PATIENCE)
        self._screen.draw_new(channel)
        await self._pause()
        return True

    async def _follow_given(self) -> None:
        stage = self._stage
        if stage.given_feed and stage.given_channel:
            reply = await self._command(stage.owner, stage.given_channel, "feed add", url=stage.given_feed.url)
            self._given_is_followed = reply.text.startswith(FOLLOWED)
            await self._news_given()

    async def _news_given(self) -> bool:
        stage = self._stage
        if not self._given_is_followed or not stage.publish_given():
            return False
        assert stage.given_channel
        await stage.given_caught_up(DELIVERY_PATIENCE)
        self._screen.draw_new(stage.given_channel)
        await self._pause()
        return True

    async def _power_cut(self) -> None:
        stage, chips = self._stage, self._stage.channels[0]
        stage.publish(0)
        await stage.bot.kill()
        titles = [stage.publish(0) for _ in range(2)]
        self._screen.say(
            f"kill -9: the bot is gone in the middle of it. Meanwhile {len(titles) + 1} stories are published."
        )
        await self._pause()
        self._screen.say("It starts again.")
        await stage.start_bot()
        await stage.caught_up(chips, DELIVERY_PATIENCE)
        self._screen.draw_new(chips)
        await self._pause()

    async def _command(self, user: User, channel: Channel, path: str, **options: Any) -> Reply:
        reply = await self._screen.command(user, channel, path, **options)
        await self._pause()
        return reply

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), self._reading_pause)
        if self._over.is_set():
            raise Curtain

    async def _count(self) -> bool:
        stage = self._stage
        if not stage.bot.is_running:
            await stage.start_bot()
        fine = True
        for channel in stage.channels:
            await stage.caught_up(channel, LAST_CALL)
            self._screen.draw_new(channel)
            count = stage.count(channel)
            fine = fine and count.fine
            lost, doubled = len(count.missing), len(count.doubled)
            order = "in order" if count.in_order else "NOT in order"
            self._screen.say(
                f"#{channel.name}: {count.published} published, {count.posted_once} posted once, {order};"
                f" {lost} lost, {doubled} doubled."
            )
        return fine and await self._count_given()

    async def _count_given(self) -> bool:
        stage = self._stage
        if not self._given_is_followed or stage.given_channel is None:
            return True
        await stage.given_caught_up(LAST_CALL)
        self._screen.draw_new(stage.given_channel)
        shown = stage.given_shown()
        self._screen.say(f"#{stage.given_channel.name}: {stage.given_published} published, {shown} posted.")
        return shown == stage.given_published


def _word_of(stage: Stage) -> str:
    """A word that the stories posted so far are sure to hold: the longest of a title."""
    url_title = next(reversed(stage.feeds[0].entries.values())).title or "chip"
    return max(url_title.split(), key=len).strip(".,:;!?\"'()")


async def run(given: Given | None = None, *, notice: str = "", seconds: int | None = None) -> int:
    """The exit code: 0 only if everything published was posted once."""
    console = Console(highlight=False, soft_wrap=False)
    if notice:
        console.print(f"{notice}\n", markup=False, soft_wrap=True)
    with tempfile.TemporaryDirectory(prefix="herald-demo-") as folder:
        async with Stage(Path(folder), given) as stage:
            show = Show(stage, console, seconds=seconds)
            on_interrupt(show.end)
            with saying_why(stage):
                await stage.start_bot()
                fine = await show.play()
    console.print('To run it on Discord: README.md, "Run it". Every command: /help.' if fine else "Something is wrong.")
    return 0 if fine else 1
