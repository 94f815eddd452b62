"""The composition root: builds the real parts, joins them, runs them, and takes them down in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from bot import __version__
from bot.chat.client import HeraldClient
from bot.chat.refusals import no_token
from bot.chat.sender import DiscordSender
from bot.chat.services import Services
from bot.errors import SetupError
from bot.feeds.cadence import Limits
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.net.polite import PoliteFetcher
from bot.ops import logging
from bot.ops.clock import SystemClock
from bot.reading.reader import WorkerReader
from bot.settings import Settings, load
from bot.store.store import Store
from bot.work import declared
from bot.work.deliver import Deliverer
from bot.work.follow import Follow
from bot.work.guilds import Guilds
from bot.work.lookup import Lookup
from bot.work.loop import Bell, run_all
from bot.work.poll import Poller

log = structlog.get_logger(__name__)

PROJECT_URL = "https://github.com/herald-bot/herald"
STOPPING_LIMIT = timedelta(seconds=25)  # orchestrators kill after 30; what is left then is in the outbox

T = TypeVar("T")
Wrap = Callable[[str, Any], Any]


def _as_it_is(_name: str, part: T) -> T:
    return part


@asynccontextmanager
async def open_fetcher(settings: Settings, clock: SystemClock | None = None) -> AsyncIterator[PoliteFetcher]:
    """The guarded, polite way to the web."""
    clock = clock or SystemClock()
    fetcher = HttpFetcher(
        Guard(settings.fetch.allow_networks),
        clock,
        user_agent=settings.fetch.user_agent or f"Herald/{__version__} (+{PROJECT_URL})",
        timeout=settings.fetch.timeout,
        max_bytes=settings.fetch.max_bytes,
    )
    try:
        yield PoliteFetcher(
            fetcher,
            clock,
            per_host_concurrency=settings.poll.per_host_concurrency,
            per_host_delay=settings.poll.per_host_delay,
        )
    finally:
        await fetcher.close()


async def migrate_database() -> None:
    """Opens the database, which brings it up to date, and closes it."""
    store = await Store.open(load().database_url)
    await store.close()


async def run(settings: Settings | None = None, *, wrap: Wrap = _as_it_is) -> None:
    """Runs the bot until SIGTERM, SIGINT, or something that needs a person. Raises SetupError for the latter.

    `wrap` may put something around the parts by name ("store", "fetcher", "reader", "sender"): tests do.
    """
    settings = settings or load()
    token = settings.discord_token.get_secret_value()
    logging.configure(settings.ops.log_format, secrets=[token])
    if not token.strip():
        raise no_token()  # before anything is opened
    async with AsyncExitStack() as stack:
        herald = await Herald.build(settings, stack, wrap)
        await herald.run(token)


@dataclass(slots=True)
class Herald:
    """All parts, joined."""

    settings: Settings
    clock: SystemClock
    client: HeraldClient
    sender: DiscordSender
    follow: Follow
    store: Store
    services: list[tuple[Any, Bell]]
    stop: asyncio.Event
    failure: list[SetupError]

    @classmethod
    async def build(cls, settings: Settings, stack: AsyncExitStack, wrap: Wrap) -> Herald:
        """Opens what must be open before Discord is told that we are there."""
        clock = SystemClock()
        opened = await Store.open(settings.database_url)
        stack.push_async_callback(opened.close)
        store: Store = wrap("store", opened)
        fetcher = wrap("fetcher", await stack.enter_async_context(open_fetcher(settings, clock)))
        real_reader = WorkerReader()
        stack.push_async_callback(real_reader.close)
        reader = wrap("reader", real_reader)
        poll_bell, deliver_bell, stop = Bell(), Bell(), asyncio.Event()
        poll = settings.poll
        limits = Limits(default=poll.default_interval, minimum=poll.min_interval, maximum=poll.max_interval)
        follow = Follow(
            store, fetcher, reader, clock, limits=limits, feeds_per_guild=settings.quota.feeds_per_guild,
            changed=poll_bell.ring, delivered=deliver_bell.ring,
        )  # fmt: skip
        client = HeraldClient(
            Services(
                follow=follow,
                lookup=Lookup(store, clock),
                guilds=Guilds(store, clock, delivered=deliver_bell.ring),
            ),
            api_base=settings.discord_api_base,
        )
        failure: list[SetupError] = []
        sender = DiscordSender(client, on_unauthorized=lambda: _refused(failure, stop))
        poller = Poller(
            store, fetcher, reader, clock, limits=limits, concurrency=poll.concurrency,
            wake=poll_bell.ring, delivered=deliver_bell.ring,
        )  # fmt: skip
        deliverer = Deliverer(store, wrap("sender", sender), clock, wake=deliver_bell.ring)
        services = [(poller, poll_bell), (deliverer, deliver_bell)]
        return cls(settings, clock, client, sender, follow, store, services, stop, failure)

    async def run(self, token: str) -> None:
        """Logs in, connects, and works until told to stop."""
        self._stop_on_signals()
        await self.client.login(token)
        freed = await self.store.free_leases()
        if freed:
            log.info("carrying on", postings=freed)
        connection = asyncio.create_task(self._stay_connected())
        ready = asyncio.create_task(self._when_ready())
        try:
            await run_all(self.services, self.clock, self.stop, longest_finish=STOPPING_LIMIT)
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.sender.drain()), STOPPING_LIMIT.total_seconds())
        finally:
            ready.cancel()
            await self.client.close()
            await asyncio.gather(connection, ready, return_exceptions=True)
        log.info("stopped")
        if self.failure:
            raise self.failure[0]

    async def _stay_connected(self) -> None:
        """discord.py reconnects by itself; what ends it needs a person."""
        try:
            await self.client.stay_connected()
        except SetupError as error:
            self.failure.append(error)
        finally:
            self.stop.set()

    async def _when_ready(self) -> None:
        await self.client.wait_until_ready()
        log.info("ready", guilds=len(self.client.guilds), version=__version__)
        if not self.client.guilds:
            print(f"Herald is in no server yet. Add it: {self.client.invite_url}", file=sys.stderr)  # noqa: T201
        wanted = declared.read(self.settings.config.parent / "feeds.toml")
        await declared.reconcile(wanted, self.follow, self._guild_of)

    def _guild_of(self, channel_id: int) -> int | None:
        guild = getattr(self.client.get_channel(channel_id), "guild", None)
        return None if guild is None else guild.id

    def _stop_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends us instead
                loop.add_signal_handler(name, self.stop.set)


def _refused(failure: list[SetupError], stop: asyncio.Event) -> None:
    """Discord does not know the token any more: everything stops, what is owed waits on disk."""
    failure.append(
        SetupError(
            "Discord refuses the token now; it was reset, or the bot was deleted.",
            "Put the new token into .env (DISCORD_TOKEN) and start again. Nothing is lost: what is owed waits.",
        )
    )
    stop.set()
