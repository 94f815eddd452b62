"""The measured promise in small: far sooner than a fixed interval where there is a rhythm, never much later."""

from __future__ import annotations

import random
from bisect import bisect_left
from itertools import accumulate

import pytest

from benchmarks.bounds import best
from benchmarks.cadence import trial
from benchmarks.histories import History
from benchmarks.made import BEGIN, KINDS, MINUTE


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("weekly", 0.3),
        ("daily", 0.3),
        ("podcast", 0.4),
        ("office hours", 0.6),
        ("dated to the day", 1.0),
        ("at random", 1.1),
    ],
)
def test_with_as_many_requests_as_a_fixed_interval(kind: str, most: float) -> None:
    made = KINDS[kind](random.Random(f"{kind}, small"))
    done = trial(History(kind, made.times, made.dates, BEGIN + made.known_for))
    assert done.ratio < most
    assert done.ratio_of_means < 1.15


def test_without_a_rhythm_nobody_does_better_than_a_fixed_interval() -> None:
    known = best([3.0] * 10_000, cell=5, requests=700)
    assert (known.median, known.root, known.mean) == pytest.approx((1, 1, 1), rel=0.01)


def test_half_the_entries_in_an_eighth_of_the_time_allow_a_quarter_of_the_delay() -> None:
    """Half in an eighth, so seven times as dense there as in the rest."""
    known = best([7.0] * 1_000 + [1.0] * 7_000, cell=5, requests=100)
    assert known.median == pytest.approx(0.25, rel=0.01)
    assert known.median < known.root < 1


@pytest.mark.parametrize("kind", ["news site", "planet", "tires", "daily", "podcast", "video channel"])
def test_half_the_entries_come_when_the_rate_says_so(kind: str) -> None:
    busy = []
    for seed in range(8):
        made = KINDS[kind](random.Random(seed))
        assert made.rate is not None
        minutes = (made.times[-1] - BEGIN) // MINUTE
        rates = sorted((made.rate(BEGIN + 10 * MINUTE * number) for number in range(minutes // 10)), reverse=True)
        half = list(accumulate(rates))
        middle = rates[bisect_left(half, half[-1] / 2)]
        busy += [made.rate(at) > middle for at in made.times]
    assert 0.4 < sum(busy) / len(busy) < 0.6
