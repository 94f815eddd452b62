"""Pages of entries, each asked once for the picture that it names: together by all who want it at the same time, and
what it said is in the database.

A feed's own page is asked before the first page of its entries: what both name is the site's logo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from weakref import WeakValueDictionary

import structlog

from bot.errors import FeedError, FetchError, NotAsked, StoreError
from bot.feeds.links import site_of
from bot.feeds.private import is_private
from bot.model import Fetched, StoredEntry
from bot.ports import Fetcher, PageReader, PictureStore, SteadyClock
from bot.work.rests import Rests

log = structlog.get_logger(__name__)

GONE = frozenset({404, 410})  # speaks of the page, not of its host

Look = tuple[float, asyncio.Task[None]]  # when it began, in steady seconds


class Pages:
    """Looks at pages. A look raises nothing and ends by itself."""

    def __init__(
        self,
        store: PictureStore,
        reader: PageReader,
        clock: SteadyClock,
        *,
        late: Callable[[], None] = lambda: None,
    ) -> None:
        """`late` is called when a picture is owed to a message that was sent without it."""
        self._store, self._reader, self._clock, self._late = store, reader, clock, late
        self._looks: dict[int, Look] = {}  # by entry
        self._sites: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()  # by feed, while one is asked
        # A host that fails is let be, and so is a feed whose pages have nothing to show.
        self._hosts = Rests(clock.monotonic, after=1, first=timedelta(minutes=5), longest=timedelta(hours=6))
        self._feeds = Rests(clock.monotonic, after=5, first=timedelta(hours=6), longest=timedelta(days=7))

    @property
    def under_way(self) -> int:
        """How many looks are."""
        return len(self._looks)

    def look(self, stored: StoredEntry, way: Fetcher) -> Look | None:
        """The look at the entry's page: one that is under way, or a new one by this way. None if its page is let be."""
        under_way = self._looks.get(stored.id)
        if under_way is not None or self._is_let_be(stored):
            return under_way
        began = self._clock.monotonic(), asyncio.create_task(self._look(stored, way))
        self._looks[stored.id] = began
        return began

    def looking(self, entry_id: int) -> Look | None:
        """The look at the entry's page that is under way."""
        return self._looks.get(entry_id)

    async def close(self) -> None:
        """Ends what is under way."""
        tasks = [task for _, task in self._looks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_let_be(self, stored: StoredEntry) -> bool:
        url = stored.entry.url
        return url is None or self._hosts.resting(site_of(url)) or self._feeds.resting(stored.feed_id)

    async def _look(self, stored: StoredEntry, way: Fetcher) -> None:
        try:
            await self._know_site(stored.feed_id, way)
            image = await self._asked(stored.entry.url or "", way)
            if await self._store.note_page_image(stored.id, image, self._clock.now()):
                self._late()
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

    async def _know_site(self, feed_id: int, way: Fetcher) -> None:
        """Asks the feed's own page, unless that was done. Raises NotAsked, and StoreError."""
        async with self._sites.setdefault(feed_id, asyncio.Lock()):
            page = await self._store.site_page(feed_id)
            if page is not None:
                image = None if is_private(page) else await self._asked(page, way)
                await self._store.note_site_image(feed_id, image, self._clock.now())

    async def _asked(self, url: str, way: Fetcher) -> str | None:
        """What the page names as its picture. Raises NotAsked; whatever else fails is a page without one."""
        host = site_of(url)
        if self._hosts.resting(host):
            raise NotAsked(url, "its host has just failed")
        try:
            page = await way.fetch(url)
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
