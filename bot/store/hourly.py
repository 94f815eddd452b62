"""No feed has more posts an hour in a channel than that takes: the rest is owed all the same, and told in one message
when the hour is over.

The hour is the last one: it begins with the oldest post that is counted, so that no hour has more, whenever it begins.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.store.conditions import LATER
from bot.store.database import Connection, batches
from bot.store.schema import delivery, destination, entry

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Hour:
    """A channel's last hour of one feed."""

    posts: int
    first: datetime


async def put_off(
    connection: Connection, feed_id: int, new: Sequence[dict[str, Any]], limit: int | None, now: datetime
) -> None:
    """Marks those of the `new` deliveries, rows in their order, for which the hour has no room. None: no limit."""
    if limit is None or await _entries_of_an_hour(connection, feed_id, now) <= limit:
        return
    places = {row["destination_id"] for row in new}
    hours = await _hours(connection, feed_id, places, now)
    for row in new:
        hour = hours.get(row["destination_id"])
        if hour is None or row["state"] != "waiting":
            continue
        if hour.posts >= limit:
            row |= {"gist": True, "not_before": hour.first + HOUR}
        elif not row["gist"]:
            hours[row["destination_id"]] = _Hour(hour.posts + 1, hour.first)


async def _entries_of_an_hour(connection: Connection, feed_id: int, now: datetime) -> int:
    """No channel can have had more: for nearly every feed all that has to be asked."""
    came = select(func.count()).where(entry.c.feed_id == feed_id, entry.c.first_seen_at > now - HOUR)
    count: int = await connection.scalar(came)
    return count


async def _hours(connection: Connection, feed_id: int, places: Collection[int], now: datetime) -> dict[int, _Hour]:
    """Of those of the places that are channels. Members have a share of their own (lanes.pace_members)."""
    channels = select(destination.c.id).where(destination.c.kind == "channel")
    posts = (
        select(delivery.c.destination_id, func.count().label("posts"), func.min(delivery.c.created_at).label("first"))
        .join_from(entry, delivery, delivery.c.entry_id == entry.c.id)
        .where(entry.c.feed_id == feed_id, entry.c.first_seen_at > now - HOUR, delivery.c.created_at > now - HOUR)
        .where(~delivery.c.gist, delivery.c.state.in_(("waiting", "sent")))
        .group_by(delivery.c.destination_id)
    )
    hours: dict[int, _Hour] = {}
    for some in batches(list(places)):
        found = await connection.scalars(channels.where(destination.c.id.in_(some)))
        hours |= dict.fromkeys(found, _Hour(0, now))
        for row in await connection.execute(posts.where(delivery.c.destination_id.in_(some))):
            if row.destination_id in hours:
                hours[row.destination_id] = _Hour(row.posts, row.first)
    return hours


async def let_go(connection: Connection, now: datetime) -> None:
    """What waited for the end of its hour may be told."""
    over = update(delivery).where(LATER, delivery.c.not_before <= now)
    await connection.change(over.values(not_before=None))


async def next_let_go(connection: Connection, after: datetime) -> datetime | None:
    """When the first of them may be told that may not at `after`."""
    first: datetime | None = await connection.scalar(
        select(func.min(delivery.c.not_before)).where(LATER, delivery.c.not_before > after)
    )
    return first
