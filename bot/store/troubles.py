"""Who was told of feeds in trouble. What is told, and that it was, is one transaction.

`failing_told_at` stays when a feed is well again, until its followers know that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, update

from bot.model import Destination, Feed, Note, Subscription
from bot.store.conditions import COLLECTING, GUILD_IS_HERE, polled
from bot.store.database import Part
from bot.store.outbox import insert_note
from bot.store.records import FEED, SUBSCRIPTION, feed_of, subscription_of
from bot.store.schema import feed, guild, subscription

TOLD_AT_ONCE = 10  # when the network was away for a day, not all of them in one minute

_FAILS = (feed.c.failures > 0, feed.c.failing_since.is_not(None), feed.c.failing_told_at.is_(None))
_IS_BACK = (feed.c.failing_told_at.is_not(None), feed.c.failing_since.is_(None), feed.c.last_error.is_(None))


class Troubles(Part):
    """TroubleStore."""

    async def failing_untold(self, before: datetime) -> list[tuple[Feed, list[Subscription]]]:
        return await self._untold(feed.c.failing_since <= before, *_FAILS)

    async def back_untold(self) -> list[tuple[Feed, list[Subscription]]]:
        return await self._untold(*_IS_BACK)

    async def tell_failing(self, feed_id: int, notes: Sequence[tuple[Destination, Note]], now: datetime) -> bool:
        return await self._tell(feed_id, _FAILS, now, notes, now)

    async def tell_back(self, feed_id: int, notes: Sequence[tuple[Destination, Note]], now: datetime) -> bool:
        return await self._tell(feed_id, _IS_BACK, None, notes, now)

    async def _untold(self, *which: ColumnElement[bool]) -> list[tuple[Feed, list[Subscription]]]:
        """The longest failing first."""
        query = FEED.where(*which, polled()).order_by(feed.c.failing_since, feed.c.id).limit(TOLD_AT_ONCE)
        followers = (
            SUBSCRIPTION.join(guild, guild.c.id == subscription.c.guild_id)
            .where(COLLECTING, GUILD_IS_HERE)
            .order_by(subscription.c.id)
        )
        async with self._database.read() as connection:
            found = [feed_of(row) for row in await connection.execute(query)]
            theirs = {
                one.id: [
                    subscription_of(row)
                    for row in await connection.execute(followers.where(subscription.c.feed_id == one.id))
                ]
                for one in found
            }
        return [(one, theirs[one.id]) for one in found]

    async def _tell(
        self,
        feed_id: int,
        still: Sequence[ColumnElement[bool]],
        told_at: datetime | None,
        notes: Sequence[tuple[Destination, Note]],
        now: datetime,
    ) -> bool:
        async with self._database.write() as connection:
            mark = update(feed).where(feed.c.id == feed_id, *still)
            if not await connection.change(mark.values(failing_told_at=told_at)):
                return False
            for where, note in notes:
                await insert_note(connection, where, note, now)
        return True
