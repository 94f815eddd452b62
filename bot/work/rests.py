"""Who is left alone for a while after answers that were of no use: in memory, for a restart may ask again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

MOST_REMEMBERED = 10_000

Name = str | int


class Rests:
    """Counts useless answers in a row by name; from `after` of them on, the name rests, each time twice as long."""

    def __init__(self, monotonic: Callable[[], float], *, after: int, first: timedelta, longest: timedelta) -> None:
        self._monotonic, self._after = monotonic, after
        self._first, self._longest = first.total_seconds(), longest.total_seconds()
        self._useless: OrderedDict[Name, tuple[int, float]] = OrderedDict()  # how many, and when its rest ends

    def resting(self, name: Name) -> bool:
        return self._monotonic() < self._useless.get(name, (0, float("-inf")))[1]

    def useful(self, name: Name) -> None:
        """What was before is forgotten."""
        self._useless.pop(name, None)

    def useless(self, name: Name) -> None:
        """One more."""
        count = self._useless.pop(name, (0, 0.0))[0] + 1
        doubled = self._first * 2 ** min(count - self._after, 30) if count >= self._after else 0.0
        self._useless[name] = (count, self._monotonic() + min(doubled, self._longest))
        if len(self._useless) > MOST_REMEMBERED:
            self._useless.popitem(last=False)
