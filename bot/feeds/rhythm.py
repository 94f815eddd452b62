"""How often a feed is worth a look, learned from the times of its entries.

To find the entries of all feeds soonest with a given number of requests, ask each in proportion to the square root of
the rate at which its entries come (minimise the sum of rate x interval for a fixed sum of 1 / interval): a feed four
times as busy is asked twice as often. Within a feed its habits say when: often around nine if it publishes at nine, and
seldom at night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import sqrt

from bot.feeds import habits
from bot.feeds.habits import EAGER_FOR, HOUR, PIECE, Habits
from bot.model import Entry

LEAST_TIMES = 5
LEARNED_FROM = 100  # entries; older ones tell of another time
AT_ONE_AN_HOUR = timedelta(minutes=8)  # how often a feed with one entry an hour is worth a look
NEWEST = (3, 30)  # entries, whose rate may be another: a feed that wakes, one that has become busy
SILENCE = 3  # a feed that has rested for three of its usual gaps has a slower rate now, whatever it was
LEAST_RATE = 1e-6  # entries an hour: one in a century


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Entries an hour on average, the feed's habits, and when its last entry came (seconds since 1970)."""

    per_hour: float
    habits: Habits
    last: float

    def interval(self, at: float) -> float:
        """How often to ask around that time, in seconds."""
        return AT_ONE_AN_HOUR.total_seconds() / (sqrt(self.per_hour) * self.habits.looks(at, self.last))

    def after(self, now: datetime, share: float, horizon: timedelta) -> datetime:
        """The time after `now` by which `share` of an interval has passed, within the horizon.

        Each stretch of time counts by its own interval, so that a long one at night does not reach into a busy morning.
        """
        start = now.timestamp()
        for begin, end in self._stretches(start, start + horizon.total_seconds()):
            interval = self.interval(begin)
            if interval * share <= end - begin:
                return min(now + timedelta(seconds=begin - start + interval * share), now + horizon)
            share -= (end - begin) / interval
        return now + horizon

    def _stretches(self, now: float, until: float) -> Iterator[tuple[float, float]]:
        """Pieces of time in which the interval does not change."""
        step = PIECE if self.habits.by_the_minute else HOUR
        edges = [edge for length in EAGER_FOR if now < (edge := self.last + length) < until]
        begin = now
        while begin < until:
            end = min((begin // step + 1) * step, until)
            if edges and edges[0] <= end:
                end = edges.pop(0)
            yield begin, end
            begin = end


def learn(entry_times: Sequence[datetime], now: datetime) -> Rhythm | None:
    """The rhythm of a feed with these publication times, in any order; None while they are too few to tell."""
    times = sorted(time for time in entry_times if time <= now)[-LEARNED_FROM:]
    if len(times) < LEAST_TIMES or now - times[0] < timedelta(minutes=1):
        return None
    return Rhythm(max(_per_hour(times, now), LEAST_RATE), _habits(tuple(times)), times[-1].timestamp())


def _per_hour(times: Sequence[datetime], now: datetime) -> float:
    """The rate of all the times; more if the newest of them prove more, less in a long silence."""
    rate = len(times) / (now - times[0]).total_seconds()
    for newest in NEWEST:
        if newest < len(times) and now > times[-newest]:
            # The root of a count that chance decides is within one of what it should be (two standard deviations).
            rate = max(rate, (sqrt(newest) - 1) ** 2 / (now - times[-newest]).total_seconds())
    return min(rate, SILENCE / max((now - times[-1]).total_seconds(), 1)) * HOUR


@lru_cache(512)  # habits change only when an entry comes, and the feeds asked most often come again soonest
def _habits(times: tuple[datetime, ...]) -> Habits:
    return habits.learn([time.timestamp() for time in times])


def appeared(
    earlier: Sequence[datetime], fresh: Sequence[Entry], *, last_poll: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    """`earlier` times and those of the fresh entries, the newest LEARNED_FROM, oldest first.

    What counts is when an entry appeared in the feed. Its date says so if it is later than the last poll, which did
    not find it; else it is wrong by a time zone, or of a draft, and it appeared somewhere between the two polls.
    """
    if last_poll is None:
        new = [one.published_at for one in fresh if one.published_at is not None and one.published_at <= now]
    else:
        dates = (one.published_at for one in fresh)
        # The middle, not the end: else a poll always finds entries at its own time, and would be taken for their cause.
        between = min(last_poll + (now - last_poll) / 2, now)
        new = [date if date is not None and last_poll < date <= now else between for date in dates]
    return tuple(sorted((*earlier, *new))[-LEARNED_FROM:])
