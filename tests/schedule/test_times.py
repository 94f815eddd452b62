"""Moments of a schedule: after now, in order, each once, also when clocks are put."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.parse import parse
from bot.schedule.times import EVERY_DAY, INTERVALS, LAST_DAY, Schedule

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
# Half-hour offsets and changes, clocks put at midnight, days left out, and no change at all.
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "America/Havana",
        "Africa/Casablanca",
    )
]

minutes = st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=12, unique=True).map(lambda m: tuple(sorted(m)))
weekly = st.builds(Schedule, minutes=minutes, days=st.frozensets(st.integers(0, 6), min_size=1))
monthly = st.builds(
    Schedule,
    minutes=minutes,
    month_days=st.lists(st.integers(1, LAST_DAY), min_size=1, max_size=5, unique=True).map(
        lambda days: tuple(sorted(days))
    ),
)
intervals = st.sampled_from(INTERVALS).map(lambda hours: Schedule(every=hours))
schedules = st.one_of(weekly, monthly, intervals)
# Around the days on which the clocks of these zones were put, and anywhere.
changes = st.sampled_from(
    [datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2011, 12, 30)]
)
near_changes = st.builds(lambda day, off: day + off, changes, st.timedeltas(-timedelta(days=3), timedelta(days=3)))
anywhere = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))
nows = st.one_of(anywhere, near_changes).map(lambda moment: moment.replace(tzinfo=UTC))
zones = st.sampled_from(ZONES)


@given(schedules)
def test_what_is_written_is_read_as_the_same(schedule: Schedule) -> None:
    assert parse(str(schedule)) == schedule


@given(schedules, nows, zones)
def test_the_next_moment_is_after_now_and_nothing_lies_between(
    schedule: Schedule, now: datetime, zone: ZoneInfo
) -> None:
    following = schedule.next_after(now, zone)
    assert following > now
    assert schedule.last_until(following, zone) == following
    assert schedule.last_until(following - timedelta(microseconds=1), zone) <= now
    assert schedule.next_after(schedule.last_until(now, zone), zone) == following


@given(schedules, nows, zones)
def test_moments_rise_and_shift_no_further_than_the_clocks(schedule: Schedule, now: datetime, zone: ZoneInfo) -> None:
    moments = [now]
    for _ in range(8):
        moments.append(schedule.next_after(moments[-1], zone))
    assert all(one < other for one, other in pairwise(moments))
    local = [moment.astimezone(zone) for moment in moments[1:]]
    if schedule.every is None:
        # At its time, or as much later as the clocks went forward meanwhile: half an hour, an hour, or a day.
        shifts = {0, 30, 60}
        assert all(
            any((at.hour * 60 + at.minute - minute) % 1440 in shifts for minute in schedule.minutes) for at in local
        )


@pytest.mark.parametrize(
    ("written", "zone", "moments"),
    [
        # 29 March 2026 has no 2:30 in Berlin, 25 October has two.
        ("daily 2:30", BERLIN, ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]),
        ("daily 2:30", BERLIN, ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        ("daily 9:00", NEW_YORK, ["2026-03-07 14:00", "2026-03-08 13:00", "2026-03-09 13:00"]),
        ("hourly", BERLIN, ["2026-10-24 23:00", "2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 02:00"]),
        ("hourly", BERLIN, ["2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 02:00"]),
        ("hourly", ZoneInfo("Asia/Kolkata"), ["2026-03-29 00:30", "2026-03-29 01:30"]),
        ("every 6h", BERLIN, ["2026-10-24 22:00", "2026-10-25 05:00", "2026-10-25 11:00", "2026-10-25 17:00"]),
        # Samoa had no 30 December 2011, a Friday.
        ("daily 9:00", ZoneInfo("Pacific/Apia"), ["2011-12-29 19:00", "2011-12-30 19:00", "2011-12-31 19:00"]),
        ("weekdays 8:30", UTC, ["2026-05-01 08:30", "2026-05-04 08:30", "2026-05-05 08:30"]),
        ("mon,thu 18:00", UTC, ["2026-05-04 18:00", "2026-05-07 18:00", "2026-05-11 18:00"]),
        ("daily 8:00,18:00", UTC, ["2026-05-04 08:00", "2026-05-04 18:00", "2026-05-05 08:00"]),
        ("monthly 31 9:00", UTC, ["2026-01-31 09:00", "2026-02-28 09:00", "2026-03-31 09:00", "2026-04-30 09:00"]),
        ("monthly last 9:00", UTC, ["2028-02-29 09:00", "2028-03-31 09:00"]),
        ("monthly 30,31 9:00", UTC, ["2026-02-28 09:00", "2026-03-30 09:00", "2026-03-31 09:00"]),
    ],
)
def test_each_moment_comes_once_by_the_clock_on_the_wall(written: str, zone: ZoneInfo, moments: list[str]) -> None:
    schedule, at = parse(written), datetime.fromisoformat(moments[0]).replace(tzinfo=UTC) - timedelta(seconds=1)
    for moment in moments:
        at = schedule.next_after(at, zone)
        assert f"{at:%Y-%m-%d %H:%M}" == moment


def test_the_schedule_by_itself_is_every_day() -> None:
    assert Schedule(minutes=(540,)).days == EVERY_DAY
