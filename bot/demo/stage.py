"""The demo's world: a server with a few channels and people, a site with feeds, and the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.demo.bot_process import BotProcess
from bot.demo.given import Given
from bot.demo.ledger import Count, Ledger
from bot.errors import SetupError
from bot.sandbox import Channel, Guild, Message, Sandbox, User
from bot.sandbox.site import FeedSite
from bot.sandbox.site.file import FileFeed
from bot.sandbox.site.stories import load_stories
from bot.sandbox.site.written import WrittenFeed
from bot.sandbox.state.wire import message_json

PICTURES = "https://pictures.example"  # Discord fetches no picture from a loopback address, so Herald shows none
HELD_BACK = 8
BOT_PATIENCE_SECONDS = 20.0
LOG_LINES = 60
TOPICS = ("Chips, fabs and open hardware", "Weather, but further up")
POST = ("Books for a rainy week", "What should I read next? Anything with a map in it.")


class Stage:
    """Everything the show needs. `async with` sets it up and takes it down, the bot's process too."""

    def __init__(self, folder: Path, given: Given | None = None) -> None:
        self.folder = folder
        self._given = given
        self.given_published = 0
        self.sandbox = Sandbox(bot_name="Herald")
        self.site = FeedSite(pictures_url=PICTURES)
        self.ledgers: dict[int, Ledger] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        await self._stack.enter_async_context(self.sandbox)
        await self._stack.enter_async_context(self.site)
        self.guild: Guild = self.sandbox.add_guild("The Reading Room", owner="olive")
        self.owner: User = self.guild.owner
        self.manager: User = self.guild.add_member("max", permissions=["MANAGE_GUILD", "MANAGE_MESSAGES"])
        self.member: User = self.guild.add_member("ada")
        self.channels: list[Channel] = [self.guild.add_channel(name) for name in ("chips", "sky")]
        chips, sky = load_stories()[:2]
        self.feeds: list[WrittenFeed] = [
            self.site.add_story_feed(chips, hold_back=HELD_BACK),
            # As many blogs are: the feed has no pictures, its pages name them.
            self.site.add_story_feed(sky, hold_back=HELD_BACK, pictures_on_pages=True),
        ]
        self.ledgers = {channel.id: Ledger() for channel in self.channels}
        self.given_feed, self.given_channel = self._bring()
        self._furnish()
        self.sandbox.page.surroundings = self
        self.bot = BotProcess(self.folder, api_base=self.sandbox.api_base, token=self.sandbox.token)
        self._stack.push_async_callback(self.bot.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def _bring(self) -> tuple[FileFeed | None, Channel | None]:
        """The visitor's own feed, and a channel for it."""
        given = self._given
        if given is None:
            return None, None
        feed = self.site.add_bytes_feed(f"your-{given.slug}", given.document, hold_back=given.held_back)
        return feed, self.guild.add_channel("yours")

    def _furnish(self) -> None:
        """What a server has besides: topics, names, a forum, and a channel that not everybody sees."""
        for user, name in ((self.owner, "Olive"), (self.manager, "Max"), (self.member, "Ada")):
            user.record.display_name = name
        for channel, topic in zip(self.channels, TOPICS, strict=True):
            channel.record.topic = topic
        self.guild.add_channel("reading-list", "forum").start_thread(self.member, *POST)
        editors = self.guild.add_channel("editors")
        editors.deny(self.guild.everyone, "VIEW_CHANNEL")
        for someone in (self.manager, self.sandbox.bot):
            editors.allow(someone, "VIEW_CHANNEL")

    async def start_bot(self) -> None:
        """Returns when it is connected, at once if it runs already.

        Raises TimeoutError if it ends or is late; its log is worth reading then.
        """
        if self.bot.is_running:
            return
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

    # --- What the page asks for (bot.sandbox.control.page_server.Surroundings) -------------------------------------

    @property
    def bot_is_running(self) -> bool:
        return self.bot.is_running

    async def kill_bot(self) -> None:
        await self.bot.kill()

    def bot_log(self) -> list[str]:
        """Its last lines."""
        if not self.bot.log_path.exists():
            return []
        return self.bot.log_path.read_text("utf-8", "replace").splitlines()[-LOG_LINES:]

    def tour(self) -> dict[str, Any]:
        """The tour follows the first feed in the first channel. `followed` is how the answer to that begins."""
        return {
            "guild": str(self.guild.id),
            "channel": str(self.channels[0].id),
            "feed": self.feeds[0].slug,
            "feed_url": self.feeds[0].page_url,
            "word": "chip*",
            "followed": "Following",
        }

    # --- News ----------------------------------------------------------------------------------------------

    def publish(self, number: int) -> str | None:
        """Publishes the next story of that feed, and notes that its channel must show it. None: no story is left."""
        entry = self.feeds[number].publish_next()
        if entry is None:
            return None
        assert entry.url is not None
        self.ledgers[self.channels[number].id].published.append(entry.url)
        return entry.title

    def publish_given(self) -> bool:
        """Publishes the next entry of the visitor's own feed; False if none waits."""
        if self.given_feed is None or self.given_feed.publish_next() is None:
            return False
        self.given_published += 1
        return True

    def given_shown(self) -> int:
        """How many entries the channel of the visitor's own feed shows."""
        messages = self.given_channel.messages if self.given_channel else []
        return sum(len(message.embeds) for message in messages)

    async def given_caught_up(self, seconds: float) -> bool:
        """Waits until everything published in the visitor's own feed is in its channel."""
        assert self.given_channel
        try:
            await self.given_channel.wait_for(lambda _: self.given_shown() >= self.given_published, timeout=seconds)
        except TimeoutError:
            return False
        return True

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
        people = {str(user.id): user.name for user in (self.owner, self.manager, self.member, self.sandbox.bot)}
        return people | {str(channel.id): channel.name for channel in self.guild.channels}


@contextmanager
def saying_why(stage: Stage) -> Iterator[None]:
    """Turns a bot that does not come up into a SetupError with the end of its log."""
    try:
        yield
    except TimeoutError as error:
        tail = stage.bot.log_path.read_text("utf-8", "replace").splitlines()[-15:]
        raise SetupError("the bot did not come up. The end of its log:", *tail) from error
