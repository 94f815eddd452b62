"""Pictures for entries that have none: the one that the entry's own page names, asked just before it is posted.

    lease -> Pictures.of -> render -> begin_attempt (the pictures are on disk, and which are missing) -> send

- A post waits for its pages until BUDGET after the last of them was asked; what comes later is edited into its message
  (late_pictures).
- Nothing here is worth a post: whatever goes wrong, it goes out without the picture.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta

import structlog

from bot.errors import StoreError
from bot.feeds.private import is_private
from bot.model import Delivery, Posting, StoredEntry
from bot.ports import Fetcher, PictureStore, SteadyClock
from bot.work.pages import Look, Pages

log = structlog.get_logger(__name__)

BUDGET = timedelta(seconds=3)
AT_ONCE = 100  # pages asked at a time; what is more waits until its entry was posted


class Pictures:
    """Asks pages, `budget` a posting."""

    def __init__(
        self, store: PictureStore, pages: Pages, way: Fetcher, clock: SteadyClock, *, budget: timedelta = BUDGET
    ) -> None:
        """`way` fails with NotAsked rather than wait for longer than a post may."""
        self._store, self._pages, self._way, self._clock = store, pages, way, clock
        self._budget = budget.total_seconds()

    async def of(self, posting: Posting) -> dict[int, str | None]:
        """Delivery id -> picture, for those whose page names one in time; None for those whose page has not said.

        Raises nothing.
        """
        wanted = {one.id: one.entry for one in posting.deliveries if wants_picture(posting, one)}
        if not wanted:
            return {}
        entries = {stored.id: stored for stored in wanted.values()}
        try:
            known = await self._store.page_images(entries)
            asked = [self._asked(stored) for stored in entries.values() if stored.id not in known]
            looks = [look for look in asked if look is not None]
            if looks:
                await self._wait(looks)
                known = await self._store.page_images(entries)
        except StoreError as error:
            log.warning("no pictures looked up", posting=posting.id, reason=str(error))
            return {}
        found = {delivery_id: known.get(stored.id) for delivery_id, stored in wanted.items()}
        return {id_: url for id_, url in found.items() if url is not None or wanted[id_].id not in known}

    def _asked(self, stored: StoredEntry) -> Look | None:
        if self._pages.under_way >= AT_ONCE:
            return self._pages.looking(stored.id)
        return self._pages.look(stored, self._way)

    async def _wait(self, looks: Collection[Look]) -> None:
        """Until all are done, or the budget of the last begun is used up: a page that hangs delays nobody twice."""
        left = max(began for began, _ in looks) + self._budget - self._clock.monotonic()
        await asyncio.wait([task for _, task in looks], timeout=max(0.0, left))


def wants_picture(posting: Posting, one: Delivery) -> bool:
    """Whether its page may be asked: the post shows pictures, the entry has none, and its page is for everybody."""
    entry, asker = one.entry.entry, one.subscription
    if posting.gist or posting.degraded or one.gist or entry.image_url is not None or not entry.url:
        return False
    if asker is not None and (not asker.page_images or asker.style == "title"):
        return False
    # An address with a key in it leads to one person's page.
    return not is_private(one.entry.feed_url) and not is_private(entry.url)
