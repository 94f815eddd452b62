"""Known entries that came again under new identities: stored, and held back until a guild says what to do with them.

What one guild answers changes nothing for another: those that it wants posted are posted, and found, there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, delete, func, literal, or_, select, update

from bot.model import Destination, Entry, Note, Owed, PollCommit, Reissue
from bot.store.arrivals import store_entries
from bot.store.columns import UtcTime
from bot.store.conditions import COLLECTING, GUILD_IS_HERE
from bot.store.database import Connection, Part, batches
from bot.store.deliveries import make_deliveries
from bot.store.index import unindex_entries
from bot.store.outbox import insert_note
from bot.store.records import ENTRY_COLUMNS, ENTRY_FROM, stored_entry_of
from bot.store.schema import entry, feed, guild, reissue, reissue_guild, subscription

TOLD_FOR = timedelta(days=30)  # a feed that does it again and again is told of once in this time

WAITS = reissue_guild.c.answer == ""


class Reissues(Part):
    """ReissueStore."""

    async def reissues_untold(self) -> list[Reissue]:
        untold = _waiting().where(reissue_guild.c.told_at.is_(None), GUILD_IS_HERE)
        async with self._database.read() as connection:
            return [_reissue_of(row) for row in await connection.execute(untold.order_by(reissue.c.id))]

    async def tell_of_reissue(self, one: Reissue, where: Destination, note: Note, now: datetime) -> None:
        mine = update(reissue_guild).where(*_is(one), reissue_guild.c.told_at.is_(None))
        async with self._database.write() as connection:
            if await connection.change(mine.values(told_at=now)):
                await insert_note(connection, where, note, now)

    async def reissue(self, guild_id: int, feed_id: int) -> Reissue | None:
        mine = _waiting().where(reissue_guild.c.guild_id == guild_id, reissue.c.feed_id == feed_id)
        async with self._database.read() as connection:
            row = (await connection.execute(mine.order_by(reissue.c.id.desc()).limit(1))).first()
        return None if row is None else _reissue_of(row)

    async def reissued_entries(self, one: Reissue) -> list[Entry]:
        query = select(*ENTRY_COLUMNS).select_from(ENTRY_FROM).where(entry.c.reissue_id == one.id)
        async with self._database.read() as connection:
            return [stored_entry_of(row).entry for row in await connection.execute(query.order_by(entry.c.id))]

    async def post_reissue(self, one: Reissue, owed: Sequence[Owed], now: datetime) -> int | None:
        async with self._database.write() as connection:
            if not await _answer(connection, one, "post", now):
                return None
            mine = select(entry.c.key, entry.c.id).where(entry.c.reissue_id == one.id).order_by(entry.c.id)
            ids = {row.key: row.id for row in await connection.execute(mine)}
            here = [each for each in owed if each.destination.guild_id == one.guild_id]
            return await make_deliveries(connection, one.feed_id, ids, here, now)

    async def forget_reissue(self, one: Reissue, now: datetime) -> bool:
        async with self._database.write() as connection:
            answered = await _answer(connection, one, "forget", now)
            wanted = select(reissue_guild.c.guild_id).where(
                reissue_guild.c.reissue_id == one.id, reissue_guild.c.answer != "forget"
            )
            if answered and await connection.scalar(wanted.limit(1)) is None:
                await _erase_entries(connection, [one.id])
            return answered


async def hold_back(connection: Connection, commit: PollCommit) -> None:
    """Stores what a poll held, for the guilds that would have been told of it. Whatever of an earlier re-issue nobody
    wanted posted by now goes: these are the same entries under yet other names."""
    guilds = list(await connection.scalars(_followers(commit.feed_id))) if commit.held else []
    if not guilds:
        return
    told = await _told(connection, commit.feed_id, commit.polled_at - TOLD_FOR)
    await _supersede(connection, commit.feed_id)
    values = {"feed_id": commit.feed_id, "at": commit.polled_at}
    inserted = await connection.execute(reissue.insert().values(values).returning(reissue.c.id))
    reissue_id: int = inserted.scalar_one()
    asked = [{"reissue_id": reissue_id, "guild_id": id_, "told_at": told.get(id_)} for id_ in guilds]
    await connection.change(reissue_guild.insert(), asked)
    await store_entries(connection, commit, commit.held, reissue_id=reissue_id)


def _followers(feed_id: int) -> Select[int]:
    return (
        select(subscription.c.guild_id)
        .distinct()
        .join(guild, guild.c.id == subscription.c.guild_id)
        .where(subscription.c.feed_id == feed_id, COLLECTING, GUILD_IS_HERE)
    )


async def _told(connection: Connection, feed_id: int, since: datetime) -> dict[int, datetime]:
    """Guild -> when it was last told of such a thing."""
    query = (
        select(reissue_guild.c.guild_id, func.max(reissue_guild.c.told_at).label("told_at"))
        .join(reissue, reissue.c.id == reissue_guild.c.reissue_id)
        .where(reissue.c.feed_id == feed_id, reissue_guild.c.told_at > since)
        .group_by(reissue_guild.c.guild_id)
    )
    return {row.guild_id: row.told_at for row in await connection.execute(query)}


async def _supersede(connection: Connection, feed_id: int) -> None:
    posted = select(reissue_guild.c.reissue_id).where(reissue_guild.c.answer == "post")
    mine = select(reissue.c.id).where(reissue.c.feed_id == feed_id)
    unwanted = list(await connection.scalars(mine.where(reissue.c.id.not_in(posted))))
    await _erase_entries(connection, unwanted)
    await connection.change(delete(reissue).where(reissue.c.id.in_(unwanted)))
    still = update(reissue_guild).where(reissue_guild.c.reissue_id.in_(mine), WAITS)
    await connection.change(still.values(answer="forget"))


async def _erase_entries(connection: Connection, reissue_ids: Sequence[int]) -> None:
    ids = list(await connection.scalars(select(entry.c.id).where(entry.c.reissue_id.in_(reissue_ids))))
    for some in batches(ids):
        await unindex_entries(connection, some)
        await connection.change(delete(entry).where(entry.c.id.in_(some)))


async def _answer(connection: Connection, one: Reissue, answer: str, now: datetime) -> bool:
    """False if the guild has answered already: two managers press at once, or one presses twice."""
    mine = update(reissue_guild).where(*_is(one), WAITS)
    told_at = func.coalesce(reissue_guild.c.told_at, literal(now, UtcTime()))
    return bool(await connection.change(mine.values(answer=answer, told_at=told_at)))


def _is(one: Reissue) -> tuple[Any, ...]:
    return reissue_guild.c.reissue_id == one.id, reissue_guild.c.guild_id == one.guild_id


def _waiting() -> Select[Any]:
    """What waits for an answer of a guild that has followed the feed since before."""
    count = select(func.count()).where(entry.c.reissue_id == reissue.c.id).scalar_subquery()
    since_before = select(subscription.c.id).where(
        subscription.c.guild_id == reissue_guild.c.guild_id,
        subscription.c.feed_id == reissue.c.feed_id,
        or_(subscription.c.created_at.is_(None), subscription.c.created_at <= reissue.c.at),
    )
    return (
        select(reissue, reissue_guild.c.guild_id, feed.c.title.label("feed_title"), count.label("count"))
        .join(reissue_guild, reissue_guild.c.reissue_id == reissue.c.id)
        .join(feed, feed.c.id == reissue.c.feed_id)
        .join(guild, guild.c.id == reissue_guild.c.guild_id)
        .where(WAITS, count > 0, since_before.exists())
    )


def _reissue_of(row: Row[Any]) -> Reissue:
    return Reissue(**row._mapping)
