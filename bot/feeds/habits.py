"""How unevenly a feed publishes: by the hour, the weekday, the minutes of an hour, and the time since its last entry.

Times are in seconds since 1970, and oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import log, sqrt
from statistics import fmean, variance

MINUTE, HOUR, DAY = 60, 3600, 86400
PIECE = 5 * MINUTE  # of an hour: what a timer publishes comes at the same minute each time
FIRST_WEEKDAY = 3  # 1970 began with a Thursday
EAGER_FOR = (20 * MINUTE, HOUR, 3 * HOUR)  # what follows an entry is looked at in these stretches after it

WEEKS = 14 * DAY  # less is no evidence about weekdays
LEAST_CHECKED = 5  # entries foretold, or there is no telling how far the foretelling can be trusted
SAMPLES = 50
TIMED = 8  # entries with a time of day: with so many, those before that had none are no longer needed
CAUTION = 2  # to follow a rhythm that is none costs more than to miss one
SHARPNESS = 2 / 3  # of looks by the clock: the power of the rate, see Habits.looks

# Imagined entries in each hour, on each day, in each piece of an hour, after each entry: any may still bring one.
_IN_HOUR, _ON_DAY, _IN_PIECE, _FOLLOWERS = 0.25, 1.0, 0.5, 8.0
_EVEN_HOURS, _EVEN_PIECES = (1.0,) * 24, (1.0,) * (HOUR // PIECE)


@dataclass(frozen=True, slots=True)
class Habits:
    """How the rate of entries differs from the average one (1.0) by what the clock says, and after an entry.

    `trust` is how far they are followed: 0.0 is not at all, an even interval. `mean` is of the looks over time.
    """

    hours: tuple[float, ...] = _EVEN_HOURS
    days: tuple[float, ...] = (1.0,) * 7
    pieces: tuple[float, ...] = _EVEN_PIECES
    eager: tuple[float, ...] = (1.0,) * len(EAGER_FOR)
    trust: float = 1.0
    mean: float = 1.0

    def looks(self, at: float, last: float) -> float:
        """How much more often than usual to look at that time if the last entry came at `last`.

        By the clock it is the rate to the power of 2/3, which makes the mean of the delays' roots least: most entries
        are found sooner than by the root of the rate (which makes the mean delay least), and the odd one is not
        forgotten. After an entry it is the root, else the first entry of each burst would pay for the others.
        """
        often: float = (self.by_hour(at) * self.pieces[int(at % HOUR // PIECE)]) ** SHARPNESS
        since = at - last
        if since < EAGER_FOR[-1]:
            often *= sqrt(next(factor for length, factor in zip(EAGER_FOR, self.eager, strict=True) if since < length))
        return self.trust * often + (1 - self.trust) * self.mean

    def by_hour(self, at: float) -> float:
        """The rate by the hour and the weekday alone."""
        hour = int(at // HOUR)
        return self.hours[hour % 24] * self.days[(hour // 24 + FIRST_WEEKDAY) % 7]

    @property
    def by_the_minute(self) -> bool:
        return self.pieces != _EVEN_PIECES


def learn(times: Sequence[float]) -> Habits:
    """What the times show, followed as far as it would have been right about these very times."""
    times = _with_a_time(times)
    shown = _shown(times)
    return replace(shown, mean=_mean_looks(shown, times), trust=_proven(times))


def _with_a_time(times: Sequence[float]) -> Sequence[float]:
    """Of a feed whose dates are days without a time: the entries since, which were seen to appear, if they are many."""
    end = max((number for number, time in enumerate(times, 1) if time % DAY == 0), default=0)
    return times[end:] if len(times) - end >= TIMED and _mostly_days(times[:end]) else times


def _mostly_days(times: Sequence[float]) -> bool:
    return sum(time % DAY == 0 for time in times) > len(times) / 2


def _proven(times: Sequence[float]) -> float:
    """0 to 1: how far what the older times show foretells the newer ones.

    A rhythm is worth following only if it was a rhythm: hours that a few entries happened to share, a habit since
    given up, or dates that are not those of appearing, would make polls worse than even ones. So the first half is
    asked for the next quarter, and the first three for the last. Each entry there counts by how much closer the polls
    lay to it than even ones (the logarithm, so that a few great successes do not hide many small failures). The mean
    is shrunk by what chance makes of it (James-Stein), where the entries of one day are one piece of evidence.
    """
    cuts = len(times) // 2, len(times) * 3 // 4, len(times)
    gains: list[float] = []
    for begin, end in pairwise(cuts):
        gains += _gains(_shown(times[:begin]), times[begin - 1 : end])
    if len(gains) < LEAST_CHECKED or (gain := fmean(gains)) <= 0:
        return 0.0
    days = len({time // DAY for time in times[cuts[0] :]})
    return max(0.0, 1 - CAUTION * variance(gains) / days / gain**2)


def _gains(habits: Habits, times: Sequence[float]) -> list[float]:
    """For each entry but the first, the logarithm of how much more often than evenly it was looked for."""
    if times[-1] - times[0] < MINUTE:
        return []
    mean = _mean_looks(habits, times)
    return [log(habits.looks(later, earlier) / mean) for earlier, later in pairwise(times)]


def _mean_looks(habits: Habits, times: Sequence[float]) -> float:
    """Over the time from the first to the last."""
    step, place, looks = (times[-1] - times[0]) / SAMPLES, 0, 0.0
    for number in range(SAMPLES):
        at = times[0] + step * (number + 0.5)
        while times[place + 1] < at:
            place += 1
        looks += habits.looks(at, times[place])
    return looks / SAMPLES


def _shown(times: Sequence[float]) -> Habits:
    """Habits as the times show them, each factor shrunk by what chance makes of it."""
    days = _days_of(times)
    if _mostly_days(times):
        return Habits(days=days)  # dates without a time say nothing of hours, or of what follows soon
    by_clock = Habits(_hours_of(times), days, _pieces_of(times))
    return replace(by_clock, eager=_eager(times, by_clock))


def _hours_of(times: Sequence[float]) -> tuple[float, ...]:
    """Neighbouring hours lend each other half: a habit seldom ends with the hour."""
    # Several in one hour of one day are one occasion, or a single burst would pass for a habit.
    occasions = {time // HOUR for time in times}
    counts = _counts([int(hour) for hour in occasions], 24)
    smooth = [counts[hour] / 2 + (counts[hour - 1] + counts[(hour + 1) % 24]) / 4 for hour in range(24)]
    return _relative(smooth, _IN_HOUR, _trust(counts, len({hour // 24 for hour in occasions})))


def _pieces_of(times: Sequence[float]) -> tuple[float, ...]:
    occasions = {time // PIECE for time in times}
    counts = _counts([int(piece) for piece in occasions], HOUR // PIECE)
    return _relative(counts, _IN_PIECE, _trust(counts, len({piece // len(counts) for piece in occasions})))


def _days_of(times: Sequence[float]) -> tuple[float, ...]:
    if times[-1] - times[0] < WEEKS:
        return (1.0,) * 7
    dates = [int(time // DAY) for time in times]
    counts = _counts([date + FIRST_WEEKDAY for date in dates], 7)
    return _relative(counts, _ON_DAY, _trust(counts, len(set(dates))))


def _counts(numbers: Sequence[int], modulus: int) -> list[float]:
    counts = [0.0] * modulus
    for number in numbers:
        counts[number % modulus] += 1
    return counts


def _trust(counts: Sequence[float], independent: int) -> float:
    """0 to 1: how far the counts differ from even ones beyond what chance makes of them (James-Stein shrinkage).

    Entries of one day (or hour) depend on each other, so more of them than `independent` days say less than as many.
    """
    mean = sum(counts) / len(counts)
    unevenness = sum((count - mean) ** 2 for count in counts) / mean * (independent / sum(counts)) ** (1 / 3)
    return max(0.0, 1 - (len(counts) - 1) / unevenness) if unevenness else 0.0


def _relative(counts: Sequence[float], imagined: float, trust: float) -> tuple[float, ...]:
    total = sum(counts) + imagined * len(counts)
    return tuple(1 + trust * ((count + imagined) * len(counts) / total - 1) for count in counts)


def _eager(times: Sequence[float], by_clock: Habits) -> tuple[float, ...]:
    """How much more (or less) often than by the clock another entry follows soon: some feeds come in bursts."""
    per_second = len(times) / max(times[-1] - times[0], MINUTE)
    gaps = [(time, later - time, per_second * by_clock.by_hour(time)) for time, later in pairwise(times)]
    worth = _worth(by_clock.pieces)
    factors, begin = [], 0
    for end in EAGER_FOR:
        longer = [(time + begin, time + min(gap, end), rate) for time, gap, rate in gaps if gap > begin]
        expected = sum((worth(until) - worth(since)) * rate for since, until, rate in longer)
        came = sum(begin < gap <= end for _, gap, _ in gaps)
        factors.append((came + _FOLLOWERS) / (expected + _FOLLOWERS))
        begin = end
    return tuple(factors)


def _worth(pieces: Sequence[float]) -> Callable[[float], float]:
    """A time in seconds to one by a clock that runs fast in the pieces of an hour that bring most."""
    before = [0.0, *accumulate(piece * PIECE for piece in pieces)]

    def worth(time: float) -> float:
        hour, second = divmod(time, HOUR)
        piece = int(second // PIECE)
        return hour * HOUR + before[piece] + (second - piece * PIECE) * pieces[piece]

    return worth
