"""Who is still in a guild, asked of Discord's REST API: without the members intent the gateway does not tell."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta

import discord
import structlog

from bot.chat.refusals import CONNECTION_ERRORS
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
        now, key = self._clock.now(), (guild_id, user_id)
        if (seen := self._seen.get(key)) is not None and timedelta(0) <= now - seen < BELIEVED:
            return True
        there = await self._ask(guild_id, user_id)
        self._seen.pop(key, None)
        if there:
            self._seen[key] = now
            while len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)
        return there

    async def _ask(self, guild_id: int, user_id: int) -> bool | None:
        try:
            await self._client.http.get_member(guild_id, user_id)
        except discord.NotFound as error:
            return False if error.code in GONE else None
        except CONNECTION_ERRORS as error:
            log.warning("membership not known", guild=guild_id, error=type(error).__name__)
            return None
        return True
