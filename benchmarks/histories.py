"""When feeds publish: histories to try a cadence on, real ones (the dates in real feeds) and made ones of known kinds.

Each half holds every kind. Cadence is tuned on the histories of one half only; figures are of the other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import ParseError
from bot.feeds.parse import parse
from tests.feeds.corpus import WHERE, real_feeds

BEGIN = datetime(2025, 3, 3, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_EACH_KIND = 12
LEAST_REAL = 20  # dated entries over LEAST_SPAN, or there is nothing to learn and then to judge by
LEAST_SPAN = timedelta(days=4)


@dataclass(frozen=True)
class History:
    """`times` are when entries appeared, oldest first; from `judged_from` on delays are counted."""

    kind: str
    times: tuple[datetime, ...]
    judged_from: datetime
    tuning: bool  # of the half that cadence was tuned on


def histories() -> list[History]:
    """Real and made ones, in turns of one half and the other."""
    made = [
        History(kind, times, judged_from, number % 2 == 0)
        for kind, make in KINDS.items()
        for number in range(OF_EACH_KIND)
        for times, judged_from in [make(random.Random(f"{kind} {number}"))]
    ]
    return [*made, *_real()]


Made = tuple[tuple[datetime, ...], datetime]


def _made(times: Iterator[datetime] | list[datetime], judged_after: timedelta) -> Made:
    return tuple(sorted(times)), BEGIN + judged_after


def _random_times(some: random.Random, an_hour: float, days: float) -> Iterator[datetime]:
    at = BEGIN
    while (at := at + HOUR * some.expovariate(an_hour)) < BEGIN + DAY * days:
        yield at


def _hourly(some: random.Random) -> Made:
    minute = some.randrange(60)
    times = [BEGIN + HOUR * n + timedelta(minutes=minute, seconds=some.gauss(0, 40)) for n in range(21 * 24)]
    return _made(times, DAY * 10)


def _newspaper(some: random.Random) -> Made:
    """Weekdays, a handful in the morning and one or two in the evening."""
    first, evening = some.uniform(4, 9), some.uniform(15, 20)
    times = []
    for day in range(70):
        begin = BEGIN + DAY * day
        if begin.weekday() < 5:
            times += [begin + HOUR * (first + some.random() * 3) for _ in range(some.randint(3, 6))]
            times += [begin + HOUR * (evening + some.random()) for _ in range(some.randint(0, 2))]
    return _made(times, DAY * 35)


def _office(some: random.Random) -> Made:
    """A company: weekdays between nine and five, now and then."""
    opens, a_day = some.uniform(7, 16), some.uniform(0.4, 3)
    days = [BEGIN + DAY * day for day in range(120)]
    times = [
        day + HOUR * (opens + some.random() * 8)
        for day in days
        if day.weekday() < 5
        for _ in range(int(a_day + some.random()))
    ]
    return _made(times, DAY * 60)


def _daily(some: random.Random) -> Made:
    hour = some.uniform(0, 24)
    return _made([BEGIN + DAY * day + HOUR * (hour + some.gauss(0, 0.2)) for day in range(100)], DAY * 50)


def _weekly(some: random.Random) -> Made:
    at = DAY * some.randrange(7) + HOUR * some.uniform(0, 24)
    return _made([BEGIN + DAY * 7 * week + at + HOUR * some.gauss(0, 1) for week in range(40)], DAY * 140)


def _bursts(some: random.Random) -> Made:
    """A release, a conference: many at once, then nothing."""
    times = []
    for begin in _random_times(some, 1 / (24 * some.uniform(3, 9)), 120):
        times += [begin + HOUR * some.expovariate(1.5) for _ in range(some.randint(4, 15))]
    return _made(times, DAY * 60)


def _at_random(some: random.Random) -> Made:
    """No rhythm at all: nothing can be learned but how many come."""
    days = some.choice([10, 40, 200])
    return _made(_random_times(some, 120 / (days * 24), days), timedelta(days=days / 2))


def _silent_year(some: random.Random) -> Made:
    """Two a day for a month, a year of nothing, and back."""
    times = list(_random_times(some, 2 / 24, 30))
    times += [at + DAY * 365 for at in _random_times(some, 2 / 24, 30)]
    return _made(times, DAY * 35)


def _summer_time(some: random.Random) -> Made:
    """Every day at one local hour, which becomes another in UTC half way."""
    hour = some.uniform(2, 22)
    times = [BEGIN + DAY * day + HOUR * (hour - (day >= 70) + some.gauss(0, 0.1)) for day in range(100)]
    return _made(times, DAY * 60)


KINDS: dict[str, Callable[[random.Random], Made]] = {
    "hourly": _hourly,
    "newspaper": _newspaper,
    "office hours": _office,
    "daily": _daily,
    "weekly": _weekly,
    "bursts": _bursts,
    "at random": _at_random,
    "silent year": _silent_year,
    "summer time": _summer_time,
}


def _real() -> Iterator[History]:
    number = 0
    for feed in real_feeds():
        try:
            items = parse(feed.body, url=WHERE).items
        except ParseError:
            continue
        times = tuple(sorted({item.published_at for item in items if item.published_at}))
        if len(times) >= LEAST_REAL and times[-1] - times[0] >= LEAST_SPAN:
            number += 1
            yield History("real", times, times[len(times) // 2], number % 2 == 0)
