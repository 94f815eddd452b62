"""Pictures that come after their post: pages that were not asked in time go on being asked, and the message is edited.

    begin_attempt (which are missing) -> store.awaited_pictures -> ask, behind everything else -> note_page_image
    note_page_image (the picture, and the edit that it owes: ONE transaction) -> correct.py edits

A subscription that does not follow its feed's corrections gets them too: a picture is no word of the publisher's, and
who wants none of pages says so (`page_images`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.feeds.links import site_of
from bot.model import StoredEntry
from bot.ports import Fetcher, LatePictureStore, SteadyClock
from bot.work.deliver import NOTHING_TO_DO
from bot.work.pages import Pages
from bot.work.rests import Rests

AT_ONCE = 50  # pages asked at a time, one of each host
LOOKED_AT = 500  # of those awaited: many may be of few hosts
AGAIN = timedelta(seconds=30)  # until a page is tried again that could not be asked, or whose answer was not kept


class LatePictures:
    """The service that asks for them."""

    name = "late pictures"

    def __init__(
        self, store: LatePictureStore, pages: Pages, way: Fetcher, clock: SteadyClock, *, wake: Callable[[], None]
    ) -> None:
        """`way` lets everybody else who wants something of a host go first."""
        self._store, self._pages, self._way, self._wake = store, pages, way, wake
        self._asked: dict[str, asyncio.Task[None]] = {}  # by host
        self._tried = Rests(clock.monotonic, after=1, first=AGAIN, longest=timedelta(hours=1))

    async def step(self, now: datetime) -> datetime:
        """Begins to ask what pages it may; returns when others may be asked, if nothing wakes it before."""
        awaited = await self._store.awaited_pictures(now, LOOKED_AT)
        for stored in awaited:
            if len(self._asked) < AT_ONCE and not self._tried.resting(stored.id):
                self._ask(stored)
        return now + (AGAIN if awaited else NOTHING_TO_DO)

    async def finish(self) -> None:
        """Nothing is waited for: what is missing is on disk, and Pages.close ends the looks."""

    def _ask(self, stored: StoredEntry) -> None:
        host = site_of(stored.entry.url or "")
        look = None if host in self._asked else self._pages.look(stored, self._way)
        if look is not None:
            self._tried.useless(stored.id)
            self._asked[host] = look[1]
            look[1].add_done_callback(lambda _: self._ended(host))

    def _ended(self, host: str) -> None:
        del self._asked[host]
        self._wake()
