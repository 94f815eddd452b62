"""Looking back: full-text search, the latest, one entry. A guild finds what it follows and nothing else, and of that a
member what they may see.

The newest THOUSAND hits are ranked, older ones are not found: ranking all hits of a common word in a million entries
takes 650 ms, ranking a thousand 10 ms, and nobody turns 200 pages.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select, true

from bot.model import Caught, Sight, StoredEntry
from bot.query.ast import Node, terms
from bot.query.language import Query
from bot.query.match import Document, holds, host_of
from bot.query.rank import Candidate, ranked
from bot.query.spelling import MOST_TITLES
from bot.store.conditions import follows, shown_to
from bot.store.database import Connection, Part, batches
from bot.store.expressions import Expression, for_feed
from bot.store.records import ENTRY_COLUMNS, ENTRY_FROM, announced, stored_entry_of
from bot.store.schema import delivery, destination, entry, entry_fts, feed

Condition = ColumnElement[bool]

THOUSAND = 1_000
# Where the index finds too much: entries looked at, in steps, before the search ends with what it has.
MOST_CHECKED, STEP = 5_000, 500
# Entries told by one message: ten embeds, or the titles of a flood.
MOST_ANNOUNCED = 25
# Of a long entry the beginning is enough to rank it.
RANKED_CHARACTERS = 4_000

# A date in the future or none at all: then the time it was first seen.
_SHOWN_AT: ColumnElement[datetime] = case(
    (entry.c.published_at < entry.c.first_seen_at, entry.c.published_at), else_=entry.c.first_seen_at
)


class Searches(Part):
    """SearchStore of bot.ports, and the looking back that keywords do."""

    async def search(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime | None = None,
        sight: Sight | None = None,
        offset: int = 0,
        limit: int = 5,
    ) -> tuple[list[StoredEntry], int]:
        return await self._search(reach_of(guild_id, sight, feed_id), query, since, offset, limit)

    async def search_everywhere(
        self, query: Query, *, feed_ids: Sequence[int] | None = None, since: datetime | None = None, limit: int = 10
    ) -> tuple[list[StoredEntry], int]:
        """As `search`, in the feeds of every guild: for the operator at the command line, and for nobody else."""
        feeds = true() if feed_ids is None else feed.c.id.in_(feed_ids)
        return await self._search(Reach(feeds, entry.c.reissue_id.is_(None)), query, since, 0, limit)

    async def _search(
        self, reach: Reach, query: Query, since: datetime | None, offset: int, limit: int
    ) -> tuple[list[StoredEntry], int]:
        async with self._database.read() as connection:
            newest = await _found(connection, reach, query, since)
            # In a thread: some 20 ms in which the event loop has other things to do.
            ids = await asyncio.to_thread(ranked, query.wanted, newest)
            return await loaded(connection, reach, ids[offset : offset + limit]), len(newest)

    async def caught(
        self,
        guild_id: int,
        query: Query,
        *,
        feed_id: int | None = None,
        since: datetime,
        sight: Sight | None = None,
        limit: int = 3,
    ) -> Caught:
        reach = reach_of(guild_id, sight, feed_id)
        async with self._database.read() as connection:
            found = await _found(connection, reach, query, since)
            found.sort(key=lambda candidate: (candidate.shown_at, candidate.id), reverse=True)
            newest = await loaded(connection, reach, [candidate.id for candidate in found[:limit]])
        return Caught(total=len(found), newest=tuple(newest), oldest_at=found[-1].shown_at if found else None)

    async def entries_announced(self, guild_id: int, channel_id: int, message_id: int) -> list[StoredEntry]:
        query = (
            select(delivery.c.entry_id)
            .join(destination, destination.c.id == delivery.c.destination_id)
            .where(delivery.c.message_id == message_id, delivery.c.channel_id == channel_id)
            .where(destination.c.guild_id == guild_id, destination.c.kind == "channel")
            .order_by(delivery.c.id)
            .limit(MOST_ANNOUNCED)
        )
        async with self._database.read() as connection:
            return await loaded(connection, reach_of(guild_id), list(await connection.scalars(query)))

    async def latest(
        self, guild_id: int, *, feed_id: int | None = None, sight: Sight | None = None, limit: int = 5
    ) -> list[StoredEntry]:
        reach = reach_of(guild_id, sight, feed_id)
        # A feed just added brings its back catalogue: new to us, not new. So: of what came last, what is dated last.
        came_last = (
            select(entry.c.id, _SHOWN_AT.label("shown_at"))
            .where(entry.c.feed_id.in_(select(feed.c.id).where(reach.feeds)), reach.entries)
            .order_by(entry.c.first_seen_at.desc(), entry.c.id.desc())
            .limit(max(THOUSAND, limit))
            .subquery()
        )
        newest = select(came_last.c.id).order_by(came_last.c.shown_at.desc(), came_last.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return await loaded(connection, reach, list(await connection.scalars(newest)))

    async def entry(self, guild_id: int, entry_id: int) -> StoredEntry | None:
        async with self._database.read() as connection:
            return next(iter(await loaded(connection, reach_of(guild_id), [entry_id])), None)

    async def titles(self, guild_id: int, *, sight: Sight | None = None) -> list[str]:
        """The newest titles that could have been found, for query.spelling."""
        reach = reach_of(guild_id, sight)
        query = (
            select(entry.c.title)
            .where(entry.c.feed_id.in_(select(feed.c.id).where(reach.feeds)), reach.entries)
            .order_by(entry.c.id.desc())
            .limit(MOST_TITLES)
        )
        async with self._database.read() as connection:
            return list(await connection.scalars(query))


@dataclass(frozen=True, slots=True)
class Reach:
    """Which feeds' and which entries may be found, and the columns that say where those were announced."""

    feeds: ColumnElement[bool]
    entries: ColumnElement[bool]
    columns: tuple[ColumnElement[Any], ...] = ()


def reach_of(guild_id: int, sight: Sight | None = None, feed_id: int | None = None) -> Reach:
    """What the guild may find, or of it a member with that sight, in one of the feeds or all."""
    feeds = follows(guild_id)
    if feed_id is not None:
        feeds &= feed.c.id == feed_id
    if sight is None:
        return Reach(feeds, shown_to(guild_id), announced(guild_id))
    seen = feeds & feed.c.id.in_(sight.feed_ids)
    return Reach(seen, shown_to(guild_id), announced(guild_id, sight.channel_ids))


async def _found(connection: Connection, reach: Reach, query: Query, since: datetime | None) -> list[Candidate]:
    """The newest THOUSAND hits, in the order in which they came to us."""
    recent = true() if since is None else since <= _SHOWN_AT
    found: list[Candidate] = []
    for root, feed_ids in (await _by_feed(connection, reach, query.root)).items():
        found += await hits(connection, root, entry.c.feed_id.in_(feed_ids) & reach.entries & recent)
    return sorted(found, key=lambda candidate: -candidate.id)[:THOUSAND]


async def _by_feed(connection: Connection, reach: Reach, root: Node) -> Mapping[Node | None, list[int]]:
    """What is left to be looked for, and in which of the feeds; None: all their entries are hits."""
    query = select(feed.c.id, feed.c.title, feed.c.url).where(reach.feeds)
    left: defaultdict[Node | None, list[int]] = defaultdict(list)
    for row in await connection.execute(query):
        part = for_feed(root, Document(feed_title=row.title, feed_host=host_of(row.url)))
        if part is not False:
            left[None if part is True else part].append(row.id)
    return left


async def hits(connection: Connection, root: Node | None, scope: ColumnElement[bool]) -> list[Candidate]:
    """The newest hits, at most THOUSAND."""
    expression = Expression(None, whole=True) if root is None else connection.index.finding(root)
    if root is None or expression.whole:
        beginning = func.substr(entry_fts.c.body, 1, RANKED_CHARACTERS)
        rows = await connection.execute(_newest(expression, scope, beginning.label("body")).limit(THOUSAND))
        return [Candidate(row.id, Document.indexed(_rows(row)), row.shown_at, root) for row in rows]
    columns: list[ColumnElement[Any]] = [entry_fts.c.body]
    if any(term.exact for term, _ in terms(root)):
        columns += (column.label(f"written_{column.name}") for column in (entry.c.title, entry.c.author, entry.c.text))
    hits: list[Candidate] = []
    below = scope
    for _ in range(MOST_CHECKED // STEP):
        page = (await connection.execute(_newest(expression, below, *columns).limit(STEP))).all()
        hits += await asyncio.to_thread(_checked, root, page)
        if len(page) < STEP or len(hits) >= THOUSAND:
            break
        below = scope & (entry_fts.c.rowid < page[-1].id)
    return hits[:THOUSAND]


def _checked(root: Node, page: Sequence[Row[Any]]) -> list[Candidate]:
    documents = (Document.indexed(_rows(row), _written(row)) for row in page)
    return [
        Candidate(row.id, document, row.shown_at, root)
        for row, document in zip(page, documents, strict=True)
        if holds(root, document)
    ]


def _newest(expression: Expression[Condition], scope: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
    """Entries that the index finds, newest first."""
    query = (
        select(entry_fts.c.rowid.label("id"), _SHOWN_AT.label("shown_at"))
        .add_columns(entry_fts.c.title, entry_fts.c.author, *columns)
        .join_from(entry_fts, entry, entry.c.id == entry_fts.c.rowid)
        .where(scope)
        .order_by(entry_fts.c.rowid.desc())
    )
    return query if expression.asked is None else query.where(expression.asked)


def _rows(row: Row[Any]) -> tuple[str, str, str]:
    return row.title, row.author, row.body


def _written(row: Row[Any]) -> tuple[str, str, str]:
    values = row._mapping
    return values.get("written_title", ""), values.get("written_author") or "", values.get("written_text", "")


async def loaded(connection: Connection, reach: Reach, ids: Sequence[int]) -> list[StoredEntry]:
    """The entries in the order of `ids`, without those out of reach."""
    query = select(*ENTRY_COLUMNS, *reach.columns).select_from(ENTRY_FROM).where(reach.feeds, reach.entries)
    found = {
        row.entry_id: stored_entry_of(row)
        for some in batches(ids)
        for row in await connection.execute(query.where(entry.c.id.in_(some)))
    }
    return [found[id_] for id_ in ids if id_ in found]
