"""What a server's managers choose for it: time zone, quiet hours, where Herald tells of trouble. `/settings`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model import GuildSettings
from bot.ports import Clock, SettingsStore
from bot.schedule.time_of_day import parse_time_of_day
from bot.work.quiet import quiet_until, zone_of
from bot.work.zones import find_zone, near_zones


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """The settings as they stand, and what they mean now. `now` is in the server's time zone."""

    settings: GuildSettings
    now: datetime
    quiet_until: datetime | None  # None: it is not quiet now


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchZone:
    """No time zone is called so; `nearest` are names that may be meant. Nothing was changed."""

    asked: str
    nearest: tuple[str, ...]
    state: ServerState


class ServerSettings:
    """Each change is on disk when its method returns."""

    def __init__(self, store: SettingsStore, clock: Clock, *, moved: Callable[[], None] = lambda: None) -> None:
        """`moved` is called when the time zone changed: what is planned by its clocks is due at another time."""
        self._store, self._clock, self._moved = store, clock, moved

    async def state(self, guild_id: int) -> ServerState:
        return self._state(await self._store.guild_settings(guild_id))

    async def set_time_zone(self, guild_id: int, text: str) -> ServerState | NoSuchZone:
        """By the zone's name or a city; nothing goes back to UTC."""
        zone = await asyncio.to_thread(find_zone, text) if text.strip() else None
        if zone is None and text.strip():
            nearest = await asyncio.to_thread(near_zones, text)
            return NoSuchZone(asked=text.strip(), nearest=tuple(nearest), state=await self.state(guild_id))
        changed = await self._change(guild_id, lambda old: replace(old, time_zone=zone))
        self._moved()
        return changed

    async def set_quiet_hours(self, guild_id: int, begin: str, end: str) -> ServerState:
        """From the one time of day to the other, over midnight if need be. Equal times, or none at all, end them.

        Raises UsageError for what is no time of day.
        """
        if not begin.strip() and not end.strip():
            return await self._change(guild_id, lambda old: replace(old, quiet_from=None, quiet_until=None))
        first, last = parse_time_of_day(begin), parse_time_of_day(end)
        hours = (None, None) if first == last else (first, last)
        return await self._change(guild_id, lambda old: replace(old, quiet_from=hours[0], quiet_until=hours[1]))

    async def set_notice_channel(self, guild_id: int, channel_id: int | None) -> ServerState:
        """None: wherever Herald can post, else to the owner (work/notices)."""
        return await self._change(guild_id, lambda old: replace(old, notice_channel_id=channel_id))

    async def _change(self, guild_id: int, change: Callable[[GuildSettings], GuildSettings]) -> ServerState:
        return self._state(await self._store.change_guild_settings(guild_id, change))

    def _state(self, settings: GuildSettings) -> ServerState:
        now = self._clock.now()
        return ServerState(
            settings=settings, now=now.astimezone(zone_of(settings)), quiet_until=quiet_until(settings, now)
        )
