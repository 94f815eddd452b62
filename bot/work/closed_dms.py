"""Members whose DMs are closed to Herald: what they are owed waits, they are told where they can be, and decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.ports import ClosedDmStore

MOST_REMEMBERED = 10_000


class ClosedDms:
    """Tells once of each refusal; a restart may tell a second time."""

    def __init__(self, store: ClosedDmStore, *, delivered: Callable[[], None] = lambda: None) -> None:
        """`delivered` is called when something that waited may be sent again."""
        self._store, self._delivered = store, delivered
        self._told: dict[int, datetime] = {}

    async def news_for(self, user_id: int) -> int | None:
        """How many alerts wait for the member, if they have not been told since the last refusal; else None."""
        holds, waiting = await self._store.closed_dms(user_id)
        if not holds:
            self._told.pop(user_id, None)
            return None
        last = max(hold.since for hold in holds)
        if self._told.get(user_id) == last:
            return None
        self._told[user_id] = last
        if len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
        return waiting

    async def try_again(self, user_id: int) -> bool:
        """What waits for the member is due now. False if nothing is held back."""
        holds, _ = await self._store.closed_dms(user_id)
        for hold in holds:
            await self._store.clear_hold(hold.destination)
        if holds:
            self._delivered()
        return bool(holds)
