"""Why was this posted, or not? What the database knows of one entry under one subscription."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.feeds.story import marks
from bot.model import Entry, Fate, StoredEntry
from bot.query.match import host_of
from bot.store.conditions import follows, not_held, shown_to, since_followed
from bot.store.database import Connection, Part
from bot.store.records import ENTRY_COLUMNS, ENTRY_FROM, announced, stored_entry_of
from bot.store.schema import delivery, destination, entry, feed, posting, subscription

LOOKED_THROUGH = 2_000  # newest titles of the feed


class Fates(Part):
    """The share of GuildStore that explains."""

    async def find_entry(self, guild_id: int, feed_id: int, text: str) -> StoredEntry | None:
        mine = and_(entry.c.feed_id == feed_id, since_followed(guild_id))
        query = select(*ENTRY_COLUMNS, *announced(guild_id)).select_from(ENTRY_FROM).where(mine)
        async with self._database.read() as connection:
            words = " ".join(text.split())
            # What is held back has the title of what was posted long ago: that one is meant, if it is there.
            found = await _meant(connection, mine & not_held(guild_id), words) or await _meant(connection, mine, words)
            row = (await connection.execute(query.where(entry.c.id == found))).first() if found is not None else None
        return None if row is None else stored_entry_of(row)

    async def count_old(self, guild_id: int, feed_id: int, since: datetime) -> int:
        old = and_(entry.c.feed_id == feed_id, entry.c.first_seen_at >= since, entry.c.old, shown_to(guild_id))
        query = select(func.count()).select_from(ENTRY_FROM).where(old, follows(guild_id))
        async with self._database.read() as connection:
            count: int = await connection.scalar(query)
        return count

    async def fate(self, guild_id: int, subscription_id: int, entry_id: int) -> Fate:
        mine = and_(subscription.c.id == subscription_id, subscription.c.guild_id == guild_id)
        about = (
            select(subscription.c.skipped_from, subscription.c.skipped_until, entry.c.backlog, entry.c.old)
            .add_columns((~not_held(guild_id)).label("held"))
            .join(entry, entry.c.feed_id == subscription.c.feed_id)
            .where(mine, entry.c.id == entry_id)
        )
        async with self._database.read() as connection:
            known = (await connection.execute(about)).first()
            row = (await connection.execute(_owed_there(mine, entry_id))).first()
        if known is None:
            return Fate()
        fate = Fate(
            backlog=known.backlog,
            old=known.old,
            held=known.held,
            skipped_from=known.skipped_from,
            skipped_until=known.skipped_until,
        )
        if row is None:
            return fate
        waits = row.state == "waiting"
        return replace(
            fate,
            state=row.state,
            gist=row.gist,
            reason=row.reason or (row.put_off or "" if waits else ""),
            at=row.done_at or row.created_at,
            again_at=row.next_attempt_at if waits else None,
            not_before=row.not_before,
            channel_id=row.told_in if row.message_id is None else row.channel_id,
            message_id=row.message_id or row.told_as,
            told_by=(row.told_by or host_of(row.told_by_url or "")) if row.same_as is not None else "",
        )


def _owed_there(mine: ColumnElement[bool], entry_id: int) -> Select[Any]:
    """The entry's delivery to the subscription's channel, whoever asked for it, and the one that told its story.

    Where it was told before the subscription moved there, that one.
    """
    first, its_entry, its_feed = delivery.alias(), entry.alias(), feed.alias()
    is_here = subscription.c.channel_id == destination.c.discord_id
    asked_by_it = delivery.c.subscription_id == subscription.c.id  # in a channel where it was before
    return (
        select(
            delivery,
            posting.c.reason.label("put_off"),
            posting.c.next_attempt_at,
            first.c.channel_id.label("told_in"),
            first.c.message_id.label("told_as"),
            its_feed.c.title.label("told_by"),
            its_feed.c.url.label("told_by_url"),
        )
        .join_from(delivery, destination, destination.c.id == delivery.c.destination_id)
        .join(
            subscription,
            and_(subscription.c.guild_id == destination.c.guild_id, or_(is_here, asked_by_it)),
        )
        .outerjoin(posting, posting.c.id == delivery.c.posting_id)
        .outerjoin(first, first.c.id == delivery.c.same_as)
        .outerjoin(its_entry, its_entry.c.id == first.c.entry_id)
        .outerjoin(its_feed, its_feed.c.id == its_entry.c.feed_id)
        .where(mine, delivery.c.entry_id == entry_id, destination.c.kind == "channel")
        .order_by(is_here.desc())
    )


async def _meant(connection: Connection, mine: ColumnElement[bool], text: str) -> int | None:
    """The id of the newest entry that the text names, from the surest name to the vaguest."""
    if not text:
        return None
    newest = select(entry.c.id, entry.c.title).select_from(ENTRY_FROM).where(mine).order_by(entry.c.id.desc())
    if text.isdecimal() and len(text) < 19 and (row := await _first(connection, newest, entry.c.id == int(text))):
        return row
    link = marks(Entry(guid=None, aliases=(0,), url=text)).link
    if link is not None or "://" in text:
        return await _first(connection, newest, (entry.c.story_link == link) | (entry.c.url == text))
    wanted = text.casefold()
    titles = [(row.id, row.title.casefold()) for row in await connection.execute(newest.limit(LOOKED_THROUGH))]
    exact = (id_ for id_, title in titles if title == wanted)
    part = (id_ for id_, title in titles if wanted in title)
    return next(exact, None) or next(part, None)


async def _first(connection: Connection, newest: Select[Any], which: ColumnElement[bool]) -> int | None:
    id_: int | None = await connection.scalar(newest.where(which).limit(1))
    return id_
