"""After a sleep every feed is due at once: how many of the late ones may start now."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.model import Feed

LATE = timedelta(minutes=2)  # in an ordinary run no feed is
LATE_STARTS_A_SECOND = 100  # as many as 90,000 feeds need at the default interval


class Starts:
    """Lets feeds that are due in time start at once, and late ones LATE_STARTS_A_SECOND at most."""

    def __init__(self) -> None:
        self._left = float(LATE_STARTS_A_SECOND)
        self._asked_at: datetime | None = None

    def may_start(self, feed: Feed, now: datetime) -> bool:
        """Takes the feed's turn, if there is one."""
        if feed.next_due_at is None or now - feed.next_due_at < LATE:
            return True
        self._refill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _refill(self, now: datetime) -> None:
        passed = (now - self._asked_at).total_seconds() if self._asked_at else 0.0
        self._asked_at = now
        self._left = min(self._left + max(passed, 0.0) * LATE_STARTS_A_SECOND, LATE_STARTS_A_SECOND)
