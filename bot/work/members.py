"""Members who leave a guild get no more of its alerts. Discord tells that only to bots with the members intent, so
Herald asks when it matters: before a DM."""

from __future__ import annotations

import structlog

from bot.model import Destination
from bot.ports import Membership, MemberStore

log = structlog.get_logger(__name__)


class Members:
    """Who is still there."""

    def __init__(self, membership: Membership, store: MemberStore) -> None:
        self._membership, self._store = membership, store

    async def gone(self, destination: Destination) -> bool:
        """True if it is the DM of somebody who left the guild: their keywords and all they were owed are gone too.

        When Discord cannot say, nobody is taken to have left.
        """
        if destination.kind != "user":
            return False
        if await self._membership.is_member(destination.guild_id, destination.id) is not False:
            return False
        removed = await self._store.forget_member_of(destination.guild_id, destination.id)
        log.info("member left", guild=destination.guild_id, keywords=removed)
        return True
