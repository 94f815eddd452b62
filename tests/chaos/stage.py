"""The world of a chaos run: guilds, channels, feeds that publish, and the bot as a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Self

from bot.demo.bot_process import BotProcess
from bot.sandbox import Channel, Guild, Reply, Sandbox, WrongUse
from bot.sandbox.site import FeedSite
from bot.sandbox.site.formats import FeedFormat
from bot.sandbox.site.written import WrittenFeed
from tests.chaos.checker import Follows, Published, Shown, seen_in
from tests.chaos.clock import WorldClock

FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json")
NAMES = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
FLOOD_LIMIT = 10  # delivery.flood_limit: more new entries in one poll are summarised on purpose
SHOWN_WHEN_SHRUNK = 3  # what a shrunken document still has (bot.sandbox.site.feed)
CATCHING_UP = timedelta(seconds=1)  # feeds' dates have whole seconds: within one, only the document's order would tell


class ChaosBot(BotProcess):
    """The bot process, for those who do more to it than to kill it."""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid


class Stage:
    """Everything outside of the bot. `published` and `follows` are the checker's evidence."""

    def __init__(self, folder: Path, rng: Random, *, guilds: int = 3, channels: int = 3, feeds: int = 6) -> None:
        self.folder, self.rng = folder, rng
        self.clock = WorldClock(folder / "clock")
        self.sandbox = Sandbox(clock=self.clock, patience=4.0)
        self.site = FeedSite(clock=self.clock)
        self.published: list[Published] = []
        self.follows: list[Follows] = []
        self.feeds: list[WrittenFeed] = []
        self.places: list[tuple[Guild, Channel]] = []
        self.starts = 0
        self._sizes = guilds, channels, feeds
        self._quiet: set[str] = set()  # feeds that publish nothing for the moment
        self._dates: dict[str, datetime] = {}
        self._outer = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._outer.enter_async_context(self.sandbox)
        await self._outer.enter_async_context(self.site)
        self.bot = ChaosBot(self.folder, api_base=self.sandbox.api_base, token=self.sandbox.token)
        try:
            await self._set_up()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def _set_up(self) -> None:
        guilds, channels, feeds = self._sizes
        for number in range(guilds):
            guild = self.sandbox.add_guild(f"Guild {number + 1}")
            self.places += [(guild, guild.add_channel(f"news-{place + 1}")) for place in range(channels)]
        for number, name in enumerate(NAMES[:feeds]):
            feed = self.site.add_feed(name, title=name.title(), format=FORMATS[number % len(FORMATS)])
            self.feeds.append(feed)
            self.publish(feed, 3)  # what is there before anybody follows it must never be shown
        await self.start_bot()
        await self.sandbox.bot_ready(20)
        for feed in self.feeds:
            for place in self.rng.sample(self.places, 2):
                assert await self.follow(feed, place), self.bot.log_path.read_text()[-2000:]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.bot.kill()
        await self._outer.aclose()

    async def start_bot(self) -> None:
        self.starts += 1
        await self.bot.start(("-m", "tests.chaos.child", str(self.folder / "clock"), self.sandbox.gateway_url))

    # --- What publishers do ---------------------------------------------------------------------------------

    def publish(self, feed: WrittenFeed, count: int) -> None:
        """So many new entries at once, as far as the feed may: never a flood, whose rest is not posted singly."""
        for _ in range(min(count, self.room(feed))):
            at = self.clock.now()
            date = max(at, self._dates.get(feed.slug, at) + CATCHING_UP)
            number = sum(one.feed == feed.slug for one in self.published) + 1
            title = f"{feed.slug} {number:04}"
            feed.publish(title=title, body_html=f"<p>News of {feed.slug}.</p>", published_at=date)
            self._dates[feed.slug] = date
            self.published.append(Published(feed.slug, title, at))

    def room(self, feed: WrittenFeed) -> int:
        """How many the feed may publish now: what no channel shows yet may still come in one poll."""
        if feed.slug in self._quiet:
            return 0
        shrunk = any(fault.kind == "shrink" for fault in feed.faults)
        return (SHOWN_WHEN_SHRUNK if shrunk else FLOOD_LIMIT) - len(self.unseen(feed))

    def unseen(self, feed: WrittenFeed) -> list[Published]:
        """Entries that should be somewhere and are nowhere yet, oldest first."""
        followed = {one.channel for one in self.follows if one.feed == feed.slug}
        since = min((one.sure for one in self.follows if one.feed == feed.slug), default=None)
        if since is None:
            return []
        seen = {shown.title for _, place in self.places if place.id in followed for shown in seen_in_place(place)}
        mine = [one for one in self.published if one.feed == feed.slug and one.at > since]
        return [one for one in mine if one.title not in seen]

    # --- What members do ------------------------------------------------------------------------------------

    async def follow(self, feed: WrittenFeed, place: tuple[Guild, Channel], patience: float = 60.0) -> bool:
        """`/feed add`, until it is answered or `patience` (seconds) ends. The feed publishes nothing meanwhile."""
        guild, channel = place
        self._quiet.add(feed.slug)
        try:
            async with asyncio.timeout(patience):
                while self.unseen(feed):
                    await asyncio.sleep(0.1)
                asked = self.clock.now()
                while not _followed(await self._ask(guild, channel, feed)):
                    await asyncio.sleep(0.2)
        except TimeoutError:
            return False
        finally:
            self._quiet.discard(feed.slug)
        self.follows.append(Follows(channel.id, feed.slug, asked, self.clock.now()))
        return True

    async def _ask(self, guild: Guild, channel: Channel, feed: WrittenFeed) -> Reply | None:
        with suppress(WrongUse):  # the bot is new and Discord was not told of its commands yet
            return await guild.command(guild.owner, channel, "feed add", url=feed.url)
        return None

    # --- What readers see -----------------------------------------------------------------------------------

    def shown(self) -> list[Shown]:
        """All channels as they are now."""
        return [shown for _, place in self.places for shown in seen_in_place(place)]

    def complete(self) -> bool:
        """Whether every entry is in every channel that follows its feed."""
        there = {(shown.channel, shown.title) for shown in self.shown()}
        return all(
            (follow.channel, one.title) in there
            for follow in self.follows
            for one in self.published
            if one.feed == follow.feed and one.at > follow.sure
        )


def seen_in_place(place: Channel) -> Sequence[Shown]:
    return seen_in(place.id, place.messages)


def _followed(reply: Reply | None) -> bool:
    return reply is not None and not reply.failed and ("Following" in reply.text or "already" in reply.text)
