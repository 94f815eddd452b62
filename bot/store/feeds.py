"""Feeds come with their first follower."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from bot.feeds.links import site_of
from bot.model import Feed, FeedFacts, PollCommit
from bot.store.as_json import facts_json
from bot.store.conditions import followed, follows
from bot.store.database import Connection, Part
from bot.store.polls import GOOD, write_poll
from bot.store.records import FEED, feed_of
from bot.store.schema import feed, feed_seen


class Feeds(Part):
    """The feeds' share of GuildStore."""

    async def feed_by_url(self, url: str) -> Feed | None:
        """None also for a feed that nobody follows any more: its seen entries are old, so it starts anew (add_feed)."""
        async with self._database.read() as connection:
            row = (await connection.execute(FEED.where(at_url(url), followed()))).first()
        return None if row is None else feed_of(row)

    async def add_feed(
        self,
        url: str,
        facts: FeedFacts,
        commit: PollCommit | None,
        now: datetime,
        *,
        owner_guild_id: int | None = None,
        sealed: bytes | None = None,
    ) -> Feed:
        """A feed that is followed already (another guild was faster) is given back as it is, but for its login."""
        there = select(feed.c.id, followed().label("followed")).where(at_url(url, owner_guild_id))
        private = {"owner_guild_id": owner_guild_id, "sealed": sealed}
        async with self._database.write() as connection:
            row = (await connection.execute(there)).first()
            feed_id = await _insert(connection, url, facts, now, private) if row is None else row.id
            if commit is not None and (row is None or not row.followed):
                await write_poll(connection, replace(commit, feed_id=feed_id))
            # A grace for whoever adds the feed to subscribe to it: the next sweep takes it for followed until then.
            await connection.change(update(feed).where(feed.c.id == feed_id).values(unfollowed_at=None, sealed=sealed))
            return feed_of((await connection.execute(FEED.where(feed.c.id == feed_id))).one())

    async def reseal_feed(self, guild_id: int, feed_id: int, sealed: bytes, now: datetime) -> bool:
        """Its failures were the old login's; a poll under way with that must not make them two again."""
        mine = update(feed).where(feed.c.id == feed_id, feed.c.owner_guild_id == guild_id)
        async with self._database.write() as connection:
            return bool(await connection.change(mine.values(sealed=sealed, next_due_at=now, **GOOD)))

    async def sealed_feeds(self) -> list[bytes]:
        """What is kept encrypted, of every guild: for `herald check`, which sees whether the key fits."""
        async with self._database.read() as connection:
            return list(await connection.scalars(select(feed.c.sealed).where(feed.c.sealed.is_not(None))))

    async def feeds_named(self, text: str) -> list[int]:
        """Of every guild, for the operator: the feed at this address, or those with this in their title."""
        wanted = text.strip().casefold()
        async with self._database.read() as connection:
            rows = (await connection.execute(select(feed.c.id, feed.c.title, feed.c.url))).all()
        at_address = [row.id for row in rows if row.url.casefold() == wanted]
        return at_address or [row.id for row in rows if wanted and wanted in row.title.casefold()]

    async def feed(self, guild_id: int, feed_id: int) -> Feed | None:
        async with self._database.read() as connection:
            row = (await connection.execute(FEED.where(feed.c.id == feed_id, follows(guild_id)))).first()
        return None if row is None else feed_of(row)


def at_url(url: str, owner_guild_id: int | None = None) -> ColumnElement[bool]:
    """The feed at this address that is everybody's, or the guild's own."""
    mine = feed.c.owner_guild_id.is_(None) if owner_guild_id is None else feed.c.owner_guild_id == owner_guild_id
    return and_(feed.c.url == url, mine)


async def _insert(connection: Connection, url: str, facts: FeedFacts, now: datetime, private: dict[str, Any]) -> int:
    values = {
        "url": url,
        "site": site_of(url),
        "title": facts.title,
        "link": facts.link,
        "format": facts.format,
        "facts": facts_json(facts),
        "next_due_at": now,
        **private,
    }
    feed_id: int = (await connection.execute(feed.insert().values(values).returning(feed.c.id))).scalar_one()
    await connection.change(feed_seen.insert().values(feed_id=feed_id, packed=b""))
    return feed_id
