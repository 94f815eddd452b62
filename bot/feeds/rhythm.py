"""When a feed publishes: learned from the times of its entries, hour of the day by hour of the day.

To find entries soonest with a given number of requests, ask in proportion to the square root of the rate at which
entries come (minimise the sum of rate x interval for a fixed sum of 1 / interval). So a feed that publishes at nine is
asked often around nine and seldom at night, and a feed four times as busy is asked twice as often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

from bot.model import Entry

LEAST_TIMES = 5
LEARNED_FROM = 60  # entries; older ones tell of another time
AT_ONE_AN_HOUR = timedelta(minutes=8)  # how often a feed with one entry an hour is worth a look
SILENCE = 3  # a feed that has rested for three of its usual gaps has a slower rate now, whatever it was

_HOUR = timedelta(hours=1)
_UNIFORM_HOUR, _UNIFORM_DAY = 0.25, 1.0  # imagined entries in each hour and on each day: any may still bring one


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Entries an hour on average, and how the hours of a day and the days of a week differ from it (1.0 = average)."""

    per_hour: float
    hours: tuple[float, ...]
    days: tuple[float, ...]

    def interval(self, when: datetime) -> timedelta:
        """How often to ask around that time."""
        utc = when.astimezone(UTC)
        rate = self.per_hour * self.hours[utc.hour] * self.days[utc.weekday()]
        return AT_ONE_AN_HOUR / sqrt(max(rate, 1e-6))

    def after(self, now: datetime, share: float, horizon: timedelta) -> datetime:
        """The time after `now` by which `share` of an interval has passed, within the horizon.

        Each hour counts by its own interval, so that a long one at night does not reach into a busy morning.
        """
        for begin, end in _hours_from(now, now + horizon):
            interval = self.interval(begin)
            if interval * share <= end - begin:
                return begin + interval * share
            share -= (end - begin) / interval
        return now + horizon


def learn(entry_times: Sequence[datetime], now: datetime) -> Rhythm | None:
    """The rhythm of a feed with these publication times, in any order; None while they are too few to tell."""
    times = sorted(time.astimezone(UTC) for time in entry_times if time <= now)[-LEARNED_FROM:]
    if len(times) < LEAST_TIMES or now - times[0] < timedelta(minutes=1):
        return None
    span, silence = (now - times[0]) / _HOUR, (now - times[-1]) / _HOUR
    per_hour = min(len(times) / span, SILENCE / silence if silence > 0 else float("inf"))
    return Rhythm(per_hour, _hours_of(times), _days_of(times, span))


def _hours_of(times: Sequence[datetime]) -> tuple[float, ...]:
    """Neighbouring hours lend each other half: nobody publishes by the minute."""
    if sum((time.hour, time.minute, time.second) == (0, 0, 0) for time in times) > len(times) / 2:
        return (1.0,) * 24  # dates without a time say nothing of hours
    counts = [0.0] * 24
    for time in times:
        counts[time.hour] += 0.5
        counts[time.hour - 1] += 0.25
        counts[(time.hour + 1) % 24] += 0.25
    return _relative(counts, _UNIFORM_HOUR)


def _days_of(times: Sequence[datetime], span_hours: float) -> tuple[float, ...]:
    if span_hours < 14 * 24:  # less than two weeks is no evidence about weekdays
        return (1.0,) * 7
    counts = [0.0] * 7
    for time in times:
        counts[time.weekday()] += 1
    return _relative(counts, _UNIFORM_DAY)


def _relative(counts: list[float], imagined: float) -> tuple[float, ...]:
    total = sum(counts) + imagined * len(counts)
    return tuple((count + imagined) * len(counts) / total for count in counts)


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
