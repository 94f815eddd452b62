"""What happens to guilds and their channels, told by Discord's gateway."""

from __future__ import annotations

from collections.abc import Callable

from bot.ports import Clock, TenancyStore


class Guilds:
    """Keeps the store's idea of where Herald is at home."""

    def __init__(self, store: TenancyStore, clock: Clock, *, delivered: Callable[[], None]) -> None:
        """`delivered` is called when something that waited may be sent again."""
        self._store, self._clock, self._delivered = store, clock, delivered

    async def joined(self, guild_id: int) -> None:
        """Back within the grace time: everything is as it was, and what was published meanwhile is not posted."""
        await self._store.restore_guild(guild_id)

    async def left(self, guild_id: int) -> None:
        """Nothing is polled or sent for it any more; its data is kept for a grace time."""
        await self._store.forget_guild(guild_id, self._clock.now())

    async def channel_back(self, channel_id: int) -> None:
        """Permissions or the channel changed, and Herald may write there: what was held is due now."""
        if await self._store.release_channel(channel_id, self._clock.now()):
            self._delivered()
