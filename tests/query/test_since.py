"""Times as members write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.query.since import parse_duration, parse_since

NOW = datetime(2026, 5, 14, 15, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", datetime(2026, 5, 13, 15, 30, tzinfo=UTC)),
        ("7d", datetime(2026, 5, 7, 15, 30, tzinfo=UTC)),
        ("2w", datetime(2026, 4, 30, 15, 30, tzinfo=UTC)),
        ("3 days ago", datetime(2026, 5, 11, 15, 30, tzinfo=UTC)),
        ("2 months", datetime(2026, 3, 15, 15, 30, tzinfo=UTC)),
        ("1y", datetime(2025, 5, 14, 15, 30, tzinfo=UTC)),
        ("today", datetime(2026, 5, 14, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 5, 13, tzinfo=UTC)),
        ("last  week", datetime(2026, 5, 7, 15, 30, tzinfo=UTC)),
        ("this week", datetime(2026, 5, 11, tzinfo=UTC)),
        ("this month", datetime(2026, 5, 1, tzinfo=UTC)),
        ("this year", datetime(2026, 1, 1, tzinfo=UTC)),
        ("monday", datetime(2026, 5, 11, tzinfo=UTC)),
        ("since friday", datetime(2026, 5, 8, tzinfo=UTC)),
        ("2026-05-13", datetime(2026, 5, 13, tzinfo=UTC)),
        ("999999 years", datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_since(text: str, expected: datetime) -> None:
    assert parse_since(text, NOW) == expected


def test_a_day_begins_at_midnight_where_the_member_is() -> None:
    berlin = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))  # summer time began at two this morning
    assert parse_since("today", berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert parse_since("24h", berlin) == datetime(2026, 3, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "7",
        "d",
        "7x",
        "-7d",
        "1e3d",
        "５d",
        "1000000000d",
        "2026-02-30",
        "2026-13-01",
        "tomorrow",
        "2027-01-01",
        "last",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_since(text, NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        (" 6 H ", timedelta(hours=6)),
        ("1d", timedelta(days=1)),
        ("2 weeks", timedelta(days=14)),
        ("1h30m", timedelta(minutes=90)),
    ],
)
def test_duration(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0s", "5", "s", "1.5h", "1e3h", "５h", "1000000000d", "-1h", "1mo", "1h ago", "90 parsecs", "1h!"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    for read in (parse_duration, lambda typed: parse_since(typed, NOW)):
        try:
            read(text)
        except UsageError:
            continue
