"""Digests: who ordered one, what it tells of, and that it is owed in the transaction in which it counts as told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, null, or_, select, update

from bot.errors import QuotaReached
from bot.model import Destination, Digest, DigestPage, Gathered
from bot.query.ast import And, Node
from bot.query.grammar import joined
from bot.query.language import Query, parse_filter
from bot.query.match import Document, host_of
from bot.store.as_json import page_json
from bot.store.conditions import GUILD_IS_HERE, OPEN
from bot.store.database import Connection, Part
from bot.store.deliveries import destination_ids, ensure_guild
from bot.store.expressions import for_feed
from bot.store.outbox import unleased
from bot.store.records import AnyRow
from bot.store.schema import digest, entry, entry_fts, feed, guild, posting, subscription
from bot.store.search import THOUSAND, hits, loaded, reach_of

UTC_ZONE = "UTC"
ZONE = func.coalesce(guild.c.time_zone, UTC_ZONE)
# What was planned for another zone than the guild has now is not planned.
PLANNED = case((digest.c.planned_zone == ZONE, digest.c.next_due_at), else_=null())
UNSENT = exists(posting.c.id).where(posting.c.digest_id == digest.c.id, OPEN)
DIGEST = select(
    digest, ZONE.label("time_zone"), PLANNED.label("planned_at"), UNSENT.correlate(digest).label("unsent")
).join_from(digest, guild, guild.c.id == digest.c.guild_id)

# Filters are parsed before they are saved, so here they always parse.
_parsed = lru_cache(maxsize=4096)(parse_filter)


class Digests(Part):
    """DigestStore of bot.ports."""

    async def set_digest(self, new: Digest, *, at_most: int) -> tuple[Digest, bool]:
        async with self._database.write() as connection:
            there = await connection.scalar(select(digest.c.id).where(_same(new)))
            if there is None:
                count = await connection.scalar(select(func.count()).where(digest.c.guild_id == new.guild_id))
                if count >= at_most:
                    raise QuotaReached(f"the guild has {at_most} digests")
                await ensure_guild(connection, new.guild_id)
                id_ = await connection.scalar(
                    digest.insert().values(await _new(connection, new)).returning(digest.c.id)
                )
            else:
                id_ = there
                await connection.change(update(digest).where(digest.c.id == id_).values(_plan(new)))
            return digest_of((await connection.execute(DIGEST.where(digest.c.id == id_))).one()), there is not None

    async def digests(self, guild_id: int) -> list[Digest]:
        query = DIGEST.where(digest.c.guild_id == guild_id).order_by(digest.c.channel_id, digest.c.id)
        async with self._database.read() as connection:
            return [digest_of(row) for row in await connection.execute(query)]

    async def digest(self, guild_id: int, digest_id: int) -> Digest | None:
        async with self._database.read() as connection:
            row = (await connection.execute(DIGEST.where(_mine(guild_id, digest_id)))).first()
        return None if row is None else digest_of(row)

    async def remove_digest(self, guild_id: int, digest_id: int) -> None:
        async with self._database.write() as connection:
            if await connection.scalar(select(digest.c.id).where(_mine(guild_id, digest_id))) is not None:
                await drop_digest(connection, digest_id)

    async def digests_due(self, now: datetime, limit: int) -> list[Digest]:
        due = or_(digest.c.next_due_at.is_(None), digest.c.next_due_at <= now, digest.c.planned_zone != ZONE)
        query = DIGEST.where(GUILD_IS_HERE, due).order_by(digest.c.next_due_at, digest.c.id).limit(limit)
        async with self._database.read() as connection:
            return [digest_of(row) for row in await connection.execute(query)]

    async def next_digest_due(self, after: datetime) -> datetime | None:
        query = select(func.min(digest.c.next_due_at)).join_from(digest, guild, guild.c.id == digest.c.guild_id)
        async with self._database.read() as connection:
            first: datetime | None = await connection.scalar(query.where(digest.c.next_due_at > after, GUILD_IS_HERE))
        return first

    async def plan_digest(self, planned: Digest) -> None:
        async with self._database.write() as connection:
            await connection.change(update(digest).where(_unchanged(planned)).values(_plan(planned)))

    async def gather(self, wanted: Digest, channel_ids: Collection[int]) -> Gathered:
        async with self._database.read() as connection:
            newest: int = await connection.scalar(select(func.coalesce(func.max(entry.c.id), 0)))
            until = max(newest, wanted.after_entry_id)
            reach = reach_of(wanted.guild_id)
            found: dict[int, datetime] = {}
            for (root, after), feed_ids in (await _scopes(connection, wanted, channel_ids)).items():
                came = and_(
                    entry.c.id > after, entry.c.id <= until, ~entry.c.backlog, ~entry.c.old, entry_fts.c.rowid > after
                )
                for hit in await hits(connection, root, entry.c.feed_id.in_(feed_ids) & reach.entries & came):
                    found[hit.id] = hit.shown_at
            newest_first = sorted(
                sorted(found, reverse=True)[:THOUSAND], key=lambda id_: (found[id_], id_), reverse=True
            )
            entries = await loaded(connection, reach, newest_first)
        return Gathered(entries=tuple(entries), until_entry_id=until)

    async def commit_digest(
        self, told: Digest, until_entry_id: int, pages: Sequence[DigestPage], now: datetime
    ) -> bool:
        changed = (
            update(digest)
            .where(_unchanged(told))
            .values({**_plan(told), "after_entry_id": until_entry_id, "since": now})
        )
        where = Destination(kind="channel", id=told.channel_id, guild_id=told.guild_id)
        async with self._database.write() as connection:
            if not await connection.change(changed):
                return False
            place = (await destination_ids(connection, [where]))[where]
            for page in pages:
                values = {**unleased(place, now), "page": page_json(page), "digest_id": told.id}
                await connection.change(posting.insert().values(values))
            return True


async def drop_digest(connection: Connection, digest_id: int) -> None:
    """Ends it, with what of it is not sent and not on its way."""
    waits = update(posting).where(posting.c.digest_id == digest_id, OPEN, ~posting.c.leased)
    await connection.change(waits.values(state="gave up", reason="the digest was removed"))
    await connection.change(delete(digest).where(digest.c.id == digest_id))


def _same(new: Digest) -> ColumnElement[bool]:
    here = and_(digest.c.guild_id == new.guild_id, digest.c.channel_id == new.channel_id)
    return and_(here, digest.c.filter == new.filter)


def _mine(guild_id: int, digest_id: int) -> ColumnElement[bool]:
    return and_(digest.c.id == digest_id, digest.c.guild_id == guild_id)


def _unchanged(known: Digest) -> ColumnElement[bool]:
    """It was neither told, nor set to other times, since it was read: what is told twice is told once."""
    same = and_(digest.c.schedule == known.schedule, digest.c.after_entry_id == known.after_entry_id)
    return and_(_mine(known.guild_id, known.id), same)


def _plan(planned: Digest) -> dict[str, object]:
    names = ("schedule", "last_due_at", "next_due_at")
    return {name: getattr(planned, name) for name in names} | {"planned_zone": planned.time_zone}


async def _new(connection: Connection, new: Digest) -> dict[str, object]:
    """Its first one reaches back to `since`, as if it had been there already."""
    before = select(func.max(entry.c.id)).where(entry.c.first_seen_at < new.since)
    named = {name: getattr(new, name) for name in ("guild_id", "channel_id", "filter", "created_by", "since")}
    return {**_plan(new), **named, "after_entry_id": await connection.scalar(before) or 0}


def digest_of(row: AnyRow) -> Digest:
    """A row of `DIGEST`."""
    return Digest(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        schedule=row.schedule,
        since=row.since,
        filter=row.filter,
        time_zone=row.time_zone,
        created_by=row.created_by,
        after_entry_id=row.after_entry_id,
        last_due_at=row.last_due_at,
        next_due_at=row.planned_at,
        unsent=row.unsent,
    )


async def _scopes(
    connection: Connection, wanted: Digest, channel_ids: Collection[int]
) -> Mapping[tuple[Node | None, int], list[int]]:
    """(what is looked for, after which entry) -> in which feeds. What no running subscription of the guild lets
    through, or came before it, is none of the digest's."""
    query = (
        select(subscription.c.feed_id, subscription.c.filter, subscription.c.after_entry_id, feed.c.title, feed.c.url)
        .join(feed, feed.c.id == subscription.c.feed_id)
        .where(subscription.c.guild_id == wanted.guild_id, subscription.c.paused_at.is_(None))
        .where(subscription.c.channel_id.in_(channel_ids))
    )
    scopes: defaultdict[tuple[Node | None, int], list[int]] = defaultdict(list)
    for row in await connection.execute(query):
        about = Document(feed_title=row.title, feed_host=host_of(row.url))
        left = _left([_parsed(text) for text in (wanted.filter, row.filter) if text], about)
        if left is not False:
            after = max(wanted.after_entry_id, row.after_entry_id)
            scopes[None if left is True else left, after].append(row.feed_id)
    return scopes


def _left(filters: Sequence[Query], about: Document) -> Node | bool:
    """What all the filters ask of an entry of that feed; True: nothing, False: what none can have."""
    return for_feed(joined(And, [one.root for one in filters]), about) if filters else True
