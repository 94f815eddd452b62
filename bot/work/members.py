"""What is owed to members: to who left a guild nothing, and to who is there nothing of channels that they cannot see.

Discord tells who left, and who has which roles, only to bots with the members intent; so Herald asks when it matters:
before a DM.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.model import Delivery, Destination, Posting, Refused, Unknown
from bot.ports import Membership, MemberStore

log = structlog.get_logger(__name__)

# What became of what is not sent, in Discord's own codes.
LEFT = Refused(status=404, code=10007, reason="the member left the server")  # Unknown Member
UNSEEN = Refused(status=403, code=50001, reason="the member does not see the channel")  # Missing Access
NOT_TOLD_YET = Unknown(reason="Discord has not told yet what the member sees")


class Members:
    """Who is still there, and what they may be told."""

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

    async def theirs(self, posting: Posting) -> Posting | None:
        """The posting without what comes only from feeds that its member does not see. None: it cannot be told now.

        What is left out is left out on disk first, and for good: if they see the channel later, the old does not come.
        A posting that may be in their inbox already (`silent` says so) keeps its entries.
        """
        if posting.destination.kind != "user":
            return posting
        hidden = await self._hidden_feeds(posting)
        if not hidden:
            return None if hidden is None else posting
        told = posting.deliveries
        if posting.silent is None:
            await self._store.leave_out(posting.id, hidden)
            told = tuple(one for one in told if one.entry.feed_id not in hidden)
            log.info("left out what the member does not see", posting=posting.id, entries_left=len(told))
        return replace(posting, deliveries=tuple(_without_names(one, hidden) for one in told))

    async def _hidden_feeds(self, posting: Posting) -> frozenset[int] | None:
        """Of the feeds that it names: those that post only where the member does not see it."""
        named = {id_ for one in posting.deliveries for id_ in (one.entry.feed_id, *one.also_feed_ids)}
        where, channels = posting.destination, dict[int, set[int]]()
        for one in await self._store.subscriptions(where.guild_id) if named else ():
            if one.feed_id in named:
                channels.setdefault(one.feed_id, set()).add(one.channel_id)
        if not channels:
            return frozenset()
        hidden = await self._membership.hidden(where.guild_id, where.id, set().union(*channels.values()))
        if hidden is None:
            return None
        return frozenset(feed_id for feed_id, places in channels.items() if places <= hidden)


def _without_names(one: Delivery, hidden: frozenset[int]) -> Delivery:
    """Without the names of hidden feeds that told the same story."""
    kept = [pair for pair in zip(one.also, one.also_feed_ids, strict=True) if pair[1] not in hidden]
    return replace(one, also=tuple(name for name, _ in kept), also_feed_ids=tuple(id_ for _, id_ in kept))


async def nobody_left(_destination: Destination) -> bool:
    """The `gone` of who asks nobody."""
    return False


async def all_of_it(posting: Posting) -> Posting:
    """The `theirs` of who hides nothing."""
    return posting
