"""Which hubs tell us of which feeds (WebSub)."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.model import Feed, FeedFacts, HubSubscription
from bot.store.conditions import polled
from bot.store.database import Connection, Part
from bot.store.records import FEED, feed_of
from bot.store.schema import feed, hub

HUB = select(hub).join(feed, feed.c.id == hub.c.feed_id).where(polled())


class Pushes(Part):
    """PushStore."""

    async def hubs_due(self, now: datetime, limit: int) -> list[HubSubscription]:
        async with self._database.read() as connection:
            rows = await connection.execute(HUB.where(hub.c.ask_at <= now).order_by(hub.c.ask_at).limit(limit))
            return [_hub_of(row) for row in rows]

    async def next_hub_due(self, after: datetime) -> datetime | None:
        query = HUB.with_only_columns(hub.c.ask_at).where(hub.c.ask_at > after).order_by(hub.c.ask_at).limit(1)
        async with self._database.read() as connection:
            first: datetime | None = await connection.scalar(query)
        return first

    async def hub_subscription(self, token: str) -> HubSubscription | None:
        async with self._database.read() as connection:
            row = (await connection.execute(HUB.where(hub.c.token == token))).first()
        return None if row is None else _hub_of(row)

    async def save_hub(self, changed: HubSubscription) -> None:
        async with self._database.write() as connection:
            await connection.change(update(hub).where(hub.c.token == changed.token).values(asdict(changed)))

    async def feed_to_push(self, feed_id: int) -> Feed | None:
        async with self._database.read() as connection:
            row = (await connection.execute(FEED.where(feed.c.id == feed_id, polled()))).first()
        return None if row is None else feed_of(row)


async def note_hub(connection: Connection, feed_id: int, facts: FeedFacts, now: datetime) -> None:
    """The feed names this hub, or none. Another hub or topic gets a callback and a secret of its own."""
    mine = hub.c.feed_id == feed_id
    if not facts.hub_url or not facts.self_url:
        await connection.change(delete(hub).where(mine))
        return
    same = select(hub.c.feed_id).where(mine, hub.c.hub_url == facts.hub_url, hub.c.topic == facts.self_url)
    if await connection.scalar(same) is not None:
        return
    await connection.change(delete(hub).where(mine))
    values = {
        "feed_id": feed_id,
        "hub_url": facts.hub_url,
        "topic": facts.self_url,
        "token": secrets.token_urlsafe(24),
        "secret": secrets.token_urlsafe(32),
        "ask_at": now,
    }
    await connection.change(hub.insert().values(values))


def _hub_of(row: Row[Any]) -> HubSubscription:
    return HubSubscription(**row._mapping)
