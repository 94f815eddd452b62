"""What is kept of a guild itself, and how it is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from bot.model import GuildSettings
from bot.store.database import Connection, Part
from bot.store.deliveries import ensure_guild
from bot.store.moves import begin_anew
from bot.store.records import SETTINGS_COLUMNS, guild_settings_of
from bot.store.schema import feed, guild, subscription

CHOSEN = ("notice_channel_id", "time_zone", "quiet_from", "quiet_until")


class Guilds(Part):
    """Settings, and coming and going."""

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """As shipped for a guild that never set any."""
        async with self._database.read() as connection:
            return await _settings(connection, guild_id)

    async def change_guild_settings(
        self, guild_id: int, change: Callable[[GuildSettings], GuildSettings]
    ) -> GuildSettings:
        """What `change` makes of them, in one transaction: two managers at once both have their way."""
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            changed = change(await _settings(connection, guild_id))
            values = {name: getattr(changed, name) for name in CHOSEN}
            await connection.change(update(guild).where(guild.c.id == guild_id).values(values))
        return changed

    async def guild_ids(self) -> list[int]:
        """Guilds that have not left: what to compare with Discord's list at start."""
        async with self._database.read() as connection:
            return list(await connection.scalars(select(guild.c.id).where(guild.c.left_at.is_(None))))

    async def forget_guild(self, guild_id: int, now: datetime) -> None:
        """The bot was removed: from now nothing is polled or sent for it. `erase_guilds` makes it final."""
        left = update(guild).where(guild.c.id == guild_id, guild.c.left_at.is_(None))
        async with self._database.write() as connection:
            await connection.change(left.values(left_at=now))

    async def restore_guild(self, guild_id: int) -> bool:
        """The bot is there: within the grace all is as it was. False if it was never gone."""
        back = update(guild).where(guild.c.id == guild_id, guild.c.left_at.is_not(None)).values(left_at=None)
        async with self._database.write() as connection:
            await ensure_guild(connection, guild_id)
            away = exists(guild.c.id).where(guild.c.id == guild_id, guild.c.left_at.is_not(None))
            followed = select(subscription.c.feed_id).where(subscription.c.guild_id == guild_id, away)
            await begin_anew(connection, feed.c.id.in_(followed))
            return bool(await connection.change(back))

    async def erase_guilds(self, left_before: datetime) -> int:
        """Erases what is kept of guilds that left before then. Returns how many."""
        async with self._database.write() as connection:
            return await connection.change(delete(guild).where(guild.c.left_at < left_before))


async def _settings(connection: Connection, guild_id: int) -> GuildSettings:
    row = (await connection.execute(select(*SETTINGS_COLUMNS).where(guild.c.id == guild_id))).first()
    return GuildSettings(guild_id=guild_id) if row is None else guild_settings_of(guild_id, row)
