"""Bookkeeping of polls that brought nothing: kept for a moment, then written for many feeds in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import Visit
from bot.ports import PollStore

TOGETHER = timedelta(milliseconds=200)  # between two transactions: 100 polls a second are five of them, not 100


class Visits:
    """At most one a feed. What a kill takes with it is asked again: nothing of an entry hangs on it."""

    def __init__(self, store: PollStore) -> None:
        self._store = store
        self._noted: dict[int, Visit] = {}
        self._written_at: datetime | None = None

    @property
    def feeds(self) -> frozenset[int]:
        """Feeds whose visit is not written yet."""
        return frozenset(self._noted)

    def note(self, visit: Visit) -> None:
        self._noted[visit.feed_id] = visit

    async def write_in_time(self, now: datetime) -> datetime | None:
        """Writes, unless that was done a moment ago; returns when to come again if something is left to be written."""
        again = self._written_at + TOGETHER if self._written_at is not None else now
        if self._noted and now < again <= now + TOGETHER:
            return again
        if self._noted:
            self._written_at = now
            await self.write()
        return None

    async def write(self) -> None:
        """Writes what was noted before now; raises StoreError, and then has it all still."""
        noted = dict(self._noted)
        if not noted:
            return
        await self._store.record_visits(list(noted.values()))
        for feed_id, visit in noted.items():
            if self._noted.get(feed_id) is visit:
                del self._noted[feed_id]

    async def write_one(self, feed_id: int) -> None:
        """This feed's at once: something else is about to be written of it."""
        if (visit := self._noted.pop(feed_id, None)) is not None:
            await self._store.record_visits([visit])
