"""Laws of the next poll that hold for any history, however odd, and for many feeds together."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.cadence import Limits, next_due

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # summer time begins in Europe half an hour later
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=count) for count in (1, 60, 3600, 86400))
SHIPPED = Limits(default=15 * MINUTE, minimum=MINUTE, maximum=6 * HOUR)
ODD = {
    "all in the future": [NOW + DAY * number for number in range(1, 50)],
    "all equal": [NOW - DAY] * 60,
    "all now": [NOW] * 60,
    "in 1736": [datetime(1736, 1, 1, tzinfo=UTC) + DAY * number for number in range(60)],
    "ten thousand": [NOW - HOUR * number for number in range(10_000)],
    "a second apart": [NOW - SECOND * number for number in range(100)],
    "midnights": [NOW.replace(hour=0, minute=0) - DAY * number for number in range(60)],
}


@pytest.mark.parametrize("times", ODD.values(), ids=ODD)
def test_an_odd_history_leads_to_no_odd_poll(times: list[datetime]) -> None:
    for salt in range(20):
        due = next_due(now=NOW, interval_limits=SHIPPED, entry_times=times, salt=salt)
        assert NOW + MINUTE <= due <= NOW + 6 * HOUR
        assert due == next_due(now=NOW, interval_limits=SHIPPED, entry_times=times[::-1], salt=salt)


@settings(deadline=None)
@given(ago=st.lists(st.integers(0, 10**7), max_size=60), salt=st.integers(0, 2**63), hours=st.integers(1, 6))
def test_a_lower_ceiling_never_delays_a_poll(ago: list[int], salt: int, hours: int) -> None:
    times = [NOW - SECOND * seconds for seconds in ago]
    lower = Limits(default=15 * MINUTE, minimum=MINUTE, maximum=hours * HOUR)
    due = next_due(now=NOW, interval_limits=SHIPPED, entry_times=times, salt=salt)
    assert next_due(now=NOW, interval_limits=lower, entry_times=times, salt=salt) <= due


def test_a_thousand_feeds_with_one_rhythm_do_not_come_in_one_second() -> None:
    """All publish at full hours, and were all asked in the same second, so minutes after the hour are busy for all."""
    times = [NOW.replace(minute=0) - HOUR * number for number in range(60)]
    asked: Counter[int] = Counter()
    for salt in range(1_000):
        now = NOW
        while (now := next_due(now=now, interval_limits=SHIPPED, entry_times=times, salt=salt)) < NOW + 3 * HOUR:
            asked[(now - NOW) // SECOND] += 1
    assert max(asked.values()) < 1_000 / 20
