"""Makes deliveries: who is owed which entry, each destination once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select, tuple_

from bot.model import Destination, Owed
from bot.store.conditions import COLLECTING, GUILD_IS_HERE
from bot.store.corrections import ask_for_edit
from bot.store.database import Connection, batches
from bot.store.hourly import put_off
from bot.store.schema import delivery, delivery_keyword, destination, guild, keyword, subscription
from bot.store.stories import Telling, told_already


@dataclass
class _Claim:
    """Why one entry goes to one destination."""

    subscription_id: int | None = None
    keyword_ids: set[int] = field(default_factory=set)
    gist: bool = True


async def make_deliveries(
    connection: Connection,
    feed_id: int,
    entry_ids: Mapping[int, int],
    owed: Sequence[Owed],
    now: datetime,
    *,
    hourly_limit: int | None = None,
) -> int:
    """One delivery for each (entry, destination) that a running subscription or a keyword claims.

    `entry_ids` is key -> id of entries that have no delivery yet, in the order to be delivered. Of more posts in an
    hour than `hourly_limit` in one channel, the rest waits for its end (hourly.py). Returns how many.
    """
    claims = await _valid_claims(connection, feed_id, [one for one in owed if one.entry_key in entry_ids], now)
    if not claims:
        return 0
    place = {key: number for number, key in enumerate(entry_ids)}
    ordered = sorted(claims, key=lambda claim: place[claim[0]])  # stable: the owed order within an entry
    destinations = await destination_ids(connection, [where for _, where in ordered])
    tellings = [_telling(entry_ids[key], destinations[where], claims[key, where]) for key, where in ordered]
    told = await told_already(connection, feed_id, tellings, now)
    values: list[dict[str, Any]] = [
        {
            "entry_id": one.entry_id,
            "destination_id": one.destination_id,
            "subscription_id": one.subscription_id,
            "state": "waiting" if first is None else "same story",
            "same_as": first,
            "gist": claims[claim].gist,
            "not_before": None,
            "created_at": now,
            "done_at": None if first is None else now,
        }
        for one, claim in zip(tellings, ordered, strict=True)
        for first in (told.get((one.entry_id, one.destination_id)),)
    ]
    await put_off(connection, feed_id, values, hourly_limit, now)
    # No RETURNING: in the order of the values it costs a round trip to SQLite's thread for each row, 4 s for 10,000.
    for some in batches(values):
        await connection.change(delivery.insert(), some)
    await _note_keywords(connection, tellings)
    if told:
        names_one_more = select(delivery.c.posting_id).where(delivery.c.id.in_(set(told.values())))
        await ask_for_edit(connection, names_one_more, now)
    return len(values)


async def _note_keywords(connection: Connection, tellings: Sequence[Telling]) -> None:
    """Which keywords asked for the deliveries just made."""
    asked = {(one.entry_id, one.destination_id): one.keyword_ids for one in tellings if one.keyword_ids}
    made = select(delivery.c.id, delivery.c.entry_id, delivery.c.destination_id)
    named = [
        {"delivery_id": row.id, "keyword_id": keyword_id}
        for some in batches(list({entry_id for entry_id, _ in asked}))
        for row in await connection.execute(made.where(delivery.c.entry_id.in_(some)).order_by(delivery.c.id))
        for keyword_id in sorted(asked.get((row.entry_id, row.destination_id), ()))
    ]
    for pairs in batches(named):
        await connection.change(delivery_keyword.insert(), pairs)


def _telling(entry_id: int, destination_id: int, claim: _Claim) -> Telling:
    return Telling(entry_id, destination_id, claim.subscription_id, frozenset(claim.keyword_ids))


async def _valid_claims(
    connection: Connection, feed_id: int, owed: Sequence[Owed], now: datetime
) -> dict[tuple[int, Destination], _Claim]:
    """Without what was removed, paused or muted since the poll began."""
    running = await _running(connection, feed_id, {one.subscription_id for one in owed})
    listening = await _listening(connection, {id_ for one in owed for id_ in one.keyword_ids}, now)
    claims: dict[tuple[int, Destination], _Claim] = {}
    for one in owed:
        keyword_ids = listening.intersection(one.keyword_ids)
        if one.subscription_id not in running and not keyword_ids:
            continue
        claim = claims.setdefault((one.entry_key, one.destination), _Claim())
        if one.subscription_id in running and claim.subscription_id is None:
            claim.subscription_id = one.subscription_id
        claim.keyword_ids |= keyword_ids
        claim.gist &= one.gist
    return claims


async def _running(connection: Connection, feed_id: int, ids: set[int | None]) -> set[int | None]:
    query = (
        select(subscription.c.id)
        .join(guild, guild.c.id == subscription.c.guild_id)
        .where(subscription.c.feed_id == feed_id, COLLECTING, GUILD_IS_HERE)
    )
    found: set[int | None] = set()
    for some in batches([id_ for id_ in ids if id_ is not None]):
        found.update(await connection.scalars(query.where(subscription.c.id.in_(some))))
    return found


async def _listening(connection: Connection, ids: set[int], now: datetime) -> set[int]:
    query = (
        select(keyword.c.id)
        .join(guild, guild.c.id == keyword.c.guild_id)
        .where(GUILD_IS_HERE, or_(keyword.c.muted_until.is_(None), keyword.c.muted_until <= now))
    )
    found: set[int] = set()
    for some in batches(list(ids)):
        found.update(await connection.scalars(query.where(keyword.c.id.in_(some))))
    return found


async def destination_ids(connection: Connection, wanted: Sequence[Destination]) -> dict[Destination, int]:
    """The id of each, making those that were never written to. Their guilds exist."""
    unique = list(dict.fromkeys(wanted))
    found = await known_destinations(connection, unique)
    new = [where for where in unique if where not in found]
    if new:
        values = [{"guild_id": where.guild_id, "kind": where.kind, "discord_id": where.id} for where in new]
        await connection.change(destination.insert(), values)
        found |= await known_destinations(connection, new)
    return found


async def known_destinations(connection: Connection, wanted: Sequence[Destination]) -> dict[Destination, int]:
    """The id of each that was written to, or is owed something."""
    triple = tuple_(destination.c.guild_id, destination.c.kind, destination.c.discord_id)
    found: dict[Destination, int] = {}
    for some in batches(wanted):
        query = select(destination).where(triple.in_([(where.guild_id, where.kind, where.id) for where in some]))
        for row in await connection.execute(query):
            found[Destination(kind=row.kind, id=row.discord_id, guild_id=row.guild_id)] = row.id
    return found


async def ensure_guild(connection: Connection, guild_id: int) -> None:
    """Notes the guild, if it is new. Without ON CONFLICT, which each database spells in its way."""
    absent = ~select(guild.c.id).where(guild.c.id == guild_id).exists()
    await connection.change(guild.insert().from_select(["id"], select(literal(guild_id)).where(absent)))
