"""Domains that said 429 (too many requests) and are left in peace for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import TOO_MANY_REQUESTS, NotAsked
from bot.net.turns import Timer

MOST_REMEMBERED = 10_000  # domains that said 429; each is some hundred bytes
# For a 429 that names no time: Reddit lets one request a minute through; each further 429 doubles it.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_UNASKED_PAUSE = timedelta(hours=6)


@dataclass(slots=True)
class _Pause:
    """A registrable domain that said 429. `length` is what the next one without a time of its own doubles."""

    until: float
    length: timedelta


class Pauses:
    """By registrable domain."""

    def __init__(self, clock: Timer) -> None:
        self._clock = clock
        self._pauses: OrderedDict[str, _Pause] = OrderedDict()

    def __len__(self) -> int:
        """Domains that are remembered."""
        return len(self._pauses)

    def left(self, domain: str) -> float:
        """Seconds; 0 if it may be asked."""
        pause = self._pauses.get(domain)
        return max(0.0, pause.until - self._clock.monotonic()) if pause else 0.0

    def refuse(self, url: str, domain: str) -> None:
        """Raises NotAsked while the domain pauses, with the time that is left."""
        left = self.left(domain)
        if left > 0:
            reason = "the site asked for fewer requests; its pause is not over"
            raise NotAsked(url, reason, status=TOO_MANY_REQUESTS, retry_after=timedelta(seconds=left))

    def begin(self, domain: str, asked: timedelta | None) -> tuple[timedelta, timedelta]:
        """It said 429, and how long it wants peace, if it said that. Never ends a pause early.

        Returns how long the pause is, and what the next one doubles.
        """
        now = self._clock.monotonic()
        former = self._pauses.pop(domain, None)
        length = min(former.length * 2, LONGEST_UNASKED_PAUSE) if former else FIRST_PAUSE
        wait = asked if asked else length
        until = max(now + wait.total_seconds(), former.until if former else 0.0)
        self._pauses[domain] = _Pause(until=until, length=length)
        while len(self._pauses) > MOST_REMEMBERED:
            self._pauses.popitem(last=False)
        return timedelta(seconds=until - now), length

    def restore(self, domain: str, left: timedelta, length: timedelta) -> None:
        """One of an earlier life."""
        self._pauses[domain] = _Pause(until=self._clock.monotonic() + left.total_seconds(), length=length)

    def end(self, domain: str) -> None:
        """The domain serves again. A request that began before the 429 and ends after it says nothing about that."""
        pause = self._pauses.get(domain)
        if pause is not None and pause.until <= self._clock.monotonic():
            del self._pauses[domain]
