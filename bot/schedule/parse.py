"""Schedules as people write them.

daily 9:00    daily 8:00, 18:30    weekdays 8:30    weekends noon    9am (every day)
monday 9am    mon,thu 18:00        every friday at 5 pm              mon-wed 7.30    weekly (Mondays)
monthly 1 9:00    monthly 1,15     on the last day of the month at 18h30
hourly    every 6h                 at whole hours, counted from midnight

Without a time it is 9:00.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.errors import QueryError
from bot.schedule.times import DAY_NAMES, EVERY_DAY, INTERVALS, LAST_DAY, WEEKDAYS, WEEKENDS, Schedule

LONGEST = 100
MOST_TIMES = 12
DEFAULT_MINUTE = 9 * 60
EXAMPLES = "daily 9:00, weekdays 8:30, monday 9am, mon,thu 18:00, monthly 1 9:00, every 6h"

_TOKEN = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?!\d)(?:\s*(?P<half>[ap])\.?m\b\.?)?|\s*(?P<half_>[ap])\.?m\b\.?)"
    r"|(?P<number>\d+)(?P<ordinal>(?:st|nd|rd|th)\b)?"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<dash>[-–—])"
    r"|(?P<other>[^\s,;&+/'’])",
    re.IGNORECASE,
)
_FILLERS = frozenset("at on the every each once and of in a o clock oclock s".split())  # noqa: SIM905
_TO = frozenset(("to", "through", "till", "until"))
_HOURS = frozenset(("h", "hr", "hrs", "hour", "hours", "hourly"))
_MINUTES = frozenset(("m", "min", "mins", "minute", "minutes"))
_MONTHS = frozenset(("month", "months", "monthly"))
_WEEKS = frozenset(("week", "weeks", "weekly"))
_DAYS = frozenset(("day", "days", "daily", "everyday"))
_SETS = {
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), WEEKDAYS),
    **dict.fromkeys(("weekend", "weekends"), WEEKENDS),
}
_ABBREVIATED = {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
_WEEKDAY = _ABBREVIATED | {
    written: day for day, name in enumerate(DAY_NAMES) for written in (name, f"{name}s", name[:3])
}
_CLOCK = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 0}
_MONTH_DAY = {"first": 1, "last": LAST_DAY}


def parse(text: str) -> Schedule:
    """The schedule that `text` means. Raises QueryError, which says where the mistake is and what to write instead."""
    if len(text) > LONGEST:
        raise QueryError(f"A schedule has at most {LONGEST} characters.", text, LONGEST, len(text) - LONGEST)
    return _Reading(text).schedule()


@dataclass
class _Reading:
    """What was understood so far, and where it stood."""

    text: str
    minutes: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    month_days: set[int] = field(default_factory=set)
    every: re.Match[str] | None = None  # the token that names an interval
    hours: int = 1
    weekly: bool = False
    daily: bool = False
    monthly: bool = False
    before: str = ""  # the word before the token that is being read

    def schedule(self) -> Schedule:
        tokens = list(_TOKEN.finditer(self.text))
        self.monthly = any(_word(token) in _MONTHS or token["ordinal"] for token in tokens)
        self._read(tokens)
        if self.every is not None:
            return Schedule(every=self._interval(self.every))
        if not (self.minutes or self.days or self.month_days or self.weekly or self.daily or self.monthly):
            raise self._wrong("It says no time.", None)
        if self.monthly and self.days:
            raise self._wrong("A month has days by number here.", None, "monthly 1 9:00")
        if len(self.minutes) > MOST_TIMES:
            raise self._wrong(f"That is more than {MOST_TIMES} times a day.", None, "hourly")
        minutes = tuple(sorted(self.minutes)) or (DEFAULT_MINUTE,)
        if self.monthly:
            return Schedule(minutes=minutes, month_days=tuple(sorted(self.month_days)) or (1,))
        days = self.days or ({0} if self.weekly else EVERY_DAY)
        return Schedule(minutes=minutes, days=EVERY_DAY if self.daily else frozenset(days))

    def _read(self, tokens: list[re.Match[str]]) -> None:
        left = iter(enumerate(tokens))
        for place, token in left:
            after = tokens[place + 1 : place + 3]
            self.before = _word(tokens[place - 1]) if place else ""
            if token["hour"]:
                self.minutes.add(self._time(token))
            elif token["number"]:
                _skip(left, self._number(token, after))
            elif token["word"]:
                _skip(left, self._word(token, after))
            else:
                raise self._unknown(token)

    def _time(self, token: re.Match[str]) -> int:
        hour, minute, half = int(token["hour"]), int(token["minute"] or 0), token["half"] or token["half_"]
        most = 12 if half else 23
        if hour > most or minute > 59 or (half and hour == 0):
            raise self._wrong("There is no such time of day.", token, "9:30" if not half else "9:30pm")
        if half:
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        return hour * 60 + minute

    def _number(self, token: re.Match[str], after: list[re.Match[str]]) -> int:
        """Takes a number, and the unit behind it if there is one. Returns how many tokens more were taken."""
        number, unit = int(token["number"]), _word(after[0]) if after else ""
        if unit in _HOURS - {"hourly"}:
            self.every, self.hours = self.every or token, number
            return 1
        if unit in _MINUTES:
            raise self._wrong("Once an hour is the most that I do.", token, "hourly")
        if unit in _DAYS | _WEEKS | _MONTHS and number != 1 and not token["ordinal"] and not self._is_month_day(number):
            raise self._wrong("I count hours only, not days, weeks or months.", token, "monday 9:00")
        if self.monthly and self.before != "at":
            if not self._is_month_day(number):
                raise self._wrong("No month has such a day.", token, "monthly 1 9:00")
            self.month_days.add(number)
        elif unit in _DAYS | _WEEKS:  # every 1 day
            return 0
        else:
            self.minutes.add(self._bare_time(token))
        return 0

    def _is_month_day(self, number: int) -> bool:
        return self.monthly and 1 <= number <= 31

    def _bare_time(self, token: re.Match[str]) -> int:
        """ "9" is an hour, "0930" hours and minutes."""
        written = token["number"]
        hour, minute = (int(written), 0) if len(written) < 3 else (int(written[:-2]), int(written[-2:]))
        if hour > 23 or minute > 59:
            raise self._wrong("There is no such time of day.", token, "9:30")
        return hour * 60 + minute

    def _word(self, token: re.Match[str], after: list[re.Match[str]]) -> int:
        """As `_number`."""
        word = _word(token)
        if word in _WEEKDAY:
            return self._weekdays(_WEEKDAY[word], after)
        if word in _SETS:
            self.days |= _SETS[word]
        elif word in _CLOCK:
            self.minutes.add(_CLOCK[word])
        elif word in _MONTH_DAY and self.monthly:
            self.month_days.add(_MONTH_DAY[word])
        elif word in _HOURS:
            self.every = self.every or token
        elif word in _DAYS:
            self.daily = self.daily or not self.monthly
        elif word in _WEEKS:
            self.weekly = True
        elif word not in _FILLERS | _MONTHS:
            raise self._unknown(token)
        return 0

    def _weekdays(self, first: int, after: list[re.Match[str]]) -> int:
        """One, or the whole of "mon-fri"."""
        if len(after) == 2 and (after[0]["dash"] or _word(after[0]) in _TO) and _word(after[1]) in _WEEKDAY:
            span = (_WEEKDAY[_word(after[1])] - first) % 7
            self.days |= {(first + number) % 7 for number in range(span + 1)}
            return 2
        self.days.add(first)
        return 0

    def _interval(self, token: re.Match[str]) -> int:
        if self.minutes or self.days or self.monthly or self.weekly or self.daily:
            raise self._wrong("An interval stands by itself: no days, no times.", token, f"every {self.hours}h")
        if self.hours not in INTERVALS:
            some = ", ".join(map(str, INTERVALS[:-1]))
            raise self._wrong(f"The hours must divide a day: {some} or {INTERVALS[-1]}.", token, "every 6h")
        return self.hours

    def _unknown(self, token: re.Match[str]) -> QueryError:
        return self._wrong("I do not understand this.", token)

    def _wrong(self, reason: str, token: re.Match[str] | None, hint: str = EXAMPLES) -> QueryError:
        start, end = token.span() if token is not None else (0, max(len(self.text), 1))
        return QueryError(reason, self.text, start, end - start, hint)


def _word(token: re.Match[str]) -> str:
    return (token["word"] or "").lower()


def _skip(left: Iterator[object], count: int) -> None:
    for _ in range(count):
        next(left)
