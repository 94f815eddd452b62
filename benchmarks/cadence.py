"""When to ask: a feed's own rhythm against a fixed interval, with the same number of requests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from benchmarks.histories import History, histories
from bot.feeds.cadence import Limits, next_due
from bot.feeds.rhythm import LEARNED_FROM

LIMITS = Limits(default=timedelta(minutes=15), minimum=timedelta(minutes=1), maximum=timedelta(hours=6))
PHASES = 15  # of a fixed interval: how it happens to lie decides much where entries come at a fixed minute
RUNS = 2  # by the rhythm, each with its own chance, for the same reason


@dataclass(frozen=True)
class Trial:
    """What one feed's polls came to: delays in seconds, by its rhythm and at a fixed interval."""

    history: History
    requests: float
    learned: list[float]
    fixed: list[float]

    @property
    def ratio(self) -> float:
        """Of the medians; below 1 the rhythm is better."""
        return median(self.learned) / median(self.fixed)

    @property
    def ratio_of_means(self) -> float:
        return (sum(self.learned) / len(self.learned)) / (sum(self.fixed) / len(self.fixed))


def trial(history: History, salt: int) -> Trial:
    """Polls from `judged_from` to the last entry."""
    runs = [_by_rhythm(history, salt + 1_000 * run) for run in range(RUNS)]
    requests = sum(number for number, _ in runs) / RUNS
    learned = [delay for _, delays in runs for delay in delays]
    interval = (history.times[-1] - history.judged_from) / requests
    some = random.Random(salt)
    fixed: list[float] = []
    for _ in range(PHASES):
        fixed += fixed_delays(history, interval, some.random())
    return Trial(history, requests, learned, fixed)


def _by_rhythm(history: History, salt: int) -> tuple[int, list[float]]:
    now, requests, delays = history.judged_from, 0, []
    known = sum(at <= now for at in history.times)
    while known < len(history.times):
        times = history.times[max(0, known - LEARNED_FROM) : known]
        now = next_due(now=now, interval_limits=LIMITS, entry_times=times, salt=salt)
        requests += 1
        while known < len(history.times) and history.times[known] <= now:
            delays.append((now - history.times[known]).total_seconds())
            known += 1
    return requests, delays


def fixed_delays(history: History, interval: timedelta, phase: float) -> list[float]:
    """Delays in seconds at a fixed interval whose first poll is `phase` of one after `judged_from`."""
    begin = history.judged_from + interval * phase
    return [_until_next(at, begin, interval) for at in history.times if at > history.judged_from]


def _until_next(at: datetime, begin: datetime, interval: timedelta) -> float:
    return ((begin - at) % interval).total_seconds()


def _pooled(trials: Sequence[Trial]) -> float:
    """Median delay over all entries by rhythm, against one interval for all feeds with as many requests in all."""
    time = sum((one.history.times[-1] - one.history.judged_from for one in trials), timedelta())
    interval = time / sum(one.requests for one in trials)
    fixed = [
        delay
        for one in trials
        for phase in range(PHASES)
        for delay in fixed_delays(one.history, interval, phase / PHASES)
    ]
    return median(delay for one in trials for delay in one.learned) / median(fixed)


def middle_of(trials: Sequence[Trial]) -> float:
    return median(one.ratio for one in trials)


def run() -> list[tuple[str, str]]:
    """Rows of (what, result), of the half that cadence was not tuned on."""
    judged = [trial(history, salt) for salt, history in enumerate(histories(), 1) if not history.tuning]
    worst = max(judged, key=lambda one: one.ratio)
    of_means = max(judged, key=lambda one: one.ratio_of_means)
    silent = [one for one in judged if one.history.kind == "silent year"]
    rows = [
        ("histories judged (as many were used for tuning)", f"{len(judged)}"),
        ("median delay of all entries / one fixed interval for all feeds, as many requests", f"{_pooled(judged):.2f}"),
        ("of each feed / a fixed interval with its number of requests: middle feed", f"{middle_of(judged):.2f}"),
        ("the same, worst feed", f"{worst.ratio:.2f} ({worst.history.kind})"),
        ("the same of mean delays, worst feed", f"{of_means.ratio_of_means:.2f} ({of_means.history.kind})"),
    ]
    for kind in dict.fromkeys(one.history.kind for one in judged):
        those = [one for one in judged if one.history.kind == kind]
        middle, last = median(one.ratio for one in those), max(one.ratio for one in those)
        rows.append((f"  {kind} ({len(those)}): middle feed, worst feed", f"{middle:.2f}  {last:.2f}"))
    hours = [(one.history.times[-1] - one.history.judged_from) / timedelta(hours=1) / one.requests for one in silent]
    rows.append(("a feed silent for a year: hours between requests", f"{median(hours):.1f}"))
    return rows


if __name__ == "__main__":
    for what, result in run():
        print(f"{what:90} {result}")
