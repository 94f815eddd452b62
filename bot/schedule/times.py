"""A schedule and its moments, by the clock on the wall of one time zone.

A time that does not exist on a day (the clocks go forward) is as much later as they go forward; one that exists twice
is meant the first time. So each happens exactly once.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EVERY_DAY = frozenset(range(7))
WEEKDAYS, WEEKENDS = frozenset(range(5)), frozenset((5, 6))
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_DAY = 32  # of a month; as 31 in April, it means the last that there is
INTERVALS = (1, 2, 3, 4, 6, 8, 12)  # hours that divide a day, so that it looks the same every day

_DAY = timedelta(days=1)
_FURTHEST = 40  # days to the next moment, or the one before: a month, and what clocks can be put by


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """At these `minutes` after midnight, on these days of the week or of the month; or `every` so many hours.

    Days of the week are 0 for Monday to 6. With `month_days` those of the week do not count, with `every` neither do.
    `str` writes it as `parse` reads it.
    """

    minutes: tuple[int, ...] = ()
    days: frozenset[int] = EVERY_DAY
    month_days: tuple[int, ...] = ()
    every: int | None = None

    def next_after(self, now: datetime, zone: tzinfo) -> datetime:
        """The first moment after `now`, in UTC."""
        today = now.astimezone(zone).date()
        found: datetime | None = None
        for day in _days(today - 2 * _DAY, _DAY):
            later = [moment for moment in self._moments(day, zone) if moment > now]
            found = min([*later, found] if found else later, default=None)
            # A day whose clocks were put may reach into its neighbours: one more day decides.
            if found is not None and day > found.astimezone(zone).date():
                return found
        raise AssertionError(f"{self} never comes")

    def last_until(self, now: datetime, zone: tzinfo) -> datetime:
        """The last moment at or before `now`, in UTC."""
        today = now.astimezone(zone).date()
        found: datetime | None = None
        for day in _days(today + 2 * _DAY, -_DAY):
            earlier = [moment for moment in self._moments(day, zone) if moment <= now]
            found = max([*earlier, found] if found else earlier, default=None)
            if found is not None and day < found.astimezone(zone).date() - _DAY:
                return found
        raise AssertionError(f"{self} never came")

    def _moments(self, day: date, zone: tzinfo) -> Iterator[datetime]:
        if not self._includes(day):
            return
        minutes = self.minutes if self.every is None else range(0, 24 * 60, self.every * 60)
        for minute in minutes:
            there = datetime.combine(day, time(minute // 60, minute % 60), zone)
            yield there.astimezone(UTC)
            if self.every == 1:  # an hour that comes twice is two hours
                yield there.replace(fold=1).astimezone(UTC)

    def _includes(self, day: date) -> bool:
        if self.every is not None:
            return True
        if self.month_days:
            last = calendar.monthrange(day.year, day.month)[1]
            return any(day.day == min(wanted, last) for wanted in self.month_days)
        return day.weekday() in self.days

    def __str__(self) -> str:
        if self.every is not None:
            return "hourly" if self.every == 1 else f"every {self.every}h"
        return f"{self._days_written()} {','.join(clock(minute) for minute in self.minutes)}"

    def _days_written(self) -> str:
        if self.month_days:
            return f"monthly {','.join('last' if day == LAST_DAY else str(day) for day in self.month_days)}"
        named = {EVERY_DAY: "daily", WEEKDAYS: "weekdays", WEEKENDS: "weekends"}.get(self.days)
        return named or ",".join(DAY_NAMES[day] for day in sorted(self.days))


def clock(minute: int) -> str:
    """Minutes after midnight as people write them: "9:00"."""
    return f"{minute // 60}:{minute % 60:02}"


def _days(first: date, step: timedelta) -> Iterator[date]:
    return (first + number * step for number in range(_FURTHEST))
