"""Which hubs tell us of which feeds (WebSub), which are to stop, and what they brought."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, delete, func, literal, or_, select, update

from bot.model import Feed, FeedFacts, HubLeaving, HubSubscription, Pushed
from bot.store.columns import UtcTime
from bot.store.conditions import follows, polled
from bot.store.database import Connection, Part
from bot.store.records import FEED, feed_of
from bot.store.schema import feed, hub, hub_leaving, push

MOST_KEPT = 10  # pushes of one feed; beyond that a poll brings all of it at once

UNASKED: dict[str, Any] = {"pending": False, "lease_until": None, "failures": 0, "reason": "", "callback": ""}

HUB = select(hub).join(feed, feed.c.id == hub.c.feed_id).where(polled())


class Pushes(Part):
    """PushStore."""

    async def hubs_due(self, now: datetime, limit: int) -> list[HubSubscription]:
        async with self._database.read() as connection:
            rows = await connection.execute(HUB.where(hub.c.ask_at <= now).order_by(hub.c.ask_at).limit(limit))
            return [_hub_of(row) for row in rows]

    async def next_hub_due(self, after: datetime) -> datetime | None:
        begin = HUB.with_only_columns(hub.c.ask_at).where(hub.c.ask_at > after).order_by(hub.c.ask_at).limit(1)
        stop = select(func.min(hub_leaving.c.ask_at)).where(hub_leaving.c.ask_at > after)
        async with self._database.read() as connection:
            found = [await connection.scalar(query) for query in (begin, stop)]
        return min((at for at in found if at is not None), default=None)

    async def hub_subscription(self, token: str) -> HubSubscription | None:
        async with self._database.read() as connection:
            row = (await connection.execute(HUB.where(hub.c.token == token))).first()
        return None if row is None else _hub_of(row)

    async def hub_of(self, guild_id: int, feed_id: int) -> HubSubscription | None:
        query = select(hub).join(feed, feed.c.id == hub.c.feed_id).where(hub.c.feed_id == feed_id, follows(guild_id))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _hub_of(row)

    async def save_hub(self, changed: HubSubscription) -> None:
        async with self._database.write() as connection:
            await connection.change(update(hub).where(hub.c.token == changed.token).values(asdict(changed)))

    async def rely_no_more(self, feed_id: int, now: datetime) -> None:
        async with self._database.write() as connection:
            await connection.change(_polled_as_ever(now).where(feed.c.id == feed_id))

    async def forget_hubs(self, callback: str, now: datetime) -> None:
        elsewhere = (hub.c.callback != "", hub.c.callback != callback)
        query = select(hub.c.feed_id).where(*elsewhere)
        async with self._database.read() as connection:
            feed_ids = list(await connection.scalars(query))
        async with self._database.write() as connection:
            for feed_id in feed_ids:
                await connection.change(_polled_as_ever(now).where(feed.c.id == feed_id))
                anew = {**_fresh(now), **UNASKED}
                await connection.change(update(hub).where(hub.c.feed_id == feed_id, *elsewhere).values(anew))

    async def leave_unwanted(self, now: datetime) -> None:
        unwanted = select(hub.c.feed_id).join(feed, feed.c.id == hub.c.feed_id).where(_tells(now), ~polled())
        async with self._database.read() as connection:
            if await connection.scalar(unwanted.limit(1)) is None:
                return
        async with self._database.write() as connection:
            for feed_id in (await connection.scalars(unwanted)).all():
                await leave_hub(connection, feed_id, now)
                anew = {**_fresh(now), **UNASKED}
                await connection.change(update(hub).where(hub.c.feed_id == feed_id).values(anew))
                await connection.change(update(feed).where(feed.c.id == feed_id).values(pushed_until=None))

    async def hubs_to_leave(self, now: datetime, limit: int) -> list[HubLeaving]:
        due = select(hub_leaving).where(hub_leaving.c.ask_at <= now).order_by(hub_leaving.c.ask_at).limit(limit)
        async with self._database.read() as connection:
            return [HubLeaving(**row._mapping) for row in await connection.execute(due)]

    async def hub_to_leave(self, token: str) -> HubLeaving | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(hub_leaving).where(hub_leaving.c.token == token))).first()
        return None if row is None else HubLeaving(**row._mapping)

    async def save_leaving(self, changed: HubLeaving) -> None:
        mine = update(hub_leaving).where(hub_leaving.c.token == changed.token)
        async with self._database.write() as connection:
            await connection.change(mine.values(asdict(changed)))

    async def drop_leaving(self, token: str) -> None:
        async with self._database.write() as connection:
            await connection.change(delete(hub_leaving).where(hub_leaving.c.token == token))

    # --- What was brought ------------------------------------------------------------------------------------

    async def keep_push(self, token: str, pushed: Pushed, now: datetime) -> int | None:
        async with self._database.write() as connection:
            row = (await connection.execute(HUB.where(hub.c.token == token))).first()
            if row is None:
                return None
            count = select(func.count()).select_from(push).where(push.c.feed_id == row.feed_id)
            if await connection.scalar(count) >= MOST_KEPT:
                await connection.change(update(feed).where(feed.c.id == row.feed_id).values(next_due_at=now))
                return None
            values = {"feed_id": row.feed_id, "body": pushed.body, "content_type": pushed.content_type, "at": now}
            kept: int = (await connection.execute(push.insert().values(values).returning(push.c.id))).scalar_one()
        return kept

    async def kept_pushes(self) -> list[tuple[int, datetime]]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(push.c.id, push.c.at).order_by(push.c.id))).all()
        return [(row.id, row.at) for row in rows]

    async def kept_push(self, push_id: int) -> tuple[Feed, Pushed, datetime] | None:
        wanted = FEED.join(push, push.c.feed_id == feed.c.id).join(hub, hub.c.feed_id == feed.c.id)
        wanted = wanted.add_columns(push.c.body, push.c.content_type, hub.c.lease_until)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted.where(push.c.id == push_id, polled()))).first()
        if row is None or row.lease_until is None:
            return None
        return feed_of(row), Pushed(body=row.body, content_type=row.content_type), row.lease_until

    async def drop_push(self, push_id: int) -> None:
        async with self._database.write() as connection:
            await connection.change(delete(push).where(push.c.id == push_id))


async def note_hub(connection: Connection, feed_id: int, facts: FeedFacts, now: datetime) -> None:
    """The feed names this hub, or none. Another hub or topic gets a callback and a secret of its own."""
    mine = hub.c.feed_id == feed_id
    if facts.hub_url and facts.self_url:
        same = select(hub.c.feed_id).where(mine, hub.c.hub_url == facts.hub_url, hub.c.topic == facts.self_url)
        if await connection.scalar(same) is not None:
            return
    await leave_hub(connection, feed_id, now)
    await connection.change(delete(hub).where(mine))
    if facts.hub_url and facts.self_url:
        values = {"feed_id": feed_id, "hub_url": facts.hub_url, "topic": facts.self_url, **_fresh(now)}
        await connection.change(hub.insert().values(values))


async def leave_hub(connection: Connection, feed_id: int, now: datetime) -> None:
    """The feed's hub, if it tells us of it, or may begin to, is to be told to stop."""
    columns = (hub.c.token, hub.c.hub_url, hub.c.topic, literal(now, UtcTime()))
    telling = select(*columns).where(hub.c.feed_id == feed_id, _tells(now))
    await connection.change(hub_leaving.insert().from_select(["token", "hub_url", "topic", "ask_at"], telling))


def _tells(now: datetime) -> ColumnElement[bool]:
    return or_(hub.c.lease_until > now, hub.c.pending)


def _polled_as_ever(now: datetime) -> Update:
    """Feeds whose hub was relied on."""
    return update(feed).where(feed.c.pushed_until.is_not(None)).values(pushed_until=None, next_due_at=now)


def _fresh(now: datetime) -> dict[str, Any]:
    return {"token": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(32), "ask_at": now}


def _hub_of(row: Row[Any]) -> HubSubscription:
    return HubSubscription(**row._mapping)
