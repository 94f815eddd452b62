"""The composition root: builds the real parts, joins them, runs them, and takes them down in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from bot import __version__
from bot.chat.audience import CachedAudiences
from bot.chat.client import HeraldClient
from bot.chat.membership import DiscordMembership
from bot.chat.refusals import no_token
from bot.chat.sender import DiscordSender
from bot.chat.services import Services
from bot.chat.where import CachedPlaces
from bot.errors import SetupError
from bot.feeds.cadence import Limits
from bot.model import Outcome, Posting
from bot.net.guard import Guard
from bot.net.page import PageFetcher
from bot.net.polite import PoliteFetcher
from bot.net.websub import Callbacks, HubCaller
from bot.opening import keys_of, open_fetcher, open_vault, user_agent
from bot.ops import logging
from bot.ops.clock import SystemClock
from bot.ops.health import HealthServer
from bot.ops.metrics import Metrics
from bot.ops.stopping import Stopping
from bot.ops.watchdog import Watchdog
from bot.ports import Fetcher, PageReader, PictureStore
from bot.reading.reader import WorkerReader
from bot.settings import Settings, load
from bot.store.store import Store
from bot.work import declared
from bot.work.clockwork import ClockWatch
from bot.work.closed_dms import ClosedDms
from bot.work.connects import REMEMBERED, pause_before
from bot.work.correct import Corrector
from bot.work.deliver import Deliverer
from bot.work.digest import Digester
from bot.work.digests import Digests
from bot.work.follow import Follow
from bot.work.guilds import Guilds
from bot.work.keywords import Keywords
from bot.work.lists import Lists
from bot.work.lookup import Lookup
from bot.work.loop import Bell, Service, run_all
from bot.work.members import Members
from bot.work.more import More
from bot.work.notices import Notices
from bot.work.pace import SearchPace
from bot.work.pictures import BUDGET, Pictures
from bot.work.poll import Poller
from bot.work.privacy import Privacy
from bot.work.push import Push
from bot.work.reissued import Reissued, ReissueTeller
from bot.work.server_settings import ServerSettings
from bot.work.sweep import Sweeper

log = structlog.get_logger(__name__)

STOPPING_LIMIT = timedelta(seconds=12)  # twice at most; orchestrators kill after 30, and the outbox keeps what is left

T = TypeVar("T")
Wrap = Callable[[str, Any], Any]


def _as_it_is(_name: str, part: T) -> T:
    return part


async def run(settings: Settings | None = None, *, wrap: Wrap = _as_it_is) -> None:
    """Runs the bot until SIGTERM, SIGINT, or something that needs a person. Raises SetupError for the latter.

    `wrap` may put something around the parts by name ("store", "fetcher", "reader", "sender"): tests do.
    """
    settings = settings or load()
    token = settings.discord_token.get_secret_value()
    logging.configure(settings.ops.log_format, secrets=[token, *keys_of(settings)])
    if not token.strip():
        raise no_token()  # before anything is opened
    async with AsyncExitStack() as stack:
        herald = await build(settings, stack, wrap)
        await herald.run(token, stack)


@asynccontextmanager
async def open_pictures(
    settings: Settings, store: PictureStore, polite: PoliteFetcher, reader: PageReader, clock: SystemClock
) -> AsyncIterator[Pictures]:
    """Asks pages for pictures, in the same queues as the feeds."""
    guard = Guard(settings.fetch.allow_networks)
    pages = PageFetcher(guard, clock, user_agent=user_agent(settings))
    pictures = Pictures(store, polite.beside(pages, patience=BUDGET), reader, clock, budget=BUDGET)
    try:
        yield pictures
    finally:
        await pictures.close()
        await pages.close()


async def build(settings: Settings, stack: AsyncExitStack, wrap: Wrap) -> Herald:
    """Opens what must be open before Discord is told that we are there. `stack` closes it."""
    clock, metrics, vault = SystemClock(), Metrics(), open_vault(settings)
    store = await Store.open(settings.database_url)
    stack.push_async_callback(store.close)
    fetcher = await stack.enter_async_context(open_fetcher(settings, clock))
    reader = WorkerReader()
    stack.push_async_callback(reader.close)
    wrapped_store, wrapped_reader = wrap("store", store), wrap("reader", reader)
    poll_bell, deliver_bell, correct_bell, reissued_bell, digest_bell = (Bell() for _ in range(5))

    def owed() -> None:
        deliver_bell.ring()
        correct_bell.ring()

    poll = settings.poll
    limits = Limits(default=poll.default_interval, minimum=poll.min_interval, maximum=poll.max_interval)

    def following(way: Fetcher) -> Follow:
        return Follow(
            wrapped_store,
            wrap("fetcher", way),
            wrapped_reader,
            clock,
            limits=limits,
            feeds_per_guild=settings.quota.feeds_per_guild,
            vault=vault,
            changed=poll_bell.ring,
            delivered=deliver_bell.ring,
        )

    follow = following(fetcher.urgent())
    guilds = Guilds(wrapped_store, clock, changed=poll_bell.ring, delivered=deliver_bell.ring)
    pace = SearchPace()
    keywords = Keywords(
        wrapped_store, clock, per_member=settings.quota.keywords_per_member, pace=pace, changed=poll_bell.ring
    )
    reissued = Reissued(wrapped_store, clock, flood_limit=settings.delivery.flood_limit, delivered=deliver_bell.ring)
    audiences = CachedAudiences(lambda id_: client.get_guild(id_))  # noqa: PLW0108  (the client is made with these services)
    digests = Digests(
        wrapped_store,
        audiences,
        clock,
        per_guild=settings.quota.digests_per_guild,
        changed=digest_bell.ring,
        delivered=deliver_bell.ring,
    )
    services = Services(
        follow=follow,
        lists=Lists(following(fetcher), wrapped_reader, clock),  # behind the polls of a host, not before them
        reissued=reissued,
        lookup=Lookup(store, clock, pace=pace, searched=metrics.searched),
        keywords=keywords,
        digests=digests,
        more=More(store, clock, pace=pace),
        closed_dms=ClosedDms(store, delivered=deliver_bell.ring),
        guilds=guilds,
        settings=ServerSettings(wrapped_store, clock, moved=digest_bell.ring),
        privacy=Privacy(wrapped_store, clock, keep_entries=settings.retention.entries),
    )
    client = HeraldClient(services, api_base=settings.discord_api_base)
    herald = Herald(settings, clock, client, store, follow, metrics)
    herald.sender = DiscordSender(client, on_unauthorized=herald.token_refused)
    places = CachedPlaces(client)
    notices = Notices(store, places, clock)
    poller = Poller(
        wrapped_store,
        wrap("fetcher", fetcher),
        wrapped_reader,
        clock,
        limits=limits,
        flood_limit=settings.delivery.flood_limit,
        hourly_limit=settings.delivery.hourly_limit,
        vault=vault,
        wake=poll_bell.ring,
        delivered=owed,
        held=reissued_bell.ring,
        done=lambda result: metrics.polled(result.outcome, result.new, result.matches),
        ended=notices.feed_ended,
        login_refused=notices.login_refused,
    )
    sender = wrap("sender", herald.sender)
    members = Members(DiscordMembership(client, clock), wrapped_store)
    pictures: Pictures | None = None
    if settings.fetch.page_images:
        opening = open_pictures(settings, wrapped_store, fetcher, wrapped_reader, clock)
        pictures = await stack.enter_async_context(opening)
    deliverer = Deliverer(
        wrapped_store,
        sender,
        clock,
        batch_window=settings.delivery.batch_window,
        pictures=pictures.of if pictures else None,
        refused=notices.place_refused,
        gone=members.gone,
        theirs=members.theirs,
        server_name=places.name_of,
        wake=owed,  # a message that was sent may have to be corrected at once
        done=herald.delivered,
    )
    corrector = Corrector(
        wrapped_store, sender, clock, theirs=members.theirs, wake=correct_bell.ring, done=metrics.edited
    )

    def moved() -> None:
        poll_bell.ring()
        owed()
        digest_bell.ring()

    herald.clock_watch = ClockWatch(store, clock, moved=moved)
    sweeper = Sweeper(store, keep_entries=settings.retention.entries, failing=notices.feed_failing)
    herald.services = [
        *_pushes(herald, fetcher, poller),
        (poller, poll_bell),
        (deliverer, deliver_bell),
        (corrector, correct_bell),
        (ReissueTeller(wrapped_store, notices.about_reissue, delivered=deliver_bell.ring), reissued_bell),
        (Digester(wrapped_store, audiences, delivered=deliver_bell.ring), digest_bell),
        (sweeper, Bell()),
        (herald.clock_watch, Bell()),
    ]
    return herald


def _pushes(herald: Herald, fetcher: PoliteFetcher, poller: Poller) -> list[tuple[Service, Bell]]:
    """The service that hubs push to, and where they reach it, if they can at all."""
    settings, bell = herald.settings, Bell()
    if not settings.websub.public_url:
        return []
    push = Push(
        herald.store,
        HubCaller(fetcher),
        herald.clock,
        public_url=settings.websub.public_url,
        take=poller.take_push,
        wake=bell.ring,
    )
    herald.callbacks = Callbacks(push, max_bytes=settings.fetch.max_bytes)
    return [(push, bell)]


@dataclass
class Herald:
    """All parts, joined, and their life from login to the last send."""

    settings: Settings
    clock: SystemClock
    client: HeraldClient
    store: Store
    follow: Follow
    metrics: Metrics
    services: list[tuple[Service, Bell]] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failure: SetupError | None = None
    callbacks: Callbacks | None = None  # where hubs reach us
    sender: DiscordSender = field(init=False)
    clock_watch: ClockWatch = field(init=False)

    async def run(self, token: str, stack: AsyncExitStack) -> None:
        """Logs in, connects, and works until told to stop."""
        stopping = Stopping(self.stop, lambda: self.sender.in_flight)
        stopping.listen()
        self.store.when_taken(self.fail)
        await self._start_health(stack)
        await self.client.login(token)
        stack.push_async_callback(self.client.close)
        if freed := await self.store.free_leases():
            log.info("carrying on", postings=freed)
        works = (self._stay_connected(), self._when_ready(), self._watch(), stopping.tell())
        beside = [asyncio.create_task(work) for work in works]
        try:
            await run_all(
                self.services,
                self.clock,
                self.stop,
                longest_finish=STOPPING_LIMIT,
                before_step=self.clock_watch.look,
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.sender.drain()), STOPPING_LIMIT.total_seconds())
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        log.info("stopped")
        if self.failure is not None:
            raise self.failure

    def delivered(self, posting: Posting, outcome: Outcome) -> None:
        """For the metrics."""
        self.metrics.sent(posting, outcome, self.clock.now())

    def token_refused(self) -> None:
        """Discord does not know the token any more: everything stops, what is owed waits on disk."""
        self.fail(
            SetupError(
                "Discord refuses the token now; it was reset, or the bot was deleted.",
                "Put the new token into .env (DISCORD_TOKEN) and start again. Nothing is lost: what is owed waits.",
            )
        )

    def fail(self, error: SetupError) -> None:
        """Everything stops, in order, and `run` raises it."""
        self.failure = self.failure or error
        self.stop.set()

    async def _stay_connected(self) -> None:
        """discord.py reconnects by itself; what ends it needs a person."""
        now = self.clock.now()
        pause = pause_before(await self.store.note_start(now, REMEMBERED), now)
        if pause:
            log.warning("started too often", connecting_in_s=int(pause.total_seconds()))
            await self.clock.sleep(pause.total_seconds())
        try:
            await self.client.stay_connected()
        except SetupError as error:
            self.fail(error)
        finally:
            self.stop.set()

    async def _when_ready(self) -> None:
        await self.client.wait_until_ready()
        log.info("ready", guilds=len(self.client.guilds), version=__version__)
        if not self.client.guilds:
            print(f"Herald is in no server yet. Add it: {self.client.invite_url}", file=sys.stderr)  # noqa: T201
        try:
            wanted = declared.read(self.settings.config.parent / "feeds.toml")
        except SetupError as error:
            log.error("declared subscriptions not read", problem=error.problem)
            return
        await declared.reconcile(wanted, self.follow, self._guild_of)

    def _guild_of(self, channel_id: int) -> int | None:
        guild = getattr(self.client.get_channel(channel_id), "guild", None)
        return None if guild is None else int(guild.id)

    async def _watch(self) -> None:
        """Ends the process if Discord's REST side hangs: only a new one gets it going again, and it loses nothing."""
        watchdog = Watchdog()
        watchdog.watch("rest", lambda: self.sender.answered, busy=lambda: self.sender.in_flight > 0)
        await watchdog.run(self.clock, self._stalled, loop_lag=self.metrics.loop_lag)

    def _stalled(self, names: list[str]) -> None:
        log.error("no progress", parts=names)
        self.fail(
            SetupError("Discord's REST API made no progress for minutes.", "Start Herald again; nothing is lost.")
        )

    async def _start_health(self, stack: AsyncExitStack) -> None:
        def connected() -> str:
            return "" if self.client.is_ready() else "not connected to Discord"

        if self.callbacks and not self.settings.ops.health_port:
            raise SetupError(
                "Hubs cannot reach Herald: its port is off.",
                "Set health_port in [ops], and let public_url in [websub] lead to it; or empty public_url.",
            )
        also = self.callbacks.routes() if self.callbacks else []
        health = HealthServer(self.metrics, live={}, ready={"discord": connected}, backlog=self.store, also=also)
        await health.start(self.settings.ops.health_port)
        stack.push_async_callback(health.close)
