"""Pictures for entries that have none: the one that the entry's own page names, asked just before it is posted.

    lease -> Pictures.of -> render -> begin_attempt (the pictures are on disk) -> send

- A post waits for its pages until BUDGET after the last of them was asked; what comes later is kept for whoever posts
  the entry next, and changes no message that was sent.
- Each page is asked once: together by those who want it at the same time, and what it said is in the database.
- Nothing here is worth a post: whatever goes wrong, it goes out without the picture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta

import structlog

from bot.errors import FeedError, FetchError, NotAsked, StoreError
from bot.feeds.links import site_of
from bot.feeds.private import is_private
from bot.model import Delivery, Fetched, Posting, StoredEntry
from bot.ports import Fetcher, PageReader, PictureStore, SteadyClock
from bot.work.rests import Rests

log = structlog.get_logger(__name__)

BUDGET = timedelta(seconds=3)
AT_ONCE = 100  # pages asked at a time; what is more goes without
GONE = frozenset({404, 410})  # speaks of the page, not of its host


class Pictures:
    """Asks pages, `budget` a posting."""

    def __init__(
        self,
        store: PictureStore,
        pages: Fetcher,
        reader: PageReader,
        clock: SteadyClock,
        *,
        budget: timedelta = BUDGET,
    ) -> None:
        """`pages` fails with NotAsked rather than wait for longer than a post may."""
        self._store, self._pages, self._reader, self._clock = store, pages, reader, clock
        self._budget = budget.total_seconds()
        self._looks: dict[int, tuple[float, asyncio.Task[None]]] = {}  # entry -> when it began
        # A host that fails is let be, and so is a feed whose pages have nothing to show.
        self._hosts = Rests(clock.monotonic, after=1, first=timedelta(minutes=5), longest=timedelta(hours=6))
        self._feeds = Rests(clock.monotonic, after=5, first=timedelta(hours=6), longest=timedelta(days=7))

    async def of(self, posting: Posting) -> dict[int, str]:
        """Delivery id -> picture, for those whose page names one and says so in time. Raises nothing."""
        wanted = {one.id: one.entry for one in posting.deliveries if wants_picture(posting, one)}
        if not wanted:
            return {}
        entries = {stored.id: stored for stored in wanted.values()}
        try:
            known = await self._store.page_images(entries)
            asked = [self._begun(stored) for stored in entries.values() if stored.id not in known]
            looks = [look for look in asked if look is not None]
            if looks:
                await self._wait(looks)
                known = await self._store.page_images(entries)
        except StoreError as error:
            log.warning("no pictures looked up", posting=posting.id, reason=str(error))
            return {}
        found = {delivery_id: known.get(stored.id) for delivery_id, stored in wanted.items()}
        return {delivery_id: url for delivery_id, url in found.items() if url is not None}

    async def close(self) -> None:
        """Ends what is under way."""
        tasks = [task for _, task in self._looks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait(self, looks: Collection[tuple[float, asyncio.Task[None]]]) -> None:
        """Until all are done, or the budget of the last begun is used up: a page that hangs delays nobody twice."""
        left = max(began for began, _ in looks) + self._budget - self._clock.monotonic()
        await asyncio.wait([task for _, task in looks], timeout=max(0.0, left))

    def _begun(self, stored: StoredEntry) -> tuple[float, asyncio.Task[None]] | None:
        """The look at the entry's page: one that is under way, or a new one. None if its page is let be."""
        under_way = self._looks.get(stored.id)
        if under_way is not None or len(self._looks) >= AT_ONCE or self._is_let_be(stored):
            return under_way
        began = self._clock.monotonic(), asyncio.create_task(self._look(stored))
        self._looks[stored.id] = began
        return began

    def _is_let_be(self, stored: StoredEntry) -> bool:
        url = stored.entry.url
        return url is None or self._hosts.resting(site_of(url)) or self._feeds.resting(stored.feed_id)

    async def _look(self, stored: StoredEntry) -> None:
        try:
            image = await self._asked(stored.entry.url or "")
            await self._store.note_page_image(stored.id, image, self._clock.now())
            shown = (await self._store.page_images([stored.id])).get(stored.id)
            (self._feeds.useless if shown is None else self._feeds.useful)(stored.feed_id)
        except NotAsked as error:
            log.debug("page not asked", entry=stored.id, reason=error.reason)
        except StoreError as error:
            log.warning("page's picture not kept", entry=stored.id, reason=str(error))
        except Exception:  # a defect of ours costs the picture, never the post
            log.exception("looking for a picture failed", entry=stored.id)
        finally:
            del self._looks[stored.id]

    async def _asked(self, url: str) -> str | None:
        """What the page names as its picture. Raises NotAsked; whatever else fails is a page without one."""
        host = site_of(url)
        try:
            page = await self._pages.fetch(url)
            image = await self._read(page) if isinstance(page, Fetched) else None
        except NotAsked:
            raise
        except FeedError as error:
            if not (isinstance(error, FetchError) and error.status in GONE):
                self._hosts.useless(host)
            log.info("no picture from page", host=host, reason=error.reason)
            return None
        self._hosts.useful(host)
        return image

    async def _read(self, page: Fetched) -> str | None:
        return await self._reader.picture(page.body, url=page.url, content_type=page.content_type)


def wants_picture(posting: Posting, one: Delivery) -> bool:
    """Whether its page may be asked: the post shows pictures, the entry has none, and its page is for everybody."""
    entry, asker = one.entry.entry, one.subscription
    if posting.gist or posting.degraded or one.gist or entry.image_url is not None or not entry.url:
        return False
    if asker is not None and (not asker.page_images or asker.style == "title"):
        return False
    # An address with a key in it leads to one person's page.
    return not is_private(one.entry.feed_url) and not is_private(entry.url)
