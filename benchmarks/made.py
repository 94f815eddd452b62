"""Made histories of known kinds: what a feed of that kind publishes, and when."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, pi

BEGIN = datetime(2025, 3, 3, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """`times` are when entries appeared, oldest first, `dates` what they say of it; delays count after `known_for`."""

    times: tuple[datetime, ...]
    dates: tuple[datetime, ...]
    known_for: timedelta


def _made(times: Iterable[datetime], known_for: timedelta, dated: Callable[[datetime], datetime] | None = None) -> Made:
    ordered = tuple(sorted(times))
    return Made(ordered, tuple(map(dated, ordered)) if dated else ordered, known_for)


def _random_times(some: random.Random, an_hour: float, days: float) -> Iterator[datetime]:
    at = BEGIN
    while (at := at + HOUR * some.expovariate(an_hour)) < BEGIN + DAY * days:
        yield at


def _days(count: int, weekend: bool = True) -> Iterator[datetime]:
    days = (BEGIN + DAY * number for number in range(count))
    return (day for day in days if weekend or day.weekday() < 5)


def _hourly(some: random.Random) -> Made:
    minute = some.randrange(60)
    return _made((BEGIN + HOUR * n + MINUTE * (minute + some.gauss(0, 0.7)) for n in range(21 * 24)), DAY * 10)


def _newspaper(some: random.Random) -> Made:
    """Weekdays, a handful in the morning and one or two in the evening."""
    first, evening = some.uniform(4, 9), some.uniform(15, 20)
    times = []
    for day in _days(70, weekend=False):
        times += [day + HOUR * (first + some.random() * 3) for _ in range(some.randint(3, 6))]
        times += [day + HOUR * (evening + some.random()) for _ in range(some.randint(0, 2))]
    return _made(times, DAY * 35)


def _news_site(some: random.Random) -> Made:
    """Dozens a day, most of them by day and in the week."""
    return _made(_by_day(some, some.uniform(20, 60) / 24, 14), DAY * 7)


def _newswire(some: random.Random) -> Made:
    """Thousands a week, at night fewer."""
    return _made(_by_day(some, some.uniform(2_000, 6_000) / 168, 5), DAY * 3)


def _by_day(some: random.Random, an_hour: float, days: float) -> Iterator[datetime]:
    noon, depth, weekend = some.uniform(0, 24), some.uniform(0.4, 0.95), some.uniform(0.3, 1)
    for at in _random_times(some, 2 * an_hour, days):
        share = (1 + depth * cos((at.hour + at.minute / 60 - noon) / 12 * pi)) / 2
        if some.random() < share * (weekend if at.weekday() > 4 else 1):
            yield at


def _office_times(some: random.Random) -> Iterator[datetime]:
    """A company: weekdays between nine and five, now and then."""
    opens, a_day = some.uniform(7, 16), some.uniform(0.4, 3)
    for day in _days(120, weekend=False):
        for _ in range(int(a_day + some.random())):
            yield day + HOUR * (opens + some.random() * 8)


def _office(some: random.Random) -> Made:
    return _made(_office_times(some), DAY * 60)


def _dated_to_the_hour(some: random.Random) -> Made:
    return _made(_office_times(some), DAY * 60, lambda at: at.replace(minute=0, second=0, microsecond=0))


def _dated_to_the_day(some: random.Random) -> Made:
    return _made(_office_times(some), DAY * 60, lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0))


def _back_dated(some: random.Random) -> Made:
    """They wait for an editor, and keep the date on which they were written."""
    return _made(_office_times(some), DAY * 60, lambda at: at - HOUR * some.uniform(1, 40))


def _daily(some: random.Random) -> Made:
    hour = some.uniform(0, 24)
    return _made((day + HOUR * (hour + some.gauss(0, 0.2)) for day in _days(100)), DAY * 50)


def _twice_a_day(some: random.Random) -> Made:
    """Bulletins in the morning and in the evening."""
    hours = some.uniform(3, 10), some.uniform(14, 23)
    return _made((day + HOUR * (hour + some.gauss(0, 0.3)) for day in _days(60) for hour in hours), DAY * 30)


def _weekly(some: random.Random) -> Made:
    at = DAY * some.randrange(7) + HOUR * some.uniform(0, 24)
    return _made((BEGIN + DAY * 7 * week + at + HOUR * some.gauss(0, 1) for week in range(40)), DAY * 140)


def _podcast(some: random.Random) -> Made:
    """Weekly, some a day or two late, some weeks left out, now and then one more."""
    at, times = DAY * some.randrange(7) + HOUR * some.uniform(3, 20), []
    for week in range(70):
        begin = BEGIN + DAY * 7 * week + at + HOUR * some.gauss(0, 0.4)
        late = DAY * some.uniform(0.5, 2.5) if some.random() < 0.15 else timedelta()
        times += [begin + late] if some.random() > 0.08 else []
        times += [begin + DAY * some.uniform(1, 6)] if some.random() < 0.08 else []
    return _made(times, DAY * 245)


def _channel(some: random.Random) -> Made:
    """Videos at one hour of a few weekdays, and odd ones between."""
    days, hour, times = some.sample(range(7), some.randint(2, 4)), some.uniform(12, 22), []
    for day in _days(140):
        if day.weekday() in days and some.random() < 0.85:
            times.append(day + HOUR * (hour + some.choice((0, 0, 0, 1)) + abs(some.gauss(0, 0.1))))
        if some.random() < 0.1:
            times.append(day + HOUR * some.uniform(8, 24))
    return _made(times, DAY * 70)


def _blog_times(some: random.Random, days: int) -> Iterator[datetime]:
    hour, gap = some.uniform(8, 22), some.uniform(6, 25)
    at = BEGIN
    while (at := at + DAY * some.expovariate(1 / gap)) < BEGIN + DAY * days:
        yield at.replace(hour=0) + HOUR * (hour + some.gauss(0, 3))


def _blog(some: random.Random) -> Made:
    """Now and then, when its author is awake."""
    return _made(_blog_times(some, 800), DAY * 400)


def _planet(some: random.Random) -> Made:
    """The posts of many blogs."""
    return _made((at for _ in range(some.randint(8, 40)) for at in _blog_times(some, 120)), DAY * 60)


def _bursts(some: random.Random) -> Made:
    """A release, a conference: many at once, then nothing."""
    times = []
    for begin in _random_times(some, 1 / (24 * some.uniform(3, 9)), 120):
        times += [begin + HOUR * some.expovariate(1.5) for _ in range(some.randint(4, 15))]
    return _made(times, DAY * 60)


def _batches(some: random.Random) -> Made:
    """Built by a timer: every few hours all that is new, in one second."""
    every, minute = some.choice([1, 2, 3, 4, 6, 12]), some.choice([0, 0, 15, 30, 7])
    begins = (BEGIN + HOUR * hour + MINUTE * minute for hour in range(0, 40 * 24, every))
    return _made((at for at in begins for _ in range(max(0, some.randint(-3, 6)))), DAY * 20)


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


def _changes(some: random.Random) -> Made:
    """A new editor: other hours, and more or fewer of them."""
    times = []
    for begin, hours in ((0, some.sample(range(24), 2)), (70, some.sample(range(24), some.randint(1, 5)))):
        for day in _days(70):
            times += [day + DAY * begin + HOUR * (hour + some.random()) for hour in hours if some.random() < 0.8]
    return _made(times, DAY * 60)


def _tires(some: random.Random) -> Made:
    """Several a day at first, each week fewer."""
    kept = (at for at in _random_times(some, 0.3, 140) if some.random() < 0.5 ** ((at - BEGIN) / DAY / 30))
    return _made(kept, DAY * 45)


KINDS: dict[str, Callable[[random.Random], Made]] = {
    "hourly": _hourly,
    "newspaper": _newspaper,
    "news site": _news_site,
    "newswire": _newswire,
    "office hours": _office,
    "dated to the hour": _dated_to_the_hour,
    "dated to the day": _dated_to_the_day,
    "back-dated": _back_dated,
    "daily": _daily,
    "twice a day": _twice_a_day,
    "weekly": _weekly,
    "podcast": _podcast,
    "video channel": _channel,
    "blog": _blog,
    "planet": _planet,
    "bursts": _bursts,
    "batches": _batches,
    "at random": _at_random,
    "silent year": _silent_year,
    "summer time": _summer_time,
    "changes its rhythm": _changes,
    "tires": _tires,
}
