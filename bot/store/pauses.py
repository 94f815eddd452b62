"""Domains that asked for peace, so that a restart does not disturb it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.model import SitePause
from bot.store.database import Part
from bot.store.schema import site_pause

KEPT_AFTER = timedelta(days=4)  # no pause is longer than three days: what ended so long before another one is over


class SitePauses(Part):
    """PauseStore."""

    async def site_pauses(self, now: datetime) -> list[SitePause]:
        query = select(site_pause).where(site_pause.c.until > now).order_by(site_pause.c.until)
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return [SitePause(row.domain, row.until, timedelta(seconds=row.length_s)) for row in rows]

    async def save_site_pause(self, pause: SitePause) -> None:
        values = {"domain": pause.domain, "until": pause.until, "length_s": int(pause.length.total_seconds())}
        over = site_pause.c.until < pause.until - KEPT_AFTER
        async with self._database.write() as connection:
            await connection.change(delete(site_pause).where((site_pause.c.domain == pause.domain) | over))
            await connection.change(site_pause.insert().values(values))
