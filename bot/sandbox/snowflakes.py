"""Discord's identifiers: the time in the upper 42 bits, a counter below (reference: Snowflakes)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
TIME_SHIFT = 22  # worker, process and increment are below


class Clock(Protocol):
    """Whoever can tell the time; tests hand in one that stands still."""

    def now(self) -> datetime:
        """Aware, UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Snowflakes:
    """Gives identifiers that only grow, also when the clock stands still or goes back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        self._last = max(self._last + 1, at(self._clock.now()))
        return self._last

    def skip_past(self, identifier: int) -> None:
        """Nothing given from here on is at or below `identifier` (for a state read from a file)."""
        self._last = max(self._last, identifier)


def at(moment: datetime) -> int:
    """The smallest identifier of that millisecond."""
    return ((moment - DISCORD_EPOCH) // timedelta(milliseconds=1)) << TIME_SHIFT


def created_at(identifier: int) -> datetime:
    """When it was given out, to the millisecond."""
    return DISCORD_EPOCH + timedelta(milliseconds=identifier >> TIME_SHIFT)
