"""When Herald was started, so that a crash loop is noticed by the next life."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.store.database import Part
from bot.store.schema import start


class Starts(Part):
    """Counted on disk."""

    async def note_start(self, now: datetime, remembered: timedelta) -> list[datetime]:
        """The starts within `remembered` before this one, which is noted; older ones are forgotten."""
        async with self._database.write() as connection:
            await connection.change(delete(start).where(start.c.at < now - remembered))
            earlier = list(await connection.scalars(select(start.c.at).order_by(start.c.at)))
            await connection.change(start.insert().values(at=now))
        return earlier
