"""More like this: from a post to a query that would find it again, made of the words that set it apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.errors import NotFound, UsageError
from bot.model import Entry, StoredEntry
from bot.ports import Clock, MoreStore, Viewer
from bot.query.language import Query
from bot.query.rare import frequencies, propose
from bot.work.answers import Proposal
from bot.work.keywords import LOOKED_BACK, SHOWN
from bot.work.pace import SearchPace
from bot.work.sight import sight_of


class More:
    """Proposes; making a keyword of it is work/keywords."""

    def __init__(self, store: MoreStore, clock: Clock, *, pace: SearchPace | None = None) -> None:
        self._store, self._clock, self._pace = store, clock, pace or SearchPace()

    async def like_message(
        self, guild_id: int, user_id: int, channel_id: int, message_id: int, *, viewer: Viewer | None = None
    ) -> Proposal:
        """For the first entry of a post. Raises NotFound if the message announced none that is still kept."""
        entries = await self._store.entries_announced(guild_id, channel_id, message_id)
        if not entries:
            raise NotFound("That message announces no entry that I still have. Choose one of my posts.")
        return await self._proposed(guild_id, user_id, entries[0], entries, viewer)

    async def like_entry(self, guild_id: int, user_id: int, entry_id: int, *, viewer: Viewer | None = None) -> Proposal:
        """For one entry of the guild's feeds. Raises NotFound."""
        entry = await self._store.entry(guild_id, entry_id)
        if entry is None:
            raise NotFound("That entry is not kept any more, or its feed is not followed here.")
        return await self._proposed(guild_id, user_id, entry, [entry], viewer)

    async def _proposed(
        self, guild_id: int, user_id: int, entry: StoredEntry, entries: Sequence[StoredEntry], viewer: Viewer | None
    ) -> Proposal:
        now: datetime = self._clock.now()
        self._pace.take(guild_id, user_id, now)
        sight = await sight_of(self._store, guild_id, viewer)
        titles = await self._store.titles(guild_id, sight=sight)
        # In a thread: 2,000 titles are some 60 ms of reading.
        query = await asyncio.to_thread(_query_for, entry.entry, titles)
        if query is None:
            raise UsageError("That entry has no words to go by.")
        caught = await self._store.caught(guild_id, query, since=now - LOOKED_BACK, sight=sight, limit=SHOWN)
        return Proposal(entry=entry, query=str(query), caught=caught, days=LOOKED_BACK.days, entries=tuple(entries))


def _query_for(entry: Entry, titles: Sequence[str]) -> Query | None:
    frequency, total = frequencies(titles)
    return propose(entry, frequency, total)
