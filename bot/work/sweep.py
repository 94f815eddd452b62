"""Once a day: what is too old, or belongs to guilds and channels that are gone for good, is cleaned up."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.ports import SweepStore

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
GUILD_GRACE = timedelta(days=30)  # removed by mistake, or for an evening: back with everything as it was
CHANNEL_GRACE = timedelta(days=7)


class Sweeper:
    """The service that cleans up."""

    name = "sweep"

    def __init__(self, store: SweepStore, *, keep_entries: timedelta) -> None:
        self._store, self._keep = store, keep_entries

    async def step(self, now: datetime) -> datetime:
        """What went is in the log; that something was posted is remembered for longer (feeds/identity)."""
        entries = await self._store.prune(now, self._keep)
        guilds = await self._store.erase_guilds(now - GUILD_GRACE)
        channels = await self._store.drop_gone_channels(now - CHANNEL_GRACE)
        if entries or guilds or channels:
            log.info("swept", entries=entries, guilds=guilds, subscriptions_of_gone_channels=channels)
        return now + EVERY

    async def finish(self) -> None:
        """A step leaves nothing behind."""
