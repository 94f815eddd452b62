"""Feeds that could not be read for a day, and those that can be again: each guild that follows one hears of it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.model import Destination, Feed, Note, Subscription
from bot.ports import TroubleStore

log = structlog.get_logger(__name__)

FAILING_FOR = timedelta(days=1)  # a day, not a number of tries: what is asked often would be called dead in an hour
EVERY = timedelta(minutes=5)
NOBODY_THERE = timedelta(seconds=15)  # the gateway has not told of the guilds yet, or nobody there can be written to

Notes = list[tuple[Destination, Note]]
Address = Callable[[Feed, Sequence[Subscription]], Awaitable[Notes]]


class Troubles:
    """The service that tells. What it says, and that it was said, is one transaction."""

    name = "troubles"

    def __init__(
        self, store: TroubleStore, *, failing: Address, back: Address, delivered: Callable[[], None] = lambda: None
    ) -> None:
        """`failing` and `back` say what to tell of a feed and where, nothing if there is nowhere; `delivered` is called
        when it is owed."""
        self._store, self._failing, self._back, self._delivered = store, failing, back, delivered

    async def step(self, now: datetime) -> datetime:
        """Tells of what nobody knows yet."""
        again = EVERY
        for feed, followers in await self._store.failing_untold(now - FAILING_FOR):
            notes = await self._failing(feed, followers)
            if not notes:
                again = NOBODY_THERE
            elif await self._store.tell_failing(feed.id, notes, now):
                log.warning("told of a failing feed", feed=feed.id, places=len(notes))
                self._delivered()
        for feed, followers in await self._store.back_untold():
            notes = await self._back(feed, followers)
            if not notes:
                again = NOBODY_THERE
            elif await self._store.tell_back(feed.id, notes, now):
                log.info("told of a feed that is back", feed=feed.id, places=len(notes))
                self._delivered()
        return now + again

    async def finish(self) -> None:
        """A step leaves nothing behind."""
