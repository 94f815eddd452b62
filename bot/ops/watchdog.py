"""Notices that work is at hand and nothing moves: the one failure that no exception tells of.

discord.py can hang for ever after a cancelled global rate limit, while the gateway looks healthy. Ending the process
is the cure, and safe: what is owed is on disk, and the next start sends it under the same nonce.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

CHECK_EVERY = timedelta(seconds=5)

# Longer than any wait that Discord asks of a message's route, so that a stall is no rate limit.
PATIENCE = timedelta(minutes=5)


class Timer(Protocol):
    """Lengths of time, for waiting."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None: ...


@dataclass(slots=True)
class _Watched:
    progress: Callable[[], int]
    busy: Callable[[], bool]
    patience_seconds: float
    last: int | None = None  # None: idle, or not looked at yet
    since: float = 0.0


class Watchdog:
    """Watches counters that must grow while there is work. It judges; what follows is the caller's decision."""

    def __init__(self) -> None:
        self._watched: dict[str, _Watched] = {}
        self._looked_at: float | None = None

    def watch(
        self,
        name: str,
        progress: Callable[[], int],
        *,
        busy: Callable[[], bool] = lambda: True,
        patience: timedelta = PATIENCE,
    ) -> None:
        """`progress` is any number that changes whenever something moves; `busy` whether anything should."""
        self._watched[name] = _Watched(progress, busy, patience.total_seconds())

    def stalled(self, now: float) -> list[str]:
        """Names of what was busy for its whole patience without progress. Call often; `now` in monotonic seconds.

        After a gap in the calls (the process was stopped, the loop was blocked) everything gets its patience anew:
        nothing could move while nothing ran.
        """
        gap = self._looked_at is not None and now - self._looked_at > 6 * CHECK_EVERY.total_seconds()
        self._looked_at = now
        return [name for name, watched in self._watched.items() if _is_stalled(watched, now, start_anew=gap)]

    async def run(
        self,
        clock: Timer,
        on_stall: Callable[[list[str]], None],
        *,
        loop_lag: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Looks every 5 s until something stalls, tells `on_stall` once, and ends. `loop_lag` gets seconds."""
        while True:
            due = clock.monotonic() + CHECK_EVERY.total_seconds()
            await clock.sleep(CHECK_EVERY.total_seconds())
            now = clock.monotonic()
            loop_lag(now - due)
            if names := self.stalled(now):
                on_stall(names)
                return


def _is_stalled(watched: _Watched, now: float, *, start_anew: bool) -> bool:
    if not watched.busy():
        watched.last = None
        return False
    progress = watched.progress()
    if start_anew or progress != watched.last:
        watched.last, watched.since = progress, now
        return False
    return now - watched.since >= watched.patience_seconds
