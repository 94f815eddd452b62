"""What a feed says of its own rhythm and lengths: ttl, sy:updatePeriod, skipHours, skipDays, itunes:duration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

LONGEST_TTL = timedelta(days=365)
LONGEST_RECORDING = timedelta(hours=200)

# RSS 1.0 syndication module: the period a feed is updated `updateFrequency` times in.
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def period(ttl_minutes: str, update_period: str = "", update_frequency: str = "") -> timedelta | None:
    """How long the publisher wishes to be left alone: the longer of ttl and sy:updatePeriod; None if neither says."""
    wishes = []
    if (minutes := whole(ttl_minutes)) is not None and minutes > 0:
        wishes.append(timedelta(minutes=min(minutes, 10**6)))
    if (every := _PERIODS.get(update_period.strip().lower())) is not None:
        wishes.append(every / max(1, whole(update_frequency) or 1))
    return min(max(wishes), LONGEST_TTL) if wishes else None


def skipped_hours(written: Iterable[str]) -> frozenset[int]:
    """Hours of the day, UTC. Some publishers count to 24 (RSS 0.91 did): that is midnight."""
    hours = (whole(text) for text in written)
    return frozenset(hour % 24 for hour in hours if hour is not None and hour <= 24)


def skipped_days(written: Iterable[str]) -> frozenset[int]:
    """Days of the week, Monday is 0."""
    return frozenset(_DAYS.index(day) for text in written if (day := str(text).strip().lower()) in _DAYS)


def spoken_length(text: str) -> timedelta | None:
    """itunes:duration: seconds, M:SS or H:MM:SS; None if it is none of these or longer than 200 hours."""
    found = re.fullmatch(r"\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:\.\d+)?\s*", text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if (found[2] and seconds > 59) or (found[1] and minutes > 59):
        return None
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return length if timedelta() < length <= LONGEST_RECORDING else None


def whole(text: object) -> int | None:
    """A whole number of at most nine digits, not negative; None for anything else."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*", str(text), re.ASCII)
    return int(found[1]) if found else None
