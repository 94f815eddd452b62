"""Made histories of known kinds: what a feed of that kind publishes, and when.

Each says also how its entries are spread on average: its rate, by which bounds.py tells the best that can be done.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, exp, log, pi, sqrt

BEGIN = datetime(2025, 3, 3, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Rate = Callable[[datetime], float]


@dataclass(frozen=True)
class Made:
    """`times` are when entries appeared, oldest first, `dates` what they say of it; delays count after `known_for`.

    `rate` is how many entries are to be expected around a time, in any unit; None if only the entries before tell.
    """

    times: tuple[datetime, ...]
    dates: tuple[datetime, ...]
    known_for: timedelta
    rate: Rate | None


def _made(
    times: Iterable[datetime],
    known_for: timedelta,
    rate: Rate | None,
    dated: Callable[[datetime], datetime] | None = None,
) -> Made:
    ordered = tuple(sorted(times))
    return Made(ordered, tuple(map(dated, ordered)) if dated else ordered, known_for, rate)


def _bell(away: float, width: float) -> float:
    """The normal density at so many hours from its middle."""
    return exp(-((away / width) ** 2) / 2) / width / sqrt(2 * pi)


def _hour(at: datetime) -> float:
    """Of the day."""
    return (at - at.replace(hour=0, minute=0, second=0)) / HOUR


def _to(hour: float, at: datetime, period: float = 24) -> float:
    """Hours from the nearest time that is `hour` in its day (or week, which begins on Monday)."""
    return ((at - BEGIN) / HOUR - hour + period / 2) % period - period / 2


def _even(_: datetime) -> float:
    return 1


def _random_times(some: random.Random, an_hour: float, days: float) -> Iterator[datetime]:
    at = BEGIN
    while (at := at + HOUR * some.expovariate(an_hour)) < BEGIN + DAY * days:
        yield at


def _days(count: int, weekend: bool = True) -> Iterator[datetime]:
    days = (BEGIN + DAY * number for number in range(count))
    return (day for day in days if weekend or day.weekday() < 5)


def _hourly(some: random.Random) -> Made:
    minute = some.randrange(60)
    return _made(
        (BEGIN + HOUR * n + MINUTE * (minute + some.gauss(0, 0.7)) for n in range(21 * 24)),
        DAY * 10,
        lambda at: _bell(_to(minute / 60, at, 1), 0.7 / 60),
    )


def _newspaper(some: random.Random) -> Made:
    """Weekdays, a handful in the morning and one or two in the evening."""
    first, evening = some.uniform(4, 9), some.uniform(15, 20)
    times = []
    for day in _days(70, weekend=False):
        times += [day + HOUR * (first + some.random() * 3) for _ in range(some.randint(3, 6))]
        times += [day + HOUR * (evening + some.random()) for _ in range(some.randint(0, 2))]

    def rate(at: datetime) -> float:
        morning, later = 0 <= _hour(at) - first < 3, 0 <= _hour(at) - evening < 1
        return (1.5 * morning + later) * (at.weekday() < 5)

    return _made(times, DAY * 35, rate)


def _news_site(some: random.Random) -> Made:
    """Dozens a day, most of them by day and in the week."""
    return _by_day(some, some.uniform(20, 60) / 24, 14)


def _newswire(some: random.Random) -> Made:
    """Thousands a week, at night fewer."""
    return _by_day(some, some.uniform(2_000, 6_000) / 168, 5)


def _by_day(some: random.Random, an_hour: float, days: int) -> Made:
    noon, depth, weekend = some.uniform(0, 24), some.uniform(0.4, 0.95), some.uniform(0.3, 1)

    def rate(at: datetime) -> float:
        return (1 + depth * cos((_hour(at) - noon) / 12 * pi)) / 2 * (weekend if at.weekday() > 4 else 1)

    times = (at for at in _random_times(some, 2 * an_hour, days) if some.random() < rate(at))
    return _made(times, DAY * days / 2, rate)


def _office(some: random.Random, dated: Callable[[datetime], datetime] | None = None) -> Made:
    """A company: weekdays between nine and five, now and then."""
    opens, a_day = some.uniform(7, 16), some.uniform(0.4, 3)
    days = [day + HOUR * opens for day in _days(120, weekend=False) for _ in range(int(a_day + some.random()))]

    def rate(at: datetime) -> float:
        since = at - HOUR * opens
        return since.weekday() < 5 and _hour(since) < 8

    return _made((day + HOUR * some.random() * 8 for day in days), DAY * 60, rate, dated)


def _dated_to_the_hour(some: random.Random) -> Made:
    return _office(some, lambda at: at.replace(minute=0, second=0, microsecond=0))


def _dated_to_the_day(some: random.Random) -> Made:
    return _office(some, lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0))


def _back_dated(some: random.Random) -> Made:
    """They wait for an editor, and keep the date on which they were written."""
    return _office(some, lambda at: at - HOUR * some.uniform(1, 40))


def _daily(some: random.Random) -> Made:
    hour = some.uniform(0, 24)
    times = (day + HOUR * (hour + some.gauss(0, 0.2)) for day in _days(100))
    return _made(times, DAY * 50, lambda at: _bell(_to(hour, at), 0.2))


def _twice_a_day(some: random.Random) -> Made:
    """Bulletins in the morning and in the evening."""
    hours = some.uniform(3, 10), some.uniform(14, 23)
    times = (day + HOUR * (hour + some.gauss(0, 0.3)) for day in _days(60) for hour in hours)
    return _made(times, DAY * 30, lambda at: sum(_bell(_to(hour, at), 0.3) for hour in hours))


def _weekly(some: random.Random) -> Made:
    hour = 24 * some.randrange(7) + some.uniform(0, 24)
    times = (BEGIN + DAY * 7 * week + HOUR * (hour + some.gauss(0, 1)) for week in range(40))
    return _made(times, DAY * 140, lambda at: _bell(_to(hour, at, 168), 1))


def _podcast(some: random.Random) -> Made:
    """Weekly, some a day or two late, some weeks left out, now and then one more."""
    hour, times = 24 * some.randrange(7) + some.uniform(3, 20), []
    for week in range(70):
        begin = BEGIN + DAY * 7 * week + HOUR * (hour + some.gauss(0, 0.4))
        late = DAY * some.uniform(0.5, 2.5) if some.random() < 0.15 else timedelta()
        times += [begin + late] if some.random() > 0.08 else []
        times += [begin + DAY * some.uniform(1, 6)] if some.random() < 0.08 else []

    def rate(at: datetime) -> float:
        since = _to(hour, at, 168) % 168
        late, more = 12 < since < 60, 24 < since < 144
        return 0.92 * (0.85 * _bell(_to(hour, at, 168), 0.4) + 0.15 * late / 48) + 0.08 * more / 120

    return _made(times, DAY * 245, rate)


def _channel(some: random.Random) -> Made:
    """Videos at one hour of a few weekdays, and odd ones between."""
    days, hour, times = some.sample(range(7), some.randint(2, 4)), some.uniform(12, 22), []
    for day in _days(140):
        if day.weekday() in days and some.random() < 0.85:
            times.append(day + HOUR * (hour + some.choice((0, 0, 0, 1)) + abs(some.gauss(0, 0.1))))
        if some.random() < 0.1:
            times.append(day + HOUR * some.uniform(8, 24))

    def rate(at: datetime) -> float:
        usual = 0.0
        for later, share in ((0, 0.75), (1, 0.25)):
            since = at - HOUR * (hour + later)
            usual += share * 0.85 * (since.weekday() in days) * 2 * _bell(_hour(since), 0.1)
        return usual + 0.1 * (_hour(at) >= 8) / 16

    return _made(times, DAY * 70, rate)


def _blog(some: random.Random) -> Made:
    """Now and then, when its author is awake."""
    return _blogs(some, 1, 800)


def _planet(some: random.Random) -> Made:
    """The posts of many blogs."""
    return _blogs(some, some.randint(8, 40), 120)


def _blogs(some: random.Random, count: int, days: int) -> Made:
    times, authors = [], [(some.uniform(8, 22), some.uniform(6, 25)) for _ in range(count)]
    for hour, gap in authors:
        dates = _random_times(some, 1 / gap / 24, days)
        times += [at.replace(hour=0, minute=0, second=0) + HOUR * (hour + some.gauss(0, 3)) for at in dates]
    return _made(times, DAY * days / 2, lambda at: sum(_bell(_to(hour, at), 3) / gap for hour, gap in authors))


def _bursts(some: random.Random) -> Made:
    """A release, a conference: many at once, then nothing."""
    times = []
    for begin in _random_times(some, 1 / (24 * some.uniform(3, 9)), 120):
        times += [begin + HOUR * some.expovariate(1.5) for _ in range(some.randint(4, 15))]
    return _made(times, DAY * 60, None)


def _batches(some: random.Random) -> Made:
    """Built by a timer: every few hours all that is new, in one second."""
    every, minute = some.choice([1, 2, 3, 4, 6, 12]), some.choice([0, 0, 15, 30, 7])
    begins = (BEGIN + HOUR * hour + MINUTE * minute for hour in range(0, 40 * 24, every))
    times = (at for at in begins for _ in range(max(0, some.randint(-3, 6))))
    return _made(times, DAY * 20, lambda at: at.hour % every == 0 and at.minute == minute)


def _at_random(some: random.Random) -> Made:
    """No rhythm at all: nothing can be learned but how many come."""
    days = some.choice([10, 40, 200])
    return _made(_random_times(some, 120 / (days * 24), days), DAY * days / 2, _even)


def _silent_year(some: random.Random) -> Made:
    """Two a day for a month, a year of nothing, and back."""
    times = list(_random_times(some, 2 / 24, 30))
    times += [at + DAY * 365 for at in _random_times(some, 2 / 24, 30)]
    return _made(times, DAY * 35, lambda at: not 30 <= (at - BEGIN) / DAY < 365)


def _summer_time(some: random.Random) -> Made:
    """Every day at one local hour, which becomes another in UTC half way."""
    hour = some.uniform(2, 22)
    times = [BEGIN + DAY * day + HOUR * (hour - (day >= 70) + some.gauss(0, 0.1)) for day in range(100)]
    return _made(times, DAY * 60, lambda at: _bell(_to(hour - (at >= BEGIN + DAY * 70), at), 0.1))


def _changes(some: random.Random) -> Made:
    """A new editor: other hours, and more or fewer of them."""
    times, habits = [], (some.sample(range(24), 2), some.sample(range(24), some.randint(1, 5)))
    for number, hours in enumerate(habits):
        for day in _days(70):
            times += [day + DAY * 70 * number + HOUR * (hour + some.random()) for hour in hours if some.random() < 0.8]
    return _made(times, DAY * 60, lambda at: at.hour in habits[at >= BEGIN + DAY * 70])


def _tires(some: random.Random) -> Made:
    """Several a day at first, each week fewer."""

    def rate(at: datetime) -> float:
        return exp(-log(2) * ((at - BEGIN) / DAY / 30))

    return _made((at for at in _random_times(some, 0.3, 140) if some.random() < rate(at)), DAY * 45, rate)


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
