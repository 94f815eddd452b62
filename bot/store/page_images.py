"""What the pages of entries name as their pictures: each page is asked once, whoever posts its entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update

from bot.store.database import Connection, Part
from bot.store.schema import entry, feed

LOGO_SEEN = 3  # entries of a feed with the same picture: that is the site's, not theirs


class PageImages(Part):
    """PictureStore."""

    async def page_images(self, entry_ids: Collection[int]) -> dict[int, str | None]:
        query = (
            select(entry.c.id, entry.c.feed_id, entry.c.page_image_url, feed.c.facts)
            .join(feed, feed.c.id == entry.c.feed_id)
            .where(entry.c.id.in_(entry_ids), entry.c.page_looked_at.is_not(None))
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            found: dict[int, str | None] = {}
            for row in rows:
                url: str | None = row.page_image_url
                is_logo = url == row.facts.get("image_url") or await _is_logo(connection, row.feed_id, url)
                found[row.id] = None if is_logo else url
        return found

    async def note_page_image(self, entry_id: int, url: str | None, now: datetime) -> None:
        asked = update(entry).where(entry.c.id == entry_id).values(page_image_url=url, page_looked_at=now)
        async with self._database.write() as connection:
            await connection.change(asked)


async def _is_logo(connection: Connection, feed_id: int, url: str | None) -> bool:
    if url is None:
        return False
    same = select(entry.c.id).where(entry.c.feed_id == feed_id, entry.c.page_image_url == url).limit(LOGO_SEEN)
    seen: int = await connection.scalar(select(func.count()).select_from(same.subquery()))
    return seen >= LOGO_SEEN
