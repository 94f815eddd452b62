"""What the store planned by a clock that was wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Table, func, literal, select, type_coerce, update

from bot.store.columns import Int64, UtcTime
from bot.store.conditions import LATER, OPEN
from bot.store.database import Part
from bot.store.schema import correction, delivery, destination, digest, feed, hub, hub_leaving, posting

MICROSECOND = timedelta(microseconds=1)
NOT_DONE = {posting: OPEN, delivery: LATER}  # of these tables most is history


class Times(Part):
    """Corrects plans."""

    async def latest_poll(self) -> datetime | None:
        async with self._database.read() as connection:
            latest: datetime | None = await connection.scalar(select(func.max(feed.c.polled_at)))
        return latest

    async def pull_in(self, now: datetime, by: timedelta) -> None:
        """The wall clock was set back by `by`: what was planned after `now` is due that much earlier. Digests go by
        the clock on the wall: they are planned anew."""
        plans: tuple[tuple[Table, Column[datetime]], ...] = (
            (feed, feed.c.next_due_at),
            (posting, posting.c.next_attempt_at),
            (correction, correction.c.next_attempt_at),
            (delivery, delivery.c.not_before),
            (destination, destination.c.held_until),
            (hub, hub.c.ask_at),
            (hub_leaving, hub_leaving.c.ask_at),
        )
        async with self._database.write() as connection:
            for table, when in plans:
                earlier = type_coerce(when, Int64) - literal(by // MICROSECOND, Int64)
                change = update(table).where(when > now).values({when: type_coerce(earlier, UtcTime())})
                await connection.change(change.where(NOT_DONE[table]) if table in NOT_DONE else change)
            await connection.change(update(digest).where(digest.c.next_due_at > now).values(next_due_at=None))
