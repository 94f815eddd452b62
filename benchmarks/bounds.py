"""The best that could be done: by one who knows how often a history brings entries at any time, with as many requests.

Ratios to a fixed interval with as many requests, as in cadence.py. Without a rhythm all three are 1: N requests find
within m after they appeared at most the entries of N x m of the time, and a fixed interval finds just those, so that
no schedule has a smaller median; and unequal intervals only add to the mean.

They are of schedules made in advance. Who also stops asking when the only entry of a day has come, or asks more in a
burst, may do better yet; where entries do not depend on each other (news, a planet, by chance) nobody can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt

LEAST = 1.0  # minute between requests, as in cadence.LIMITS
CLOSE, NEVER = 0.001, 1e-12


@dataclass(frozen=True)
class Best:
    """`median` and `mean` are by two schedules, each the best for one of them; `root` is the median of the second.

    Only `median` heeds that requests are a minute apart at least; of timers, which need it, the others are too good.
    The best median is bought with half the entries: nobody asks for them. So it is a bound, and no aim.
    """

    median: float
    root: float
    mean: float


def best(rates: Sequence[float], cell: float, requests: float) -> Best:
    """`rates` are of cells of so many minutes, in any unit."""
    total = sum(rates)
    shares = sorted((rate / total for rate in rates if rate > total * NEVER), reverse=True)
    interval = len(rates) * cell / requests
    roots = sum(map(sqrt, shares))
    return Best(
        median=_least_median(shares, cell, requests) / (interval / 2),
        root=_median_by_root(shares, roots * cell / requests) / (interval / 2),
        mean=roots**2 / len(rates),
    )


def _least_median(shares: Sequence[float], cell: float, requests: float) -> float:
    """The shortest time in which half the entries can be found: each request finds those of so long before it."""
    found = list(accumulate(shares))
    busy = next(number for number, share in enumerate(found, 1) if share >= 0.5 - CLOSE) * cell
    if busy >= requests * LEAST:
        return busy / requests
    # Requests are a minute apart at least, so that shorter delays leave gaps even in the best minutes.
    return LEAST * 0.5 / found[min(int(requests * LEAST / cell), len(found) - 1)]


def _median_by_root(shares: Sequence[float], unit: float) -> float:
    """Of delays when intervals are `unit` by the root of the rate, and any moment of one as likely as another."""
    low, high = 0.0, unit / sqrt(shares[-1])
    while high - low > CLOSE * high:
        delay = (low + high) / 2
        found = sum(share * min(1, delay * sqrt(share) / unit) for share in shares)
        low, high = (delay, high) if found < 0.5 else (low, delay)
    return high
