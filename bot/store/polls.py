"""What the poller reads and writes: which feeds are due, and what a poll brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select, update

from bot.feeds.age import Arrival
from bot.model import Feed, GuildKeywords, Keyword, PollCommit, Subscription, Visit
from bot.store.arrivals import store_entries
from bot.store.as_json import detour_json, facts_json, move_json
from bot.store.columns import UtcTime, packed_times
from bot.store.conditions import COLLECTING, GUILD_IS_HERE, polled
from bot.store.corrections import correct
from bot.store.database import Connection, Part, batches
from bot.store.deliveries import make_deliveries
from bot.store.records import FEED, KEYWORD, SUBSCRIPTION, feed_of, keyword_of, subscription_of
from bot.store.reissues import hold_back
from bot.store.schema import entry, feed, feed_seen, guild, keyword, subscription
from bot.store.websub import note_hub

REFUSED_TWICE = 2  # once may be a server in trouble
TOLD_AT_ONCE = 100  # private feeds


class Polls(Part):
    """PollStore."""

    async def due(
        self, now: datetime, limit: int, *, busy: frozenset[int] = frozenset(), full: frozenset[str] = frozenset()
    ) -> list[Feed]:
        query = select(feed.c.id).where(feed.c.next_due_at <= now, feed.c.site.not_in(full), polled())
        query = query.order_by(feed.c.next_due_at, feed.c.id)
        async with self._database.read() as connection:
            # The busy are left out here, not in the query: a long NOT IN is parsed each time.
            ids = [id_ for id_ in await connection.scalars(query.limit(limit + len(busy))) if id_ not in busy]
            rows = [
                row
                for some in batches(ids[:limit])
                for row in await connection.execute(FEED.where(feed.c.id.in_(some)))
            ]
        return sorted(map(feed_of, rows), key=lambda one: (one.next_due_at or now, one.id))

    async def next_due(self, after: datetime) -> datetime | None:
        query = select(feed.c.next_due_at).where(feed.c.next_due_at > after, polled()).order_by(feed.c.next_due_at)
        async with self._database.read() as connection:
            first: datetime | None = await connection.scalar(query.limit(1))
        return first

    async def seen(self, feed_id: int) -> bytes:
        async with self._database.read() as connection:
            packed = await connection.scalar(select(feed_seen.c.packed).where(feed_seen.c.feed_id == feed_id))
        return packed or b""

    async def recalled(self, feed_id: int) -> bytes:
        async with self._database.read() as connection:
            packed = await connection.scalar(select(feed_seen.c.recalled).where(feed_seen.c.feed_id == feed_id))
        return packed or b""

    async def subscriptions_of(self, feed_id: int) -> list[Subscription]:
        query = (
            SUBSCRIPTION.join(guild, guild.c.id == subscription.c.guild_id)
            .where(subscription.c.feed_id == feed_id, COLLECTING, GUILD_IS_HERE)
            .order_by(subscription.c.id)
        )
        async with self._database.read() as connection:
            return [subscription_of(row) for row in await connection.execute(query)]

    async def keywords_for(self, feed_id: int) -> list[Keyword]:
        """The muted are among them; what is muted when the poll is committed owes nothing."""
        following = (
            select(subscription.c.guild_id)
            .join(guild, guild.c.id == subscription.c.guild_id)
            .where(subscription.c.feed_id == feed_id, GUILD_IS_HERE)
        )
        query = KEYWORD.where(
            keyword.c.guild_id.in_(following), or_(keyword.c.feed_id.is_(None), keyword.c.feed_id == feed_id)
        )
        async with self._database.read() as connection:
            return [keyword_of(row) for row in await connection.execute(query.order_by(keyword.c.id))]

    async def standing(self, feed_id: int, known: Mapping[int, int]) -> tuple[Set[int], list[GuildKeywords]]:
        following = (
            select(guild.c.id, guild.c.keywords_stamp)
            .distinct()
            .join(subscription, subscription.c.guild_id == guild.c.id)
            .where(subscription.c.feed_id == feed_id, GUILD_IS_HERE, guild.c.keywords_stamp.is_not(None))
        )
        async with self._database.read() as connection:
            # First the stamps: what changes before the keywords are read is then loaded once more, not missed.
            stamps = {row.id: row.keywords_stamp for row in await connection.execute(following)}
            found: dict[int, list[Keyword]] = {id_: [] for id_, now in stamps.items() if known.get(id_) != now}
            for some in batches(list(found)):
                theirs = KEYWORD.where(keyword.c.guild_id.in_(some)).order_by(keyword.c.id)
                for row in await connection.execute(theirs):
                    found[row.guild_id].append(keyword_of(row))
        changed = [
            GuildKeywords(guild_id=id_, stamp=stamps[id_], keywords=tuple(theirs)) for id_, theirs in found.items()
        ]
        return stamps.keys(), changed

    async def logins_refused_untold(self, now: datetime) -> list[tuple[Feed, list[Subscription]]]:
        """Private feeds that twice in a row did not take their login and whose followers do not know; from now on
        they count as told."""
        refused = or_(*(feed.c.last_error.startswith(f"HTTP {status}") for status in (401, 403)))
        again = (feed.c.sealed.is_not(None), feed.c.failures >= REFUSED_TWICE, refused)
        untold = (*again, feed.c.failing_told_at.is_(None), polled())
        async with self._database.write() as connection:
            rows = (await connection.execute(FEED.where(*untold).order_by(feed.c.id).limit(TOLD_AT_ONCE))).all()
            found = [feed_of(row) for row in rows]
            mark = update(feed).where(feed.c.id.in_([one.id for one in found]))
            await connection.change(mark.values(failing_told_at=now))
        return [(one, await self.subscriptions_of(one.id)) for one in found]

    async def wordings(self, feed_id: int, keys: Sequence[int]) -> dict[int, int]:
        query = select(entry.c.key, entry.c.wording).where(entry.c.feed_id == feed_id)
        async with self._database.read() as connection:
            return {
                row.key: row.wording
                for some in batches(keys)
                for row in await connection.execute(query.where(entry.c.key.in_(some)))
            }

    async def arrivals(self, feed_id: int, limit: int) -> list[Arrival]:
        in_time = (entry.c.published_at <= entry.c.first_seen_at, entry.c.reissue_id.is_(None))
        query = (
            select(entry.c.first_seen_at, func.max(entry.c.published_at).label("newest"))
            .where(entry.c.feed_id == feed_id, *in_time)
            .group_by(entry.c.first_seen_at)
            .order_by(entry.c.first_seen_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [Arrival(row.first_seen_at, row.newest) for row in await connection.execute(query)]

    async def commit_poll(self, commit: PollCommit) -> int:
        async with self._database.write() as connection:
            return await write_poll(connection, commit)

    async def record_visits(self, visits: Sequence[Visit]) -> None:
        async with self._database.write() as connection:
            for visit in visits:
                await connection.change(update(feed).where(feed.c.id == visit.feed_id).values(_visit_values(visit)))
                if visit.recalled is not None:
                    mine = update(feed_seen).where(feed_seen.c.feed_id == visit.feed_id)
                    await connection.change(mine.values(recalled=visit.recalled))


async def write_poll(connection: Connection, commit: PollCommit) -> int:
    """Everything of a poll, in the caller's transaction. Returns the deliveries made; 0 if the feed is gone."""
    if not await connection.change(update(feed).where(feed.c.id == commit.feed_id).values(_poll_values(commit))):
        return 0
    memory = {"packed": commit.seen} | ({} if commit.recalled is None else {"recalled": commit.recalled})
    await connection.change(update(feed_seen).where(feed_seen.c.feed_id == commit.feed_id).values(memory))
    await correct(connection, commit.feed_id, commit.corrected, commit.polled_at)
    await note_hub(connection, commit.feed_id, commit.facts, commit.polled_at)
    await hold_back(connection, commit)
    await store_entries(connection, commit, commit.old, old=True)
    fresh = await store_entries(connection, commit, commit.entries)
    if fresh:
        await connection.change(update(feed).where(feed.c.id == commit.feed_id).values(changed_at=commit.polled_at))
    return await make_deliveries(
        connection, commit.feed_id, fresh, commit.owed, commit.polled_at, hourly_limit=commit.hourly_limit
    )


def _poll_values(commit: PollCommit) -> dict[str, Any]:
    facts = commit.facts
    return {
        # A document without a title (some are, for a day) does not make the feed nameless.
        "title": facts.title or feed.c.title,
        "link": facts.link,
        "format": facts.format,
        "facts": facts_json(facts),
        "etag": commit.validators.etag,
        "last_modified": commit.validators.last_modified,
        "body_hash": commit.body_hash,
        "document_size": commit.document_size,
        "polled_at": commit.polled_at,
        "next_due_at": commit.next_due_at,
        "entry_times": packed_times(commit.entry_times),
        "moving": move_json(commit.move),
        "detour": detour_json(commit.detour),
        "pushed_until": commit.pushed_until,
        **GOOD,
    }


# But for `failing_told_at`: followers who heard that it fails are to hear that it is back (troubles.py).
GOOD: dict[str, Any] = {
    "failures": 0,
    "failing_since": None,
    "last_error": None,
    "gone_since": None,
    "ended_at": None,
}


def _visit_values(visit: Visit) -> dict[str, Any]:
    values: dict[str, Any] = {
        "next_due_at": visit.next_due_at,
        "moving": move_json(visit.move),
        "detour": detour_json(visit.detour),
        "pushed_until": visit.pushed_until,
    }
    if visit.error is not None:
        values |= {"last_error": visit.error, "gone_since": visit.gone_since}
        if visit.counted:
            values["failures"] = feed.c.failures + 1
        if visit.blamed:
            values["failing_since"] = func.coalesce(feed.c.failing_since, literal(visit.at, UtcTime()))
    else:
        values |= {"polled_at": visit.at, **GOOD}
    if visit.validators is not None:
        values |= {"etag": visit.validators.etag, "last_modified": visit.validators.last_modified}
    if visit.body_hash is not None:
        values["body_hash"] = visit.body_hash
    return values
