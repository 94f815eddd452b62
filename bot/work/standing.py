"""The keywords of all feeds in one index, kept between polls.

A poll of a feed that 10,000 keywords watch would otherwise check, and for the most part parse, each of them for each
new entry: 0.9 s of a core, in which nothing else runs. With the index it is 2 ms (one entry of 108 words).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.model import Keyword
from bot.query.language import parse
from bot.query.watch import Watch

AT_ONCE = 100  # keywords learned before the event loop gets its turn: some 10 ms
MOST_KEPT = 100_000  # 2 kB each


class StandingQueries:
    """Learns keywords when it first sees them. What was removed stays until there are too many; it harms nobody:
    who asks knows which keywords count."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._most_kept = most_kept
        self._watch: Watch[int] = Watch()
        self._learned: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._learned)

    async def index(self, keywords: Sequence[Keyword]) -> Watch[int]:
        """An index, by id, in which all these keywords are, and maybe others."""
        if len(self._learned) + len(self._new(keywords)) > self._most_kept:
            self._watch, self._learned = Watch(), {}
        # Not `self._watch` after the first pause: another poll may have begun a new one meanwhile.
        watch, learned = self._watch, self._learned
        for place, keyword in enumerate(self._new(keywords), 1):
            watch.add(keyword.id, parse(keyword.query))  # as it was printed when it was saved, so it always parses
            learned[keyword.id] = keyword.query
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
        return watch

    def _new(self, keywords: Sequence[Keyword]) -> list[Keyword]:
        return [keyword for keyword in keywords if self._learned.get(keyword.id) != keyword.query]
