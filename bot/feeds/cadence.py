"""When to look again: a feed's own rhythm, the publisher's wishes, and the operator's limits.

Pure arithmetic over times. The operator's limits are never crossed, except that Retry-After is always obeyed, and
that a feed which keeps failing is asked once a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from bot.feeds.rhythm import learn
from bot.model import FeedFacts

RETRY_AFTER_CEILING = timedelta(days=3)  # a server that says "in 2099" means "go away for now"
LONGEST_BACK_OFF = timedelta(hours=24)
SLOTS = 1_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_NO_FACTS = FeedFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The operator's [poll] settings. `default` holds until a rhythm is known; if it is `minimum`, it holds always."""

    default: timedelta
    minimum: timedelta
    maximum: timedelta

    @property
    def pinned(self) -> bool:
        """The operator wants this interval, whatever the feed is like."""
        return self.default <= self.minimum


def next_due(
    *,
    now: datetime,
    interval_limits: Limits,
    entry_times: Sequence[datetime] = (),
    failures: int = 0,
    max_age: timedelta | None = None,
    facts: FeedFacts = _NO_FACTS,
    retry_after: timedelta | None = None,
    salt: int = 0,
) -> datetime:
    """When the feed is due next, always after `now`.

    `entry_times` are publication times, in any order. `failures` counts failed polls in a row. `salt` (the feed's id)
    gives each feed a place of its own in the interval, so that feeds added together are not polled together.
    """
    if failures:
        return now + _back_off(interval_limits, failures, retry_after, salt)
    due = _usual(now, interval_limits, entry_times, salt)
    wish = timedelta() if interval_limits.pinned else (facts.ttl or timedelta())
    patience = min(max(wish, max_age or timedelta()), max(interval_limits.maximum, due - now))
    due = max(due, now + patience)
    if retry_after is not None:
        # A pause holds for many feeds of a host: they must not all come back in the second it ends.
        due = max(due, now + min(retry_after, RETRY_AFTER_CEILING) * (1 + 0.1 * _fraction(salt)))
    return due if interval_limits.pinned else _past_skipped(due, now + interval_limits.maximum, facts)


def _usual(now: datetime, limits: Limits, entry_times: Sequence[datetime], salt: int) -> datetime:
    """By the feed's rhythm, or, while that is unknown, at its place in the default interval."""
    rhythm = None if limits.pinned else learn(entry_times, now)
    if rhythm is None:
        return _own_slot(now, _within(limits.default, limits), limits, salt)
    # A quarter more or less, different at each poll: feeds that began together, or were due together after a sleep,
    # are spread within an hour. A twentieth kept the busiest minute at 2.4 times the mean; this costs 2 % of delay.
    share = 0.75 + 0.5 * _fraction(salt ^ int(now.timestamp()))
    return max(rhythm.after(now, share, limits.maximum), now + limits.minimum)


def _within(interval: timedelta, limits: Limits) -> timedelta:
    return max(min(interval, limits.maximum), limits.minimum, timedelta(milliseconds=1))


def _own_slot(now: datetime, interval: timedelta, limits: Limits, salt: int) -> datetime:
    """The feed's next place on a grid of intervals: a poll that was late does not shift those after it.

    After a change of interval the place is half of it away at least, so that changes do not add polls.
    """
    if interval < 2 * limits.minimum:  # no room to shift within: the drift of a few per cent spreads them in time
        return now + interval * (1 + 0.05 * _fraction(salt))
    earliest = now + max(min(interval / 2, limits.maximum - interval), limits.minimum)
    phase = interval * _fraction(salt)
    return min(earliest + (phase - (earliest - _EPOCH)) % interval, now + limits.maximum)


def _back_off(limits: Limits, failures: int, retry_after: timedelta | None, salt: int) -> timedelta:
    """Doubles with each failure up to a day, for each feed a little apart; never before Retry-After."""
    base = _within(limits.default, limits)
    longest = limits.maximum if limits.pinned else max(limits.maximum, LONGEST_BACK_OFF)
    doubled = base * 2**failures if failures < 30 else longest
    wait = max(min(doubled, longest), base)
    wait = max(wait * (0.9 + 0.2 * _fraction(salt * 31 + failures)), limits.minimum)
    asked = min(max(retry_after or timedelta(), timedelta()), RETRY_AFTER_CEILING)
    return max(wait, asked * (1 + 0.1 * _fraction(salt)))


def _past_skipped(due: datetime, ceiling: datetime, facts: FeedFacts) -> datetime:
    """The first time from `due` on outside the hours and days that the publisher asks to skip, within the ceiling."""
    moved = due
    while moved < ceiling and _skipped(moved, facts):
        moved = moved.replace(minute=0, second=0, microsecond=0) + _HOUR
    return due if _skipped(moved, facts) else max(due, min(moved, max(ceiling, due)))


def _skipped(when: datetime, facts: FeedFacts) -> bool:
    utc = when.astimezone(UTC)
    return utc.hour in facts.skip_hours or utc.weekday() in facts.skip_days


def _fraction(salt: int) -> float:
    """A number in [0, 1) that is always the same for one salt and evenly spread over many."""
    digest = blake2b(str(salt).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % SLOTS / SLOTS
