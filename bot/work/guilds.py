"""What happens to guilds and their channels, told by Discord's gateway."""

from __future__ import annotations

from collections.abc import Callable

from bot.ports import Clock, TenancyStore


class Guilds:
    """Keeps the store's idea of where Herald is at home."""

    def __init__(
        self, store: TenancyStore, clock: Clock, *, changed: Callable[[], None], delivered: Callable[[], None]
    ) -> None:
        """`changed` is called when feeds may be due again, `delivered` when what waited may be sent again."""
        self._store, self._clock = store, clock
        self._changed, self._delivered = changed, delivered

    async def present(self, guild_ids: frozenset[int]) -> None:
        """The guilds that Herald is in now, outages included: some may have come or gone while it was away."""
        known = frozenset(await self._store.guild_ids())
        for guild_id in known - guild_ids:
            await self.left(guild_id)
        for guild_id in guild_ids - known:
            await self.joined(guild_id)

    async def joined(self, guild_id: int) -> None:
        """Back within the grace time: everything is as it was, and what was published meanwhile is not posted."""
        if await self._store.restore_guild(guild_id):
            self._changed()
            self._delivered()

    async def left(self, guild_id: int) -> None:
        """Nothing is polled or sent for it any more; its data is kept for a grace time."""
        await self._store.forget_guild(guild_id, self._clock.now())

    async def channel_back(self, channel_id: int) -> None:
        """Permissions or the channel changed, and Herald may write there: what was held is due now."""
        if await self._store.release_channel(channel_id, self._clock.now()):
            self._delivered()
