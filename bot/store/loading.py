"""Deliveries with everything needed to render them, also after a restart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.model import Delivery, Keyword, StoredEntry, Subscription
from bot.query.match import host_of
from bot.store.conditions import SAME_STORY
from bot.store.database import Connection
from bot.store.records import (
    ENTRY_COLUMNS,
    ENTRY_FROM,
    KEYWORD,
    SUBSCRIPTION,
    keyword_of,
    stored_entry_of,
    subscription_of,
)
from bot.store.schema import delivery, delivery_keyword, entry, feed, keyword, subscription


async def load_deliveries(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None, newest: bool = False
) -> list[Delivery]:
    """In their order; with `newest` the last ones of them. What is on its way already is named as it began, and has
    the picture that was found for it."""
    columns = [delivery.c[name] for name in ("id", "subscription_id", "gist", "alone", "begun_as", "picture_url")]
    query = (
        select(*columns, *ENTRY_COLUMNS)
        .select_from(ENTRY_FROM.join(delivery, delivery.c.entry_id == entry.c.id))
        .where(*conditions)
        .order_by(delivery.c.id.desc() if newest else delivery.c.id)
        .limit(limit)
    )
    rows = sorted((await connection.execute(query)).all(), key=lambda row: row.id)
    subscriptions = await _subscriptions(connection, [row.subscription_id for row in rows])
    keywords = await _keywords(connection, [row.id for row in rows])
    also = await _also(connection, [row.id for row in rows])
    return [
        Delivery(
            id=row.id,
            entry=_as_begun(stored_entry_of(row), row.begun_as).with_picture(row.picture_url),
            subscription=subscriptions.get(row.subscription_id),
            keywords=tuple(keywords[row.id]),
            gist=row.gist,
            also=tuple(also[row.id]),
            also_feed_ids=tuple(also[row.id].values()),
            alone=row.alone,
        )
        for row in rows
    ]


def _as_begun(stored: StoredEntry, begun_as: list[Any] | None) -> StoredEntry:
    """By title and link a message is recognised in the channel: they stay what they were until it is settled."""
    if begun_as is None:
        return stored
    title, url = begun_as
    return replace(stored, entry=replace(stored.entry, title=title, url=url))


async def _also(connection: Connection, delivery_ids: Sequence[int]) -> defaultdict[int, dict[str, int]]:
    """The names of the feeds that told the same story later, each with its feed's id."""
    query = (
        select(delivery.c.same_as, feed.c.id, feed.c.title, feed.c.url)
        .join_from(delivery, entry, entry.c.id == delivery.c.entry_id)
        .join(feed, feed.c.id == entry.c.feed_id)
        .where(delivery.c.same_as.in_(delivery_ids), SAME_STORY)
        .order_by(delivery.c.id)
    )
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for row in await connection.execute(query):
        found[row.same_as].setdefault(row.title or host_of(row.url), row.id)
    return found


async def _subscriptions(connection: Connection, ids: Sequence[Any]) -> dict[int, Subscription]:
    wanted = {id_ for id_ in ids if id_ is not None}
    rows = await connection.execute(SUBSCRIPTION.where(subscription.c.id.in_(wanted)))
    return {row.id: subscription_of(row) for row in rows}


async def _keywords(connection: Connection, delivery_ids: Sequence[int]) -> defaultdict[int, list[Keyword]]:
    query = (
        KEYWORD.add_columns(delivery_keyword.c.delivery_id)
        .join(delivery_keyword, delivery_keyword.c.keyword_id == keyword.c.id)
        .where(delivery_keyword.c.delivery_id.in_(delivery_ids))
        .order_by(keyword.c.id)
    )
    found: defaultdict[int, list[Keyword]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.delivery_id].append(keyword_of(row))
    return found
