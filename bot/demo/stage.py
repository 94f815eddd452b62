"""The demo's world: a server with two channels and a few people, a site with feeds, and the bot."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.demo.bot_process import BotProcess
from bot.demo.ledger import Count, Ledger
from bot.sandbox import Channel, Guild, Message, Sandbox, User
from bot.sandbox.site import FeedSite
from bot.sandbox.site_written import WrittenFeed
from bot.sandbox.stories import load_stories
from bot.sandbox.wire import message_json

PICTURES = "https://pictures.example"  # Discord fetches no picture from a loopback address, so Herald shows none
HELD_BACK = 8
BOT_PATIENCE_SECONDS = 20.0


class Stage:
    """Everything the show needs. `async with` sets it up and takes it down, the bot's process too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(bot_name="Herald")
        self.site = FeedSite(pictures_url=PICTURES)
        self.ledgers: dict[int, Ledger] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        await self._stack.enter_async_context(self.sandbox)
        await self._stack.enter_async_context(self.site)
        self.guild: Guild = self.sandbox.add_guild("The Reading Room")
        self.owner: User = self.guild.owner
        self.member: User = self.guild.add_member("ada")
        self.channels: list[Channel] = [self.guild.add_channel(name) for name in ("chips", "sky")]
        self.feeds: list[WrittenFeed] = [
            self.site.add_story_feed(source, hold_back=HELD_BACK) for source in load_stories()[:2]
        ]
        self.ledgers = {channel.id: Ledger() for channel in self.channels}
        self.bot = BotProcess(self.folder, api_base=self.sandbox.api_base, token=self.sandbox.token)
        self._stack.push_async_callback(self.bot.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def start_bot(self) -> None:
        """Returns when it is connected. Raises TimeoutError if it ends or is late; its log is worth reading then."""
        await self.bot.start()
        died = asyncio.create_task(self.bot.died())
        ready = asyncio.create_task(self.sandbox.bot_ready(timeout=BOT_PATIENCE_SECONDS))
        try:
            await asyncio.wait({died, ready}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise TimeoutError(f"the bot ended with exit code {died.result()}")
            ready.result()
        finally:
            died.cancel()
            ready.cancel()

    def publish(self, number: int) -> str | None:
        """Publishes the next story of that feed, and notes that its channel must show it. None: no story is left."""
        entry = self.feeds[number].publish_next()
        if entry is None:
            return None
        assert entry.url is not None
        self.ledgers[self.channels[number].id].published.append(entry.url)
        return entry.title

    def count(self, channel: Channel) -> Count:
        """How the channel stands at this moment."""
        urls = [str(embed.get("url")) for message in channel.messages for embed in message.embeds]
        return self.ledgers[channel.id].count(urls)

    async def caught_up(self, channel: Channel, seconds: float) -> bool:
        """Waits until everything published is in the channel."""
        try:
            await channel.wait_for(lambda _: not self.count(channel).missing, timeout=seconds)
        except TimeoutError:
            return False
        return True

    def as_json(self, message: Message) -> dict[str, Any]:
        """The message as Discord would send it to a client."""
        return message_json(self.sandbox.world, message)

    def names(self) -> dict[str, str]:
        """What ids in a message stand for."""
        people = {str(user.id): user.name for user in (self.owner, self.member, self.sandbox.bot)}
        return people | {str(channel.id): channel.name for channel in self.channels}
