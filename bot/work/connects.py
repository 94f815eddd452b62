"""How long to wait before connecting, if Herald was started again and again. Pure.

Discord resets a bot's token after 1,000 identifies in a day (Gateway, "Session Start Limit"): a process that dies soon
after each start, under a supervisor that starts it again, would get there in an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

REMEMBERED = timedelta(days=1)
FREE_STARTS = 10  # in an hour: an upgrade, a mistake in the settings, another
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)  # 144 a day
MOST_IN_A_DAY = 500  # half of what Discord allows: from here on the longest pause each time


def pause_before(starts: Sequence[datetime], now: datetime) -> timedelta:
    """For the start at `now`, after those of the last day."""
    if len(starts) >= MOST_IN_A_DAY:
        return LONGEST_PAUSE
    lately = sum(1 for start in starts if now - start < timedelta(hours=1))
    return (
        min(FIRST_PAUSE * 2 ** min(lately - FREE_STARTS, 20), LONGEST_PAUSE) if lately >= FREE_STARTS else timedelta(0)
    )
