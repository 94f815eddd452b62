"""Deliveries with everything needed to render them, also after a restart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.model import Delivery, Keyword, Subscription
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
from bot.store.schema import delivery, delivery_keyword, entry, keyword, subscription


async def load_deliveries(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None, newest: bool = False
) -> list[Delivery]:
    """In their order; with `newest` the last ones of them."""
    query = (
        select(delivery.c.id, delivery.c.subscription_id, delivery.c.gist, *ENTRY_COLUMNS)
        .select_from(ENTRY_FROM.join(delivery, delivery.c.entry_id == entry.c.id))
        .where(*conditions)
        .order_by(delivery.c.id.desc() if newest else delivery.c.id)
        .limit(limit)
    )
    rows = sorted((await connection.execute(query)).all(), key=lambda row: row.id)
    subscriptions = await _subscriptions(connection, [row.subscription_id for row in rows])
    keywords = await _keywords(connection, [row.id for row in rows])
    return [
        Delivery(
            id=row.id,
            entry=stored_entry_of(row),
            subscription=subscriptions.get(row.subscription_id),
            keywords=tuple(keywords[row.id]),
            gist=row.gist,
        )
        for row in rows
    ]


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
