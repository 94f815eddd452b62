"""The measured promise in small: far sooner than a fixed interval where there is a rhythm, never much later."""

from __future__ import annotations

import random

import pytest

from benchmarks.cadence import trial
from benchmarks.histories import History
from benchmarks.made import BEGIN, KINDS


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
