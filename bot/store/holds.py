"""Places that refused us, what waits for them, and how it goes on when they relent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select, update

from bot.model import Destination, Hold, Refused
from bot.store.columns import UtcTime
from bot.store.conditions import OPEN, OWED
from bot.store.database import Connection, Part
from bot.store.deliveries import destination_ids, ensure_guild, known_destinations
from bot.store.records import AnyRow, destination_of
from bot.store.schema import delivery, destination, posting

FREE = {"held_until": None, "held_since": None, "held_code": None, "held_reason": ""}
NEWEST_KEPT = 10  # of what waited, so many come as posts of their own; the older are told in one message


class Holds(Part):
    """The holds' share of Outbox and TenancyStore."""

    async def hold(self, where: Destination, refusal: Refused, now: datetime, until: datetime) -> bool:
        """Leases nothing for it until then. True if it took messages before: somebody should be told."""
        async with self._database.write() as connection:
            if where.kind == "user" and not await known_destinations(connection, [where]):
                return False  # forgotten while a message to them was under way
            await ensure_guild(connection, where.guild_id)
            place_id = (await destination_ids(connection, [where]))[where]
            place = destination.c.id == place_id
            refused = update(posting).where(posting.c.destination_id == place_id, OPEN)
            await connection.change(refused.values(silent=None))
            since = await connection.scalar(select(destination.c.held_since).where(place))
            await connection.change(
                update(destination)
                .where(place)
                .values(
                    held_until=until,
                    held_since=func.coalesce(destination.c.held_since, literal(now, UtcTime())),
                    held_code=refusal.code,
                    held_reason=refusal.reason,
                )
            )
            return since is None

    async def clear_hold(self, where: Destination) -> None:
        """It relents: what waits is due now, the newest as posts, the rest in one message."""
        async with self._database.write() as connection:
            await release(connection, where)

    async def release_channel(self, channel_id: int, now: datetime) -> bool:
        """The same for a channel, whatever its guild; what was put off is due too. False if nothing was held back."""
        places = select(destination.c.id).where(destination.c.kind == "channel", destination.c.discord_id == channel_id)
        put_off = update(posting).where(
            posting.c.destination_id.in_(places), OPEN, ~posting.c.leased, posting.c.next_attempt_at > now
        )
        held = update(destination).where(destination.c.id.in_(places), destination.c.held_until > now)
        async with self._database.write() as connection:
            hurried = await connection.change(put_off.values(next_attempt_at=now))
            # held_since stays until a message has really arrived: a second refusal is no news.
            return bool(hurried + await connection.change(held.values(held_until=None)))

    async def holds(self, guild_id: int) -> list[Hold]:
        """What of this guild is held, the longest first."""
        query = select(destination).where(destination.c.guild_id == guild_id, destination.c.held_since.is_not(None))
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(destination.c.held_since, destination.c.id))).all()
        return [hold_of(row) for row in rows]


def hold_of(row: AnyRow) -> Hold:
    """A row of `destination` that is held."""
    return Hold(
        destination=destination_of(row),
        since=row.held_since,
        until=row.held_until,
        code=row.held_code or 0,
        reason=row.held_reason,
    )


async def release(connection: Connection, where: Destination) -> None:
    """Ends a hold."""
    place = (
        destination.c.guild_id == where.guild_id,
        destination.c.kind == where.kind,
        destination.c.discord_id == where.id,
    )
    row = (await connection.execute(select(destination.c.id, destination.c.held_since).where(*place))).first()
    if row is None:
        return
    await connection.change(update(destination).where(destination.c.id == row.id).values(FREE))
    if row.held_since is not None:
        await gather(connection, delivery.c.destination_id == row.id)


async def gather(connection: Connection, mine: ColumnElement[bool]) -> None:
    """Of what `mine` owes and nothing has begun to send, all but the newest are to be told in one message."""
    newest = select(delivery.c.id).where(mine, OWED).order_by(delivery.c.id.desc()).limit(NEWEST_KEPT)
    older = update(delivery).where(mine, OWED, delivery.c.id.not_in(newest))
    await connection.change(older.values(gist=True))
