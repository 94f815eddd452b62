"""The real bot's inner part between a model Discord and model publishers, one call at a time."""

from __future__ import annotations

import asyncio
import shutil
from collections import deque
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.errors import FetchError
from bot.feeds.cadence import Limits
from bot.feeds.page_image import page_image
from bot.model import Feed, FeedFacts, Fetched, Login, NotModified, ParsedFeed, Reading, Subscription, Validators
from bot.ports import NO_VALIDATORS
from bot.reading import reader
from bot.sandbox.site.written import WrittenFeed
from bot.store.migrate import migrate
from bot.store.store import Store
from bot.work.deliver import Deliverer
from bot.work.poll import Poller
from tests.clocks import ManualClock
from tests.model.discord import ModelDiscord
from tests.model.power import Power, Powered

MINUTE = timedelta(minutes=1)
LIMITS = Limits(default=MINUTE, minimum=MINUTE, maximum=MINUTE)
NAMES = ("alpha", "bravo")
CHANNELS = (11, 12)
GUILD = 1


class Publishers:
    """A Fetcher over documents in memory."""

    def __init__(self, clock: ManualClock) -> None:
        self.feeds = {name: _feed(name, clock) for name in NAMES}
        self.answers: deque[str] = (
            deque()
        )  # what the next requests get: "" the feed, "down", or a shape of the document
        self._clock = clock

    async def fetch(
        self, url: str, validators: Validators = NO_VALIDATORS, *, login: Login | None = None
    ) -> Fetched | NotModified:
        shape = self.answers.popleft() if self.answers else ""
        if shape == "down":
            raise FetchError(url, "the server did not answer")
        feed = next(feed for feed in self.feeds.values() if feed.url == url)
        shown = feed.snapshot(shape)
        etag = shown.etag.encode() if shown.etag else None
        if validators.etag == etag:
            return NotModified(url=url)
        return Fetched(url=url, body=shown.body, content_type=shown.content_type, validators=Validators(etag=etag))


def _feed(name: str, clock: ManualClock) -> WrittenFeed:
    base = f"https://{name}.example"
    return WrittenFeed(name, form="rss", base_url=base, path="/feed.xml", clock=clock, title=name.title(), window=25)


class InProcessReader:
    """What the worker processes run, here."""

    async def read(self, body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
        return reader.read(body, url=url, content_type=content_type)

    async def read_unseen(self, body: bytes, recalled: bytes, *, url: str, content_type: str = "") -> Reading:
        return reader.read_unseen(body, recalled, url=url, content_type=content_type)

    async def picture(self, body: bytes, *, url: str, content_type: str = "") -> str | None:
        return page_image(body, url=url, content_type=content_type)


class World:
    """`store` is opened anew after every power cut; what is on disk is all that stays."""

    def __init__(self, folder: Path, template: Path) -> None:
        shutil.copy(template, folder / "herald.db")
        self._url = f"sqlite+aiosqlite:///{folder / 'herald.db'}"
        self.clock = ManualClock()
        self.power = Power()
        self.publishers, self.discord = Publishers(self.clock), ModelDiscord(self.clock)
        self.ids: dict[str, int] = {}  # feed name -> its id

    async def open(self) -> None:
        """A start of the bot."""
        self.store = await Store.open(self._url)
        await self.store.free_leases()
        self._outbox = powered = Powered(self.store, self.power)
        self.poller = Poller(
            powered,
            Powered(self.publishers, self.power),
            InProcessReader(),
            self.clock,
            limits=LIMITS,
            wake=lambda: None,
            delivered=lambda: None,
        )
        sender = Powered(self.discord, self.power)
        # One at a time: which of two sends is first would be up to a thread, and no example could be replayed.
        self.deliverer = Deliverer(powered, sender, self.clock, concurrency=1, wake=lambda: None)

    async def found(self) -> None:
        """The bot's first start: every feed is known and polled once, and nobody follows anything."""
        await self.open()
        for name, feed in self.publishers.feeds.items():
            feed.publish(title=f"{name} of old", published_at=self.clock.now())
            made: Feed = await self.store.add_feed(feed.url, FeedFacts(title=name.title()), None, self.clock.now())
            self.ids[name] = made.id

    async def poll(self, power_fails: int | None = None) -> None:
        """Every feed that is due, one after another, until none is or the power fails, after so many crossings."""
        await self._powered(self._poll_all(), power_fails)

    async def deliver(self, power_fails: int | None = None) -> None:
        """What is ready, until nothing is or the power fails, after so many crossings."""
        await self._powered(self._deliver_all(), power_fails)

    async def _poll_all(self) -> None:
        for feed in await self.store.due(self.clock.now(), len(NAMES)):
            result = await self.poller.poll(feed)
            if result.outcome != "new":
                await self.poller.finish()  # writes down the visits

    async def _deliver_all(self) -> None:
        while postings := await self._outbox.lease(self.clock.now(), 1):
            for posting in postings:
                await self.deliverer.deliver(posting)

    async def _powered(self, work: Coroutine[Any, Any, None], fails: int | None) -> None:
        self.power.fail_after(fails)
        await self.power.run(work)
        if self.power.is_off:
            await self.store.close()
            self.power.come_back()
            await self.open()

    async def stored(self, name: str) -> list[str]:
        """Titles of the entries of a feed that are on disk."""
        return [one.entry.title for one in await self.store.latest(GUILD, feed_id=self.ids[name], limit=1000)]

    async def follow(self, name: str, channel: int) -> Subscription:
        new = Subscription(
            id=0, guild_id=GUILD, channel_id=channel, feed_id=self.ids[name], created_at=self.clock.now()
        )
        return await self.store.add_subscription(new)


def make_template(path: Path) -> None:
    """A database without anything in it, migrated once: a copy takes a hundredth of the time."""
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
