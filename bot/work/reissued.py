"""Re-issued archives that were held back: people are told, and say whether they are posted or forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.errors import NotFound
from bot.model import Destination, Note, Reissue
from bot.ports import Clock, ReissueStore
from bot.work.matching import each_of, owed

NOTHING_TO_DO = timedelta(hours=1)
NOBODY_THERE = timedelta(minutes=5)  # the gateway has not told of the guild yet, or nobody in it can be written to

Address = Callable[[Reissue], Awaitable[tuple[Destination, Note] | None]]


class ReissueTeller:
    """The service that tells each guild once."""

    name = "reissued"

    def __init__(self, store: ReissueStore, address: Address, *, delivered: Callable[[], None]) -> None:
        """`address` says what to tell and where, None if there is nowhere; `delivered` is called when it is owed."""
        self._store, self._address, self._delivered = store, address, delivered

    async def step(self, now: datetime) -> datetime:
        """Tells whoever does not know yet."""
        again = NOTHING_TO_DO
        for one in await self._store.reissues_untold():
            addressed = await self._address(one)
            if addressed is None:
                again = NOBODY_THERE
                continue
            await self._store.tell_of_reissue(one, *addressed, now)
            self._delivered()
        return now + again

    async def finish(self) -> None:
        """A step leaves nothing behind."""


class Reissued:
    """What the managers of a guild answer."""

    def __init__(
        self, store: ReissueStore, clock: Clock, *, flood_limit: int, delivered: Callable[[], None] = lambda: None
    ) -> None:
        """`delivered` is called when something is owed."""
        self._store, self._clock = store, clock
        self._flood_limit, self._delivered = flood_limit, delivered

    async def post(self, guild_id: int, feed_id: int) -> int:
        """Posts what is held back as if it had just come: where the filters and keywords of this guild want it, the
        newest by themselves, the rest in one message. Returns how many deliveries that makes.

        Raises NotFound if nothing waits for an answer (any more).
        """
        one = await self._waiting(guild_id, feed_id)
        now = self._clock.now()
        subscriptions = [each for each in await self._store.subscriptions_of(feed_id) if each.guild_id == guild_id]
        wanted = await asyncio.to_thread(  # an archive is long
            owed,
            await self._store.reissued_entries(one),
            subscriptions,
            each_of([each for each in await self._store.keywords_for(feed_id) if each.guild_id == guild_id], now),
            feed_title=one.feed_title,
            feed_url=subscriptions[0].feed_url if subscriptions else "",
            flood_limit=self._flood_limit,
        )
        made = await self._store.post_reissue(one, wanted, now)
        if made is None:
            raise _nothing()
        self._delivered()
        return made

    async def forget(self, guild_id: int, feed_id: int) -> int:
        """Never posts what is held back. Returns how many entries that were; raises NotFound as `post` does."""
        one = await self._waiting(guild_id, feed_id)
        if not await self._store.forget_reissue(one, self._clock.now()):
            raise _nothing()
        return one.count

    async def _waiting(self, guild_id: int, feed_id: int) -> Reissue:
        one = await self._store.reissue(guild_id, feed_id)
        if one is None:
            raise _nothing()
        return one


def _nothing() -> NotFound:
    return NotFound("Nothing of that feed is held back here (any more). /feed status says how it stands.")
