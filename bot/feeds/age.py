"""Entries that appear long after their date: an archive filled in, old posts imported, a podcast's first season again.

Of the rules here a date decides only whether what is new is told; what is new, it never decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Entry

OLD = timedelta(days=30)  # dated so long before the poll that did not find it yet (reliability.md I5)
MOST_ARRIVALS = 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """A poll that brought dated entries: when, and the newest date of them that was not in the future."""

    at: datetime
    newest: datetime


def old_before(arrivals: Sequence[Arrival], last_poll: datetime) -> datetime | None:
    """What is dated before then is old; None: this feed's dates say nothing of age.

    `arrivals` are its last MOST_ARRIVALS, the first document among them. Where most of them brought nothing but old
    dates, old dates are what this feed has: of photos, of judgments, of a clock that was never set.
    """
    current = sum(one.at - one.newest <= OLD for one in arrivals)
    return last_poll - OLD if arrivals and 2 * current >= len(arrivals) else None


def is_old(entry: Entry, before: datetime) -> bool:
    """By the later of its dates; the undated never is."""
    if entry.published_at is None:
        return False
    return max(entry.published_at, entry.updated_at or entry.published_at) < before
