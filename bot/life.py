"""Herald's life: from login to the last send, in order."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot import __version__, heap
from bot.chat.client import HeraldClient
from bot.chat.sender import DiscordSender
from bot.errors import SetupError
from bot.model import Outcome, Posting
from bot.net.websub import Callbacks
from bot.ops.clock import SystemClock
from bot.ops.health import HealthServer
from bot.ops.metrics import Metrics
from bot.ops.stopping import Stopping
from bot.ops.watchdog import Watchdog
from bot.settings import Settings
from bot.store.store import Store
from bot.work import declared
from bot.work.clockwork import ClockWatch
from bot.work.connects import REMEMBERED, pause_before
from bot.work.follow import Follow
from bot.work.loop import Bell, Service, run_all

log = structlog.get_logger(__name__)

GIVE_BACK_EACH = timedelta(seconds=10)
STOPPING_LIMIT = timedelta(seconds=12)  # twice at most; orchestrators kill after 30, and the outbox keeps what is left

Running = tuple[Service, Bell]  # and what wakes it


@dataclass
class Herald:
    """All parts, joined, and their life from login to the last send."""

    settings: Settings
    clock: SystemClock
    client: HeraldClient
    store: Store
    follow: Follow
    metrics: Metrics
    services: list[Running] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failure: SetupError | None = None
    owns_process: bool = False  # nothing else is in its memory
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
        lasting = (self._stay_connected(), self._when_ready(), self._watch(), self._give_back())
        beside = [asyncio.create_task(work) for work in (*lasting, self._hurry(), stopping.tell())]
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
        if self.owns_process:
            # What is in memory now stays: the collector need not look through it again, in which time nothing else
            # runs (80 ms for 135,000 objects on a busy core).
            gc.collect()
            gc.freeze()
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

    async def _hurry(self) -> None:
        """A stop waits for what is under way to Discord, not for what Discord could not take."""
        await self.stop.wait()
        self.sender.try_no_more()

    async def _give_back(self) -> None:
        """What large documents and lists leave in memory would stay there for good."""
        while True:
            await self.clock.sleep(GIVE_BACK_EACH.total_seconds())
            heap.give_back()

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
