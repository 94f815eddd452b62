"""Standing queries of members and channels."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from bot.errors import AlreadyThere, QuotaReached
from bot.model import Keyword
from bot.store.conditions import OPEN, WAITING, by_keyword
from bot.store.database import Connection, Part, batches
from bot.store.deliveries import ensure_guild
from bot.store.outbox import close_empty
from bot.store.records import KEYWORD, keyword_of
from bot.store.schema import delivery, delivery_keyword, destination, entry, guild, keyword, posting
from bot.store.stories import tell_in_their_own


class Keywords(Part):
    """What `/keyword` needs, and forgetting who left."""

    async def add_keyword(self, new: Keyword, *, at_most: int | None = None) -> Keyword:
        async with self._database.write() as connection:
            if await connection.scalar(select(keyword.c.id).where(_same(new))) is not None:
                raise AlreadyThere("this keyword exists already")
            # Counted in the same transaction: ten commands at once make no eleventh keyword.
            if at_most is not None and await connection.scalar(_count(new.guild_id, new.user_id)) >= at_most:
                raise QuotaReached(f"the member has {at_most} keywords")
            await ensure_guild(connection, new.guild_id)
            await stamp(connection, guild.c.id == new.guild_id)
            insert = keyword.insert().values(_values(new)).returning(keyword)
            return keyword_of((await connection.execute(insert)).one())

    async def keywords(self, guild_id: int, user_id: int | None = None, *, channels: bool = False) -> list[Keyword]:
        query = KEYWORD.where(keyword.c.guild_id == guild_id).order_by(func.lower(keyword.c.query), keyword.c.id)
        if user_id is not None:
            mine = keyword.c.user_id == user_id
            query = query.where(or_(mine, keyword.c.channel_id.is_not(None)) if channels else mine)
        async with self._database.read() as connection:
            return [keyword_of(row) for row in await connection.execute(query)]

    async def keyword(self, guild_id: int, keyword_id: int) -> Keyword | None:
        async with self._database.read() as connection:
            row = (await connection.execute(KEYWORD.where(_here(guild_id, keyword_id)))).first()
        return None if row is None else keyword_of(row)

    async def remove_keyword(self, guild_id: int, keyword_id: int) -> None:
        """What only this keyword still wanted is dropped."""
        async with self._database.write() as connection:
            await remove_keywords(connection, _here(guild_id, keyword_id))

    async def mute_keyword(self, guild_id: int, keyword_id: int, until: datetime | None) -> None:
        """Owes nothing until then; None ends it."""
        async with self._database.write() as connection:
            await stamp(connection, guild.c.id == guild_id)
            await connection.change(update(keyword).where(_here(guild_id, keyword_id)).values(muted_until=until))

    async def keywords_of_member(self, user_id: int) -> list[Keyword]:
        """In every guild: what is stored about the member who asks. For nobody else."""
        async with self._database.read() as connection:
            query = KEYWORD.where(keyword.c.user_id == user_id).order_by(keyword.c.id)
            return [keyword_of(row) for row in await connection.execute(query)]

    async def forget_member_of(self, guild_id: int, user_id: int) -> int:
        """Who left one guild: their DM keywords there and their DMs of it. What they made for channels stays."""
        async with self._database.write() as connection:
            mine = and_(keyword.c.guild_id == guild_id, keyword.c.user_id == user_id, keyword.c.channel_id.is_(None))
            count = await remove_keywords(connection, mine)
            lane = and_(
                destination.c.guild_id == guild_id,
                destination.c.kind == "user",
                destination.c.discord_id == user_id,
            )
            await connection.change(delete(destination).where(lane))
            return count

    async def leave_out(self, posting_id: int, feed_ids: Collection[int]) -> None:
        """Erased, not ended with a reason: `/privacy` would show the titles to the one who may not read them."""
        theirs = delivery.c.entry_id.in_(select(entry.c.id).where(entry.c.feed_id.in_(feed_ids)))
        hidden = and_(delivery.c.posting_id == posting_id, WAITING, theirs)
        left = select(delivery.c.id).where(delivery.c.posting_id == posting_id)
        emptied = update(posting).where(posting.c.id == posting_id, OPEN, ~left.exists())
        async with self._database.write() as connection:
            await tell_in_their_own(connection, hidden)
            await connection.change(delete(delivery).where(hidden))
            await connection.change(emptied.values(state="gave up", leased=False, reason="nothing left to send"))


def _count(guild_id: int, user_id: int) -> Select[int]:
    return select(func.count()).where(keyword.c.guild_id == guild_id, keyword.c.user_id == user_id)


def _here(guild_id: int, keyword_id: int) -> ColumnElement[bool]:
    return and_(keyword.c.id == keyword_id, keyword.c.guild_id == guild_id)


def _same(new: Keyword) -> ColumnElement[bool]:
    """Of a channel's keywords whoever made them, of DMs the member's own."""
    receiver = keyword.c.user_id == new.user_id if new.channel_id is None else keyword.c.channel_id == new.channel_id
    return and_(
        keyword.c.guild_id == new.guild_id,
        keyword.c.query == new.query,
        keyword.c.feed_id.is_not_distinct_from(new.feed_id),
        keyword.c.channel_id.is_not_distinct_from(new.channel_id),
        receiver,
    )


def _values(new: Keyword) -> dict[str, object]:
    names = ("guild_id", "user_id", "query", "channel_id", "feed_id", "mention_role_id", "muted_until", "created_at")
    return {name: getattr(new, name) for name in names}


async def stamp(connection: Connection, guilds: ColumnElement[bool]) -> None:
    """Keywords of these guilds change in this transaction: who keeps them in memory is to load them again.

    Random, not counted: a guild that was erased and comes back counts from the beginning.
    """
    await connection.change(update(guild).where(guilds).values(keywords_stamp=secrets.randbits(62)))


async def remove_keywords(connection: Connection, which: ColumnElement[bool]) -> int:
    """Ends them, and what only they still wanted. Returns how many."""
    asked = (
        select(delivery_keyword.c.delivery_id)
        .join(keyword, keyword.c.id == delivery_keyword.c.keyword_id)
        .join(delivery, delivery.c.id == delivery_keyword.c.delivery_id)
        .where(which, WAITING)
    )
    touched: list[int] = list(await connection.scalars(asked))
    await stamp(connection, guild.c.id.in_(select(keyword.c.guild_id).where(which)))
    removed = await connection.change(delete(keyword).where(which))
    await drop_unasked(connection, touched)
    return removed


async def drop_unasked(connection: Connection, delivery_ids: list[int]) -> None:
    """Ends those of the deliveries that no subscription and no keyword asks for any more."""
    unasked = and_(WAITING, delivery.c.subscription_id.is_(None), ~by_keyword())
    ended = update(delivery).where(unasked).values(state="gave up", reason="the keyword was removed")
    for some in batches(delivery_ids):
        await tell_in_their_own(connection, and_(unasked, delivery.c.id.in_(some)))
        rows = await connection.scalars(ended.where(delivery.c.id.in_(some)).returning(delivery.c.posting_id))
        await close_empty(connection, rows.all())
