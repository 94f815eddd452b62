"""The one Store: PollStore, Outbox, GuildStore and SearchStore of bot.ports, over one database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import DatabaseInUse
from bot.store.backend import Backend
from bot.store.backlog import Backlogs
from bot.store.closed_dms import ClosedDms
from bot.store.corrections import MessageCorrections
from bot.store.database import Database
from bot.store.digests import Digests
from bot.store.fates import Fates
from bot.store.feeds import Feeds
from bot.store.guilds import Guilds
from bot.store.holds import Holds
from bot.store.keywords import Keywords
from bot.store.late_pictures import LatePictures
from bot.store.migrate import migrate, require_current
from bot.store.moves import Moves
from bot.store.outbox import Postings
from bot.store.page_images import PageImages
from bot.store.pauses import SitePauses
from bot.store.polls import Polls
from bot.store.privacy import Privacy
from bot.store.reissues import Reissues
from bot.store.retention import Retention
from bot.store.search import Searches
from bot.store.starts import Starts
from bot.store.subscriptions import Subscriptions
from bot.store.times import Times
from bot.store.troubles import Troubles
from bot.store.urls import backend_of
from bot.store.websub import Pushes


class Store(
    Polls,
    SitePauses,
    Troubles,
    Moves,
    Pushes,
    Postings,
    MessageCorrections,
    Holds,
    Reissues,
    ClosedDms,
    Feeds,
    Subscriptions,
    Fates,
    Keywords,
    Digests,
    Privacy,
    Guilds,
    Searches,
    PageImages,
    LatePictures,
    Retention,
    Starts,
    Times,
    Backlogs,
):
    """Made by `open`; `async with` closes it."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Database(*backend.engines(), backend.index))
        self._backend = backend

    @classmethod
    async def open(cls, url: str, *, alone: bool = True) -> Self:
        """Makes or migrates the database first. Raises SetupError: what is wrong, and what to do.

        `alone` False looks in beside a running Herald (search, backup), and makes nothing: never poll or lease with it.
        """
        backend = backend_of(url)
        if not alone:
            await require_current(url)
            return cls(backend)
        try:
            await backend.take()
            await migrate(url)
            await asyncio.to_thread(backend.check)
        except BaseException:
            await backend.release()
            raise
        return cls(backend)

    def when_taken(self, stop: Callable[[DatabaseInUse], None]) -> None:
        """Has it called if another Herald works with the database now: nothing can be written here any more."""
        self._database.taken = stop

    async def close(self) -> None:
        """What is running ends first."""
        await self._database.close()
        await self._backend.release()

    async def backup(self, target: Path) -> None:
        """A consistent copy while all goes on. Raises StoreError, and SetupError if this kind of database has none."""
        await self._backend.backup(target)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()
