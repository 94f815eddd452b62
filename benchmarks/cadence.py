"""When to ask: a feed's own rhythm against a fixed interval, with the same number of requests.

The figures are of the judged half of the histories. Everything was tuned and diagnosed on the other half. The made
histories of this judged half were drawn anew (new seeds) after an earlier one had been looked at, and were looked at
once, when all was done. The real ones are too few to be drawn anew: their judged half (by a hash of their names) had
been looked at twice before, when an earlier way to learn was done and when polls were spread more widely.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from statistics import fmean, median

from benchmarks.bounds import Best, best
from benchmarks.histories import History, histories
from benchmarks.made import MINUTE
from bot.feeds.cadence import Limits, next_due
from bot.feeds.rhythm import appeared
from bot.model import Entry

LIMITS = Limits(default=timedelta(minutes=15), minimum=timedelta(minutes=1), maximum=timedelta(hours=6))
ROUNDS = 3
PHASES, ENOUGH = (2, 27), 330  # in a round an entry is found so often, at least and at most; so many delays are enough
LONG = 30 * 24 * 60  # minutes; there five of them are near enough
BACK = 3  # polls
BOUNDS = ("root", "median", "mean")  # of Best


@dataclass(frozen=True)
class Trial:
    """What the polls of one history came to, by its rhythm: the delays of each entry, in seconds."""

    kind: str
    span: timedelta
    requests: float
    woke: int  # the first of the entries after the longest silence
    found: list[list[float]]
    best: Best | None  # None where nobody knows

    @property
    def delays(self) -> list[float]:
        return [delay for delays in self.found for delay in delays]

    @property
    def interval(self) -> float:
        """Of as many requests at a fixed interval. Wherever it begins, it finds half the entries in half of itself."""
        return self.span.total_seconds() / self.requests

    @property
    def ratio(self) -> float:
        """Of the median delays; below 1 the rhythm is better."""
        return median(self.delays) / (self.interval / 2)

    @property
    def ratio_of_means(self) -> float:
        return fmean(self.delays) / (self.interval / 2)


@dataclass(frozen=True, slots=True)
class _State:
    """After a poll at `now`: how many entries are known, and the times that were learned of them."""

    now: datetime
    known: int
    times: tuple[datetime, ...]


def trial(history: History, salt: int = 0) -> Trial:
    """Polls from `judged_from` to the last entry.

    How the polls happen to lie about an entry decides more than the rhythm does, so each entry is found several times:
    the polls are taken back a few, and begin again at another place in the interval. Else the few dozen delays of a
    history are too few for their median: even polls against a fixed interval came out at 0.85 to 1.15. And all of it
    is done in several rounds, as feeds of other numbers, whose polls are spread in other ways: one round is up to 0.04
    off their mean.
    """
    state = _begin(history)
    first = state.known
    found: list[list[float]] = [[] for _ in history.times[first:]]
    requests = sum(_round(history, state, salt * ROUNDS + number, found) for number in range(ROUNDS)) / ROUNDS
    gaps = [later - earlier for earlier, later in pairwise(history.times[first - 1 :])]
    span = history.times[-1] - history.judged_from
    return Trial(history.kind, span, requests, gaps.index(max(gaps)), found, _best(history, requests))


def _round(history: History, state: _State, salt: int, found: list[list[float]]) -> int:
    """Adds to the delays `found`; how many requests it took."""
    first = state.known
    phases = min(max(ENOUGH // len(found), PHASES[0]), PHASES[1])
    states, requests = deque([state], maxlen=BACK), 0
    while state.known < len(history.times):
        state, before = _poll(history, state, salt), state
        requests += 1
        fresh = range(before.known, state.known)
        for phase in range(phases if fresh else 0):
            for number, delay in _again(history, states[0], fresh, salt + phase, phase / phases):
                found[number - first].append(delay)
        states.append(state)
    return requests


def _best(history: History, requests: float) -> Best | None:
    rate = history.rate
    if rate is None:
        return None
    span = (history.times[-1] - history.judged_from) / MINUTE
    cell = 1 if span < LONG else 5
    rates = [rate(history.judged_from + MINUTE * cell * (number + 0.5)) for number in range(int(span / cell))]
    return best(rates, cell, requests)


def _begin(history: History) -> _State:
    known = sum(at <= history.judged_from for at in history.times)
    times = appeared((), _entries(history, range(known)), last_poll=None, now=history.judged_from)
    return _State(history.judged_from, known, times)


def _poll(history: History, state: _State, salt: int, share: float = 1) -> _State:
    """After the next poll, or one a share of the way to it."""
    due = next_due(now=state.now, interval_limits=LIMITS, entry_times=state.times, salt=salt)
    now = state.now + (due - state.now) * share
    known = bisect_right(history.times, now)
    if known == state.known:
        return _State(now, known, state.times)
    fresh = _entries(history, range(state.known, known))
    return _State(now, known, appeared(state.times, fresh, last_poll=state.now, now=now))


def _again(history: History, state: _State, wanted: range, salt: int, place: float) -> Iterator[tuple[int, float]]:
    """(number, delay) of the wanted entries if the first poll comes at another place."""
    share = place
    while state.known < wanted.stop:
        state, before = _poll(history, state, salt, share), state
        share = 1
        for number in range(max(before.known, wanted.start), min(state.known, wanted.stop)):
            yield number, (state.now - history.times[number]).total_seconds()


def _entries(history: History, which: range) -> list[Entry]:
    return [Entry(guid=None, published_at=history.dates[number]) for number in which]


def _pooled(trials: Sequence[Trial]) -> float:
    """Median delay over all entries by rhythm, against one interval for all feeds with as many requests in all."""
    interval = sum(one.span.total_seconds() for one in trials) / sum(one.requests for one in trials)
    weighted = sorted((delay, 1 / len(delays)) for one in trials for delays in one.found for delay in delays)
    passed = list(accumulate(weight for _, weight in weighted))
    middle, _ = weighted[bisect_left(passed, passed[-1] / 2)]
    return middle / (interval / 2)


def trials(those: Sequence[History]) -> list[Trial]:
    """Of each history, on all processors."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(trial, those, range(1, len(those) + 1), chunksize=4))


def run() -> list[tuple[str, str]]:
    """Rows of (what, result), of the half that cadence was not tuned on."""
    return rows(trials(histories("judged")))


def rows(judged: Sequence[Trial]) -> list[tuple[str, str]]:
    """What the trials come to together, and each kind of history by itself."""
    middle, worst = _middle_and_worst(judged)
    of_means = max(judged, key=lambda one: one.ratio_of_means)
    kinds = {kind: [one for one in judged if one.kind == kind] for kind in dict.fromkeys(one.kind for one in judged)}
    return [
        ("histories judged", f"{len(judged)}"),
        ("median delay of all entries / one fixed interval for all feeds, as many requests", f"{_pooled(judged):.2f}"),
        ("of each feed / a fixed interval with its number of requests: middle feed", f"{middle:.2f}"),
        ("the same, worst feed", f"{worst.ratio:.2f} ({worst.kind})"),
        ("the same of mean delays, worst feed", f"{of_means.ratio_of_means:.2f} ({of_means.kind})"),
        (
            "medians: middle feed, worst feed, by the root of a known rate, least possible; means: least, middle",
            "middle worst  root least  least  mean",
        ),
        *(_row(kind, those) for kind, those in kinds.items()),
        *_silence(kinds["silent year"]),
    ]


def _row(kind: str, those: Sequence[Trial]) -> tuple[str, str]:
    middle, worst = _middle_and_worst(those)
    known = [one.best for one in those if one.best is not None]
    bounds = [f"{median(getattr(one, name) for one in known):.2f}" if known else "   -" for name in BOUNDS]
    mean = f"{median(one.ratio_of_means for one in those):.2f}"
    return f"  {kind} ({len(those)})", "  ".join((f"{middle:.2f}", f"{worst.ratio:.2f}", *bounds, mean))


def _middle_and_worst(those: Sequence[Trial]) -> tuple[float, Trial]:
    return median(one.ratio for one in those), max(those, key=lambda one: one.ratio)


def _silence(those: Sequence[Trial]) -> Iterator[tuple[str, str]]:
    hours = median(one.interval / 3600 for one in those)
    yield "a feed silent for a year: hours between requests", f"{hours:.1f}"
    minutes = [median(delay / 60 for one in those for delay in one.found[one.woke + nth]) for nth in (0, 1, 5)]
    yield (
        "when it wakes: its first, second and sixth entry are seen after minutes",
        "  ".join(f"{one:.0f}" for one in minutes),
    )
