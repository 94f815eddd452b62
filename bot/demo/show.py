"""The show: feeds are followed, news comes in, the bot is killed and comes back, and the count is shown."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.demo.stage import Stage
from bot.errors import SetupError
from bot.sandbox import Channel, Message, Reply, User
from bot.sandbox.terminal import draw_command, draw_header, draw_message, draw_notice

READING_PAUSE = 1.2  # seconds between two things to look at
SCENES = 25  # a show of few seconds has shorter pauses, so that something happens in it
DELIVERY_PATIENCE = 15.0
LAST_CALL = 20.0  # what was published must be there by then


class Curtain(Exception):
    """The time is up, or Ctrl-C: no more news, but the count is still made."""


class Show:
    """One evening. Draws on the console what happens on the stage."""

    def __init__(self, stage: Stage, console: Console, *, seconds: int | None) -> None:
        self._stage, self._console = stage, console
        self._drawn: set[int] = set()
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
        self._say("A server, a site with feeds, and Herald, all on this machine. Herald is connected; nobody follows"
                  " anything yet.")  # fmt: skip
        await self._command(stage.owner, chips, "feed add", url=stage.feeds[0].page_url)
        await self._command(stage.owner, sky, "feed add", url=stage.feeds[1].url)
        for number in (0, 1, 0):
            await self._news(number)
        await self._command(stage.member, chips, "search", query=_word_of(stage))
        await self._power_cut()
        await self._command(stage.member, chips, "latest", count=3)
        self._say("More news, one after the other, until the stories are told (Ctrl-C ends it earlier).")
        while any([await self._news(number) for number in (0, 1)]):
            pass

    async def _news(self, number: int) -> bool:
        channel = self._stage.channels[number]
        title = self._stage.publish(number)
        if title is None:
            return False
        await self._stage.caught_up(channel, DELIVERY_PATIENCE)
        self._draw_new(channel)
        await self._pause()
        return True

    async def _power_cut(self) -> None:
        stage, chips = self._stage, self._stage.channels[0]
        stage.publish(0)
        await stage.bot.kill()
        titles = [stage.publish(0) for _ in range(2)]
        self._say(f"kill -9: the bot is gone in the middle of it. Meanwhile {len(titles) + 1} stories are published.")
        await self._pause()
        self._say("It starts again.")
        await stage.start_bot()
        await stage.caught_up(chips, DELIVERY_PATIENCE)
        self._draw_new(chips)
        await self._pause()

    async def _command(self, user: User, channel: Channel, path: str, **options: Any) -> None:
        typed = " ".join([f"/{path}", *(f"{name}:{value}" for name, value in options.items())])
        self._console.print(draw_command(user.name, typed))
        reply: Reply = await self._stage.guild.command(user, channel, path, **options)
        if reply.message is None:
            self._say("The bot did not answer.")
        else:
            self._draw(reply.message)
        await self._pause()

    def _draw_new(self, channel: Channel) -> None:
        fresh = [message for message in channel.messages if message.id not in self._drawn]
        if fresh:
            self._console.print(draw_header(self._stage.guild.name, channel.name))
        for message in fresh:
            self._drawn.add(message.id)
            self._draw(message)

    def _draw(self, message: Message) -> None:
        json = self._stage.as_json(message)
        self._console.print(draw_message(json, picture=self._stage.site.picture, names=self._stage.names()))
        self._console.print()

    def _say(self, text: str) -> None:
        self._console.print(draw_notice(text))
        self._console.print()

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
            self._draw_new(channel)
            count = stage.count(channel)
            fine = fine and count.fine
            lost, doubled = len(count.missing), len(count.doubled)
            order = "in order" if count.in_order else "NOT in order"
            self._say(
                f"#{channel.name}: {count.published} published, {count.posted_once} posted once, {order};"
                f" {lost} lost, {doubled} doubled."
            )
        return fine


def _word_of(stage: Stage) -> str:
    """A word that the stories posted so far are sure to hold: the longest of a title."""
    url_title = next(reversed(stage.feeds[0].entries.values())).title or "chip"
    return max(url_title.split(), key=len).strip(".,:;!?\"'()")


async def run(*, seconds: int | None = None) -> int:
    """The exit code: 0 only if everything published was posted once."""
    console = Console(highlight=False, soft_wrap=False)
    with tempfile.TemporaryDirectory(prefix="herald-demo-") as folder:
        async with Stage(Path(folder)) as stage:
            show = Show(stage, console, seconds=seconds)
            loop = asyncio.get_running_loop()
            for name in (signal.SIGINT, signal.SIGTERM):
                with suppress(NotImplementedError):
                    loop.add_signal_handler(name, show.end)
            try:
                await stage.start_bot()
                fine = await show.play()
            except TimeoutError as error:
                tail = stage.bot.log_path.read_text("utf-8", "replace").splitlines()[-15:]
                raise SetupError("the bot did not come up. The end of its log:", *tail) from error
    console.print('To run it on Discord: README.md, "Run it". Every command: /help.' if fine else "Something is wrong.")
    return 0 if fine else 1
