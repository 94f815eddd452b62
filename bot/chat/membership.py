"""Who is still in a guild, and what they see, asked of Discord's REST API: without the members intent the gateway does
not tell."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta

import discord
import structlog

from bot.chat.refusals import CONNECTION_ERRORS
from bot.chat.sight import can_see, inside_decides, open_to_all
from bot.ports import Clock

log = structlog.get_logger(__name__)

BELIEVED = timedelta(hours=6)
MOST_REMEMBERED = 20_000
# Discord's JSON error codes: unknown member, unknown user.
GONE = frozenset({10007, 10013})


class DiscordMembership:
    """ports.Membership. That somebody is there is believed for some hours; that somebody is not is asked each time,
    since they may come back."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._seen: OrderedDict[tuple[int, int], datetime] = OrderedDict()

    async def is_member(self, guild_id: int, user_id: int) -> bool | None:
        now = self._clock.now()
        if (seen := self._seen.get((guild_id, user_id))) is not None and timedelta(0) <= now - seen < BELIEVED:
            return True
        try:
            await self._client.http.get_member(guild_id, user_id)
        except CONNECTION_ERRORS as error:
            return self._failed(error, guild_id, user_id)
        self._remember(guild_id, user_id)
        return True

    async def hidden(self, guild_id: int, user_id: int, channel_ids: Collection[int]) -> frozenset[int] | None:
        """Nobody is asked about channels that are open to all. A channel that is gone is hidden from everybody."""
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return None
        doubtful = {id_ for id_ in channel_ids if not open_to_all(guild.get_channel_or_thread(id_))}
        if not doubtful:
            return frozenset()
        try:
            member = await guild.fetch_member(user_id)
            self._remember(guild_id, user_id)
            if member.guild_permissions.manage_guild:
                return frozenset()
            return frozenset([id_ for id_ in doubtful if not await self._sees(member, id_)])
        except CONNECTION_ERRORS as error:
            self._failed(error, guild_id, user_id)
            return None

    async def _sees(self, member: discord.Member, channel_id: int) -> bool:
        place = member.guild.get_channel_or_thread(channel_id)
        try:
            if place is None:  # threads that are archived are not in the cache
                found = await self._client.fetch_channel(channel_id)
                place = found if isinstance(found, discord.Thread) and found.guild == member.guild else None
            if place is None or can_see(member, place):
                return place is not None
            if inside_decides(place, member):
                await place.fetch_member(member.id)
                return True
        except (discord.NotFound, discord.Forbidden):
            return False
        return False

    def _failed(self, error: Exception, guild_id: int, user_id: int) -> bool | None:
        """False if it says that they are not there."""
        self._seen.pop((guild_id, user_id), None)
        if isinstance(error, discord.NotFound):
            return False if error.code in GONE else None
        log.warning("membership not known", guild=guild_id, error=type(error).__name__)
        return None

    def _remember(self, guild_id: int, user_id: int) -> None:
        self._seen.pop((guild_id, user_id), None)
        self._seen[guild_id, user_id] = self._clock.now()
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
