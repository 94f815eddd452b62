"""How often somebody may search: a search costs some 20 ms of a core, and the feeds need that core too."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bot.errors import QuotaReached

WINDOW = timedelta(minutes=1)
A_MEMBER, A_GUILD = 20, 200
MOST_KEPT = 10_000


class SearchPace:
    """Counts in memory: a restart forgives everybody, and forgets nobody's data."""

    def __init__(self, *, member: int = A_MEMBER, guild: int = A_GUILD) -> None:
        """The most in any minute, for one member of a guild and for all of them together."""
        self._member, self._guild = member, guild
        self._taken: dict[tuple[int, int], deque[datetime]] = {}

    def take(self, guild_id: int, user_id: int, now: datetime) -> None:
        """Counts one search. Raises QuotaReached, which says how long to wait, and counts nothing then."""
        mine, ours = self._times((guild_id, user_id), self._member), self._times((guild_id, 0), self._guild)
        if wait := _wait(mine, now):
            raise QuotaReached(f"That is {self._member} searches in a minute. Try again in {_seconds(wait)}.")
        if wait := _wait(ours, now):
            raise QuotaReached(f"This server searches a lot at the moment. Try again in {_seconds(wait)}.")
        mine.append(now)
        ours.append(now)
        if len(self._taken) > MOST_KEPT:
            self._forget(now)

    def _times(self, key: tuple[int, int], most: int) -> deque[datetime]:
        return self._taken.setdefault(key, deque(maxlen=most))

    def _forget(self, now: datetime) -> None:
        """Lets go of whom nothing counts against any more."""
        for key, times in list(self._taken.items()):
            if not times or not _counts(times[-1], now):
                del self._taken[key]


def _wait(times: deque[datetime], now: datetime) -> timedelta:
    """Until the oldest of a full row is a minute old; zero if there is room."""
    if len(times) < (times.maxlen or 0) or not _counts(times[0], now):
        return timedelta(0)
    return times[0] + WINDOW - now


def _counts(taken: datetime, now: datetime) -> bool:
    # A clock that was set back must not shut anybody out until it has caught up.
    return timedelta(0) <= now - taken < WINDOW


def _seconds(wait: timedelta) -> str:
    count = max(1, round(wait.total_seconds()))
    return f"{count} second{'' if count == 1 else 's'}"
