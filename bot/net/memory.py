"""Keeps the pauses that domains asked for where a restart finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.errors import StoreError
from bot.model import SitePause
from bot.ports import Clock, PauseStore

log = structlog.get_logger(__name__)


class PauseMemory:
    """By the wall clock: a steady one begins anew with each life."""

    def __init__(self, store: PauseStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def load(self) -> Sequence[tuple[str, timedelta, timedelta]]:
        """Domain, how long its pause still is, and what the next one doubles."""
        now = self._clock.now()
        return [(one.domain, one.until - now, one.length) for one in await self._store.site_pauses(now)]

    async def keep(self, domain: str, left: timedelta, length: timedelta) -> None:
        """Manners are kept without a disk too, if only until the end of this life."""
        try:
            await self._store.save_site_pause(SitePause(domain, self._clock.now() + left, length))
        except StoreError as error:
            log.warning("pause not kept", reason=str(error))
