"""Times of day as people write them: `22:00`, `7`, `10 pm`, `noon`."""

from __future__ import annotations

import re

from bot.errors import UsageError

_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h ]?(?P<minute>[0-9]{2}))?\s*(?:h|o'clock|uhr)?\s*(?P<half>[ap]\.?m\.?)?", re.A
)
_NAMED = {"midnight": 0, "noon": 12 * 60, "midday": 12 * 60}


def parse_time_of_day(text: str) -> int:
    """Minutes after midnight; 24:00 is midnight too. Raises UsageError."""
    wanted = " ".join(text.lower().split())
    if wanted in _NAMED:
        return _NAMED[wanted]
    found = _TIME.fullmatch(wanted)
    if found is not None:
        hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
        if half is not None and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
            half = None
        if half is None and minute < 60 and (hour < 24 or (hour, minute) == (24, 0)):
            return hour % 24 * 60 + minute
    raise UsageError(f"“{text.strip()[:40]}” is no time of day. Write for example 22:00 or 10 pm.")


def time_of_day(minutes: int) -> str:
    """As `parse_time_of_day` takes it: "22:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
