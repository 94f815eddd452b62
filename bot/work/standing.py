"""The keywords of all feeds in one index, kept between polls.

A poll of a feed that 10,000 keywords watch would otherwise check, and for the most part parse, each of them for each
new entry: 0.9 s of a core, in which nothing else runs. With the index it is 2 ms (one entry of 108 words). The database
is asked for those guilds' keywords alone that changed since: of a guild with another stamp than is known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from bot.model import GuildKeywords, Keyword
from bot.ports import StandingStore
from bot.query.language import parse
from bot.query.match import Document
from bot.query.watch import Watch

AT_ONCE = 100  # keywords learned before the event loop gets its turn: some 10 ms
MOST_KEPT = 100_000  # 2 kB each


@dataclass(frozen=True, slots=True)
class Listening:
    """The keywords that one feed's entries may match, as they are now: to be asked before anything else runs."""

    feed_id: int
    guild_ids: AbstractSet[int]
    watch: Watch[int]
    keywords: Mapping[int, Keyword]
    now: datetime

    def matching(self, document: Document) -> list[Keyword]:
        """Those that find the entry and are not muted, the oldest first."""
        found = (self.keywords[id_] for id_ in sorted(self.watch.matching(document)))
        return [one for one in found if one.guild_id in self.guild_ids and self._listens(one)]

    def _listens(self, one: Keyword) -> bool:
        muted = one.muted_until is not None and one.muted_until > self.now
        return not muted and one.feed_id in (None, self.feed_id)


class StandingQueries:
    """What was learned of the keywords so far; all of it is forgotten when it is too much."""

    def __init__(self, store: StandingStore, most_kept: int = MOST_KEPT) -> None:
        self._store, self._most_kept = store, most_kept
        # What was read first must be learned first: else an older state would cover a newer one, until the next poll.
        self._turn = asyncio.Lock()
        self._forget()

    def _forget(self) -> None:
        self._watch: Watch[int] = Watch()
        self._keywords: dict[int, Keyword] = {}
        self._stamps: dict[int, int] = {}
        self._of_guild: dict[int, frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._keywords)

    async def of_feed(self, feed_id: int, now: datetime) -> Listening:
        """Of the guilds that follow it."""
        async with self._turn:
            if len(self) > self._most_kept:
                self._forget()
            guild_ids, changed = await self._store.standing(feed_id, self._stamps)
            for one in changed:
                await self._learn(one)
            return Listening(feed_id, guild_ids, self._watch, self._keywords, now)

    async def _learn(self, changed: GuildKeywords) -> None:
        """In the place of all that was known of the guild's."""
        for id_ in self._of_guild.pop(changed.guild_id, frozenset()) - {one.id for one in changed.keywords}:
            self._watch.remove(id_)
            del self._keywords[id_]
        for place, keyword in enumerate(self._unknown(changed.keywords), 1):
            self._watch.add(keyword.id, parse(keyword.query))  # as it was printed when it was saved: it always parses
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        self._keywords |= {one.id: one for one in changed.keywords}
        self._of_guild[changed.guild_id] = frozenset(one.id for one in changed.keywords)
        self._stamps[changed.guild_id] = changed.stamp

    def _unknown(self, keywords: Sequence[Keyword]) -> list[Keyword]:
        known = self._keywords
        return [one for one in keywords if one.id not in known or known[one.id].query != one.query]
