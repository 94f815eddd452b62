"""Once a day: people are told of feeds that fail for days, and what is too old, or belongs to guilds and channels
that are gone for good, is cleaned up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.model import Feed, Subscription
from bot.ports import SweepStore

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
GUILD_GRACE = timedelta(days=30)  # removed by mistake, or for an evening: back with everything as it was
CHANNEL_GRACE = timedelta(days=7)
FAILING_FOR = timedelta(days=3)  # sites have weekends too


class Sweeper:
    """The service that cleans up. `failing` is told of each feed that fails for days, once, with its followers."""

    name = "sweep"

    def __init__(
        self,
        store: SweepStore,
        *,
        keep_entries: timedelta,
        failing: Callable[[Feed, Sequence[Subscription]], Awaitable[None]],
    ) -> None:
        self._store, self._keep, self._failing = store, keep_entries, failing

    async def step(self, now: datetime) -> datetime:
        """What went is in the log; that something was posted is remembered for longer (feeds/identity)."""
        entries = await self._store.prune(now, self._keep)
        guilds = await self._store.erase_guilds(now - GUILD_GRACE)
        channels = await self._store.drop_gone_channels(now - CHANNEL_GRACE)
        if entries or guilds or channels:
            log.info("swept", entries=entries, guilds=guilds, subscriptions_of_gone_channels=channels)
        for feed, followers in await self._store.failing_untold(now - FAILING_FOR, now):
            await self._failing(feed, followers)
        return now + EVERY

    async def finish(self) -> None:
        """A step leaves nothing behind."""
