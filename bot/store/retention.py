"""Forgetting what is old, in small steps so that polls and postings get their turn between them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, Table, and_, delete, exists, or_, select, update

from bot.store.conditions import OPEN, SPEAKS_FOR_ITSELF, WAITING, followed
from bot.store.database import Connection, Part
from bot.store.digests import drop_digest
from bot.store.index import unindex_entries
from bot.store.schema import delivery, destination, digest, entry, feed, keyword, posting, subscription
from bot.store.subscriptions import drop_subscription

UNKNOWN_CHANNEL = 10003  # Discord: "JSON Error Codes"
STEP = 500  # entries a transaction: some 20 ms of the one writer's time
FEED_GRACE = timedelta(days=7)  # time to change one's mind after /feed remove, without a first poll
_NOTHING_LEFT = [
    ~exists(table.c.id).where(table.c.destination_id == destination.c.id).correlate(destination)
    for table in (delivery, posting)
]


class Retention(Part):
    """The sweeper's part."""

    async def prune(self, now: datetime, older_than: timedelta) -> int:
        """Erases entries first seen longer ago, and feeds unfollowed for FEED_GRACE. Returns the entries erased.

        Keys stay seen, so an old entry that a feed still shows is not news again. What is still owed stays.
        """
        owed = exists(delivery.c.id).where(delivery.c.entry_id == entry.c.id, WAITING)
        old = select(entry.c.id).where(entry.c.first_seen_at < now - older_than, ~owed)
        erased = await self._erase_entries(old.order_by(entry.c.first_seen_at))
        erased += await self._erase_feeds(now)
        await self._erase_postings()
        await self._erase_empty_inboxes()
        await self._erase_idle_channels()
        return erased

    async def drop_gone_channels(self, held_before: datetime) -> int:
        """Subscriptions and digests of channels that Discord has not known since before then. Returns how many went."""
        unknown = and_(destination.c.kind == "channel", destination.c.held_code == UNKNOWN_CHANNEL)
        gone = and_(unknown, destination.c.held_since < held_before)

        def there(table: Table) -> Select[int]:
            channel = and_(destination.c.discord_id == table.c.channel_id, destination.c.guild_id == table.c.guild_id)
            return select(table.c.id).join(destination, channel).where(gone)

        async with self._database.write() as connection:
            subscriptions = list(await connection.scalars(there(subscription)))
            for subscription_id in subscriptions:
                await drop_subscription(connection, subscription_id)
            digests = list(await connection.scalars(there(digest)))
            for digest_id in digests:
                await drop_digest(connection, digest_id)
        return len(subscriptions) + len(digests)

    async def _erase_entries(self, which: Select[int]) -> int:
        erased = 0
        while True:
            async with self._database.write() as connection:
                ids = list(await connection.scalars(which.limit(STEP)))
                await _erase(connection, ids)
            erased += len(ids)
            if len(ids) < STEP:
                return erased

    async def _erase_feeds(self, now: datetime) -> int:
        """Marks the newly unfollowed, and erases those whose grace is over. Returns the entries erased with them."""
        async with self._database.write() as connection:
            unmarked = update(feed).where(feed.c.unfollowed_at.is_(None), ~followed())
            await connection.change(unmarked.values(unfollowed_at=now))
        over = (feed.c.unfollowed_at < now - FEED_GRACE, ~followed())
        erased = await self._erase_entries(select(entry.c.id).join(feed, feed.c.id == entry.c.feed_id).where(*over))
        async with self._database.write() as connection:
            # One that was followed again meanwhile stays, without its old entries.
            await connection.change(delete(feed).where(*over))
        return erased

    async def _erase_postings(self) -> None:
        """Postings whose deliveries are gone. A note and a digest have none, and go once they are told."""
        empty = ~exists(delivery.c.id).where(delivery.c.posting_id == posting.c.id)
        told = or_(~SPEAKS_FOR_ITSELF, ~OPEN)
        which = select(posting.c.id).where(~posting.c.leased, empty, told).limit(STEP)
        while True:
            async with self._database.write() as connection:
                if await connection.change(delete(posting).where(posting.c.id.in_(which))) < STEP:
                    return

    async def _erase_empty_inboxes(self) -> None:
        """Members of whose messages nothing is left, and who wait for none: their numbers go too."""
        asking = (keyword.c.guild_id == destination.c.guild_id, keyword.c.user_id == destination.c.discord_id)
        asked = exists(keyword.c.id).where(*asking).correlate(destination)
        closed = and_(destination.c.held_since.is_not(None), asked)
        empty = and_(destination.c.kind == "user", ~closed, *_NOTHING_LEFT)
        async with self._database.write() as connection:
            await connection.change(delete(destination).where(empty))

    async def _erase_idle_channels(self) -> None:
        """Channels and threads of whose messages nothing is left, and where nothing is to come."""
        bound = [
            exists(table.c.id)
            .where(table.c.guild_id == destination.c.guild_id, table.c.channel_id == destination.c.discord_id)
            .correlate(destination)
            for table in (subscription, keyword, digest)
        ]
        idle = and_(destination.c.kind == "channel", *_NOTHING_LEFT, *(~one for one in bound))
        async with self._database.write() as connection:
            await connection.change(delete(destination).where(idle))


async def _erase(connection: Connection, entry_ids: list[int]) -> None:
    await unindex_entries(connection, entry_ids)
    await connection.change(delete(entry).where(entry.c.id.in_(entry_ids)))
