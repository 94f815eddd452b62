"""When a feed publishes: learned from the times of its entries, hour of the day by hour of the day.

To find entries soonest with a given number of requests, ask in proportion to the square root of the rate at which
entries come (minimise the sum of rate x interval for a fixed sum of 1 / interval). So a feed that publishes at nine is
asked often around nine and seldom at night, and a feed four times as busy is asked twice as often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import sqrt

from bot.model import Entry

LEAST_TIMES = 5
LEARNED_FROM = 100  # entries; older ones tell of another time
AT_ONE_AN_HOUR = timedelta(minutes=8)  # how often a feed with one entry an hour is worth a look
SILENCE = 3  # a feed that has rested for three of its usual gaps has a slower rate now, whatever it was

# What follows an entry is looked at in these stretches after it.
EAGER_FOR = (timedelta(minutes=20), timedelta(hours=1), timedelta(hours=3))

_HOUR = timedelta(hours=1)
_IMAGINED_FOLLOWERS = 8.0
_UNIFORM_HOUR, _UNIFORM_DAY = 0.25, 1.0  # imagined entries in each hour and on each day: any may still bring one


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Entries an hour on average, and how the hours of a day and the days of a week differ from it (1.0 = average).

    `eager` says the same of the time since the last entry: (up to so long after it, how often more than usual).
    """

    per_hour: float
    hours: tuple[float, ...]
    days: tuple[float, ...]
    last: datetime
    eager: tuple[tuple[timedelta, float], ...] = ()

    def interval(self, when: datetime) -> timedelta:
        """How often to ask around that time."""
        return AT_ONE_AN_HOUR / sqrt(max(self.rate(when) * self._eagerness(when), 1e-6))

    def rate(self, when: datetime) -> float:
        """Entries an hour at that hour and on that day."""
        return self.per_hour * self.hours[when.hour] * self.days[when.weekday()]

    def after(self, now: datetime, share: float, horizon: timedelta) -> datetime:
        """The time after `now` (UTC) by which `share` of an interval has passed, within the horizon.

        Each hour counts by its own interval, so that a long one at night does not reach into a busy morning.
        """
        for begin, end in self._stretches(now, now + horizon):
            interval = self.interval(begin)
            if interval * share <= end - begin:
                return begin + interval * share
            share -= (end - begin) / interval
        return now + horizon

    def _eagerness(self, when: datetime) -> float:
        since = when - self.last
        return next((factor for length, factor in self.eager if since < length), 1.0)

    def _stretches(self, now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Pieces of time in which the interval does not change."""
        edges = [self.last + length for length, _ in self.eager]
        for begin, end in _hours_from(now, until):
            inside = [edge for edge in edges if begin < edge < end]
            yield from pairwise((begin, *inside, end))


def learn(entry_times: Sequence[datetime], now: datetime) -> Rhythm | None:
    """The rhythm of a feed with these publication times, in any order; None while they are too few to tell."""
    times = sorted(time if time.tzinfo is UTC else time.astimezone(UTC) for time in entry_times if time <= now)
    times = times[-LEARNED_FROM:]
    if len(times) < LEAST_TIMES or now - times[0] < timedelta(minutes=1):
        return None
    span, silence = (now - times[0]) / _HOUR, (now - times[-1]) / _HOUR
    plain = Rhythm(len(times) / span, _hours_of(times), _days_of(times, span), times[-1])
    slowed = min(plain.per_hour, SILENCE / silence if silence > 0 else float("inf"))
    return replace(plain, per_hour=slowed, eager=_eager(times, plain))


def _hours_of(times: Sequence[datetime]) -> tuple[float, ...]:
    """Neighbouring hours lend each other half: nobody publishes by the minute."""
    if sum((time.hour, time.minute, time.second) == (0, 0, 0) for time in times) > len(times) / 2:
        return (1.0,) * 24  # dates without a time say nothing of hours
    # Several in one hour of one day are one occasion, or a single burst would pass for a habit.
    occasions = {(time.toordinal(), time.hour) for time in times}
    counts = [0.0] * 24
    for _, hour in occasions:
        counts[hour] += 1
    smooth = [counts[hour] / 2 + (counts[hour - 1] + counts[(hour + 1) % 24]) / 4 for hour in range(24)]
    return _relative(smooth, _UNIFORM_HOUR, _trust(counts, len({day for day, _ in occasions})))


def _days_of(times: Sequence[datetime], span_hours: float) -> tuple[float, ...]:
    if span_hours < 14 * 24:  # less than two weeks is no evidence about weekdays
        return (1.0,) * 7
    counts = [0.0] * 7
    for time in times:
        counts[time.weekday()] += 1
    return _relative(counts, _UNIFORM_DAY, _trust(counts, len({time.date() for time in times})))


def _trust(counts: Sequence[float], days: int) -> float:
    """0 to 1: how far the counts differ from even ones beyond what chance makes of them (James-Stein shrinkage).

    Entries of one day are not independent of each other, so what they say counts for less.
    """
    mean = sum(counts) / len(counts)
    unevenness = sum((count - mean) ** 2 for count in counts) / mean * (days / sum(counts)) ** (1 / 3)
    return max(0.0, 1 - (len(counts) - 1) / unevenness) if unevenness else 0.0


def _relative(counts: list[float], imagined: float, trust: float) -> tuple[float, ...]:
    total = sum(counts) + imagined * len(counts)
    return tuple(1 + trust * ((count + imagined) * len(counts) / total - 1) for count in counts)


def _eager(times: Sequence[datetime], plain: Rhythm) -> tuple[tuple[timedelta, float], ...]:
    """How much more (or less) often than by the hour another entry follows soon: some feeds come in bursts."""
    hours = [time.timestamp() / 3600 for time in times]
    gaps = [later - earlier for earlier, later in pairwise(hours)]
    rates = [plain.rate(time) for time in times]
    found, begin = [], 0.0
    for length in EAGER_FOR:
        end = length / _HOUR
        longer = [(min(gap, end) - begin, rate) for gap, rate in zip(gaps, rates, strict=False) if gap > begin]
        expected = sum(time * rate for time, rate in longer)
        came = sum(begin < gap <= end for gap in gaps)
        found.append((length, (came + _IMAGINED_FOLLOWERS) / (expected + _IMAGINED_FOLLOWERS)))
        begin = end
    return tuple(found)


def _hours_from(now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin = now
    while begin < until:
        end = min(begin.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        yield begin, end
        begin = end


def appeared(
    earlier: Sequence[datetime], fresh: Sequence[Entry], *, last_poll: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    """`earlier` times and those of the fresh entries, the newest LEARNED_FROM, oldest first.

    What counts is when an entry appeared in the feed. Its date says so if it is later than the last poll, which did
    not find it; else it is wrong by a time zone, or of a draft, and it appeared just now.
    """
    if last_poll is None:
        new = [one.published_at for one in fresh if one.published_at is not None and one.published_at <= now]
    else:
        dates = (one.published_at for one in fresh)
        new = [date if date is not None and last_poll < date <= now else now for date in dates]
    return tuple(sorted((*earlier, *new))[-LEARNED_FROM:])
