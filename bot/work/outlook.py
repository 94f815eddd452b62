"""Why a feed is asked next when it is: its rhythm, the publisher's wish, trouble, or a hub. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.feeds import cadence
from bot.feeds.rhythm import AT_ONE_AN_HOUR, Rhythm, learn
from bot.model import Feed

Because = Literal["ended", "failing", "patience", "pushed", "fixed", "wish", "rhythm", "unknown", "first"]
JITTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`because` is what decided about the next poll. `interval` is how often the feed is worth asking on average."""

    because: Because
    per_day: float | None = None  # entries; None while the rhythm is unknown
    busy_hours: tuple[int, int] | None = None  # UTC, from the first up to but without the second
    interval: timedelta | None = None


def outlook(feed: Feed, limits: cadence.Limits, now: datetime) -> Outlook:
    """How a feed is asked."""
    rhythm = learn(feed.entry_times, now)
    because = _because(feed, limits, now)
    if rhythm is None:
        return Outlook(because=because, interval=limits.default)
    worth = AT_ONE_AN_HOUR / max(rhythm.per_hour, 1e-6) ** 0.5
    return Outlook(
        because=because,
        per_day=rhythm.per_hour * 24,
        busy_hours=_busy_hours(rhythm),
        interval=limits.default if limits.pinned else max(limits.minimum, min(worth, limits.maximum)),
    )


def _because(feed: Feed, limits: cadence.Limits, now: datetime) -> Because:
    trouble = _trouble(feed)
    if trouble is not None:
        return trouble
    if feed.polled_at is None:
        return "first"
    if feed.pushed_until is not None and feed.pushed_until > now:
        return "pushed"
    if limits.pinned:
        return "fixed"
    if feed.next_due_at is not None and feed.next_due_at > _unasked(feed, limits, feed.polled_at) + JITTER:
        return "wish"
    return "unknown" if learn(feed.entry_times, feed.polled_at) is None else "rhythm"


def _trouble(feed: Feed) -> Because | None:
    if feed.ended_at is not None:
        return "ended"
    if feed.last_error is None:
        return None
    return "failing" if feed.failures else "patience"


def _unasked(feed: Feed, limits: cadence.Limits, polled_at: datetime) -> datetime:
    """When it would have been due without any wish of the publisher's (ttl, max-age, hours to skip)."""
    return cadence.next_due(now=polled_at, interval_limits=limits, entry_times=feed.entry_times, salt=feed.id)


def _busy_hours(rhythm: Rhythm) -> tuple[int, int] | None:
    """The longest run of hours that are busier than the average; None if the day is even, or may well be."""
    busy = [share > 1.2 and rhythm.habits.trust > 0 for share in rhythm.habits.hours]
    if all(busy) or not any(busy):
        return None
    runs = [(_run(busy, start), start) for start in range(24) if busy[start] and not busy[start - 1]]
    length, start = max(runs)
    return start, (start + length) % 24


def _run(busy: list[bool], start: int) -> int:
    return next(length for length in range(25) if not busy[(start + length) % 24])
