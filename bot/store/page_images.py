"""What the pages of entries name as their pictures: each page is asked once, whoever posts its entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.feeds.page_image import picture_name
from bot.store.database import Connection, Part
from bot.store.late_pictures import bring_late
from bot.store.schema import delivery, entry, feed

LOGO_SEEN = 3  # entries of a feed with the same picture: that is the site's, not theirs


class PageImages(Part):
    """PictureStore."""

    async def page_images(self, entry_ids: Collection[int]) -> dict[int, str | None]:
        async with self._database.read() as connection:
            return await shown_images(connection, entry_ids)

    async def note_page_image(self, entry_id: int, url: str | None, now: datetime) -> bool:
        name = picture_name(url) if url else None
        values = {"page_image_url": url, "page_image_name": name, "page_looked_at": now}
        async with self._database.write() as connection:
            await connection.change(update(entry).where(entry.c.id == entry_id).values(values))
            images = await shown_images(connection, [entry_id])
            return await bring_late(connection, images, now, delivery.c.entry_id == entry_id)

    async def site_page(self, feed_id: int) -> str | None:
        async with self._database.read() as connection:
            page: str | None = await connection.scalar(
                select(feed.c.link).where(feed.c.id == feed_id, feed.c.site_looked_at.is_(None))
            )
        return page

    async def note_site_image(self, feed_id: int, url: str | None, now: datetime) -> None:
        asked = update(feed).where(feed.c.id == feed_id).values(site_image_url=url, site_looked_at=now)
        async with self._database.write() as connection:
            await connection.change(asked)


async def shown_images(connection: Connection, entry_ids: Collection[int]) -> dict[int, str | None]:
    """PictureStore.page_images, inside a transaction."""
    query = (
        select(entry.c.id, entry.c.feed_id, entry.c.page_image_url, entry.c.page_image_name)
        .add_columns(feed.c.facts, feed.c.site_image_url)
        .join(feed, feed.c.id == entry.c.feed_id)
        .where(entry.c.id.in_(entry_ids), entry.c.page_looked_at.is_not(None))
    )
    rows = (await connection.execute(query)).all()
    return {row.id: None if await _is_logo(connection, row) else row.page_image_url for row in rows}


async def _is_logo(connection: Connection, row: Any) -> bool:
    if row.page_image_name is None:
        return False
    if row.page_image_name in {picture_name(url) for url in (row.facts.get("image_url"), row.site_image_url) if url}:
        return True
    named_so = (entry.c.feed_id == row.feed_id, entry.c.page_image_name == row.page_image_name)
    same = select(entry.c.id).where(*named_so).limit(LOGO_SEEN)
    seen: int = await connection.scalar(select(func.count()).select_from(same.subquery()))
    return seen >= LOGO_SEEN
