"""Quiet hours: when they begin and end, whatever the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Destination, GuildSettings, Posting
from bot.work.quiet import is_quiet, posted_silently, quiet_until, zone_of

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # its clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",  # skipped a whole day in 2011
    "Pacific/Kiritimati",
]
MINUTE = timedelta(minutes=1)

minutes = st.integers(0, 24 * 60 - 1)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


def settings(begin: int | None, end: int | None, zone: str | None = "Europe/Berlin") -> GuildSettings:
    return GuildSettings(guild_id=1, time_zone=zone, quiet_from=begin, quiet_until=end)


def at(zone: str, *when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


NIGHT = settings(22 * 60, 7 * 60)


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (6, 59, True), (7, 0, False), (14, 0, False)],
)
def test_quiet_hours_cross_midnight_in_the_guilds_own_time(hour: int, minute: int, quiet: bool) -> None:
    assert is_quiet(NIGHT, at("Europe/Berlin", 2026, 7, 1, hour, minute)) is quiet
    assert is_quiet(NIGHT, at("Europe/Berlin", 2026, 1, 1, hour, minute)) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [(8, False), (9, True), (16, True), (17, False)])
def test_quiet_hours_within_a_day(hour: int, quiet: bool) -> None:
    assert is_quiet(settings(9 * 60, 17 * 60), at("Europe/Berlin", 2026, 7, 1, hour)) is quiet


def test_it_says_when_the_quiet_ends() -> None:
    end = at("Europe/Berlin", 2026, 7, 2, 7)
    assert quiet_until(NIGHT, at("Europe/Berlin", 2026, 7, 1, 23)) == end
    assert quiet_until(NIGHT, at("Europe/Berlin", 2026, 7, 2, 3)) == end
    assert quiet_until(NIGHT, end) is None


@given(begin=minutes, now=moments, zone=st.sampled_from(ZONES))
def test_without_both_times_or_with_equal_ones_it_is_never_quiet(begin: int, now: datetime, zone: str) -> None:
    for one in (settings(None, None, zone), settings(begin, None, zone), settings(begin, begin, zone)):
        assert not is_quiet(one, now)


@given(begin=minutes, end=minutes, now=moments, zone=st.sampled_from(ZONES))
def test_what_the_clock_on_the_wall_calls_quiet_is_quiet(begin: int, end: int, now: datetime, zone: str) -> None:
    local = now.astimezone(ZoneInfo(zone))
    shown = local.hour * 60 + local.minute
    by_the_wall = begin <= shown < end if begin <= end else shown >= begin or shown < end
    quiet = is_quiet(settings(begin, end, zone), now)
    assert quiet or not by_the_wall
    around = {(now + days * timedelta(days=1)).astimezone(local.tzinfo).utcoffset() for days in (-2, 0, 2)}
    if len(around) == 1:  # the clocks do not change these days: the two are the same
        assert quiet is by_the_wall


@given(begin=minutes, end=minutes, now=moments, zone=st.sampled_from(ZONES))
def test_it_stays_quiet_until_the_end_and_no_longer(begin: int, end: int, now: datetime, zone: str) -> None:
    chosen = settings(begin, end, zone)
    until = quiet_until(chosen, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        assert is_quiet(chosen, until - timedelta(microseconds=1))
        assert quiet_until(chosen, until) is None or _clocks_change(zone, until)


def _clocks_change(zone: str, around: datetime) -> bool:
    offsets = [(around + hours * timedelta(hours=1)).astimezone(ZoneInfo(zone)).utcoffset() for hours in (-26, 0, 26)]
    return len(set(offsets)) > 1


def test_nobody_is_woken_early_when_an_hour_comes_twice() -> None:
    # Europe/Berlin, 25 October 2026: 02:00 to 03:00 twice.
    quiet = settings(0, 2 * 60 + 30)
    first, second = at("Europe/Berlin", 2026, 10, 25, 2, 30), at("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert is_quiet(quiet, first)
    assert is_quiet(quiet, second - MINUTE)
    assert not is_quiet(quiet, second)


def test_nor_when_an_hour_is_left_out() -> None:
    # Europe/Berlin, 29 March 2026: after 01:59 comes 03:00.
    gap = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert is_quiet(settings(0, 2 * 60 + 30), gap)
    assert not is_quiet(settings(0, 2 * 60 + 30), gap + 30 * MINUTE)
    assert is_quiet(settings(2 * 60 + 30, 6 * 60), gap)


def test_without_a_time_zone_the_hours_are_utc_and_so_with_one_that_no_table_has() -> None:
    for zone in (None, "Europe/Atlantis", "../etc/passwd", ""):
        assert zone_of(settings(0, 1, zone)) == UTC
        assert is_quiet(settings(22 * 60, 7 * 60, zone), datetime(2026, 7, 1, 6, 59, tzinfo=UTC))


NEWS = Posting(
    id=1, destination=Destination(kind="channel", id=10, guild_id=1), nonce="n", deliveries=(), settings=NIGHT
)
DEEP_NIGHT, NOON = at("Europe/Berlin", 2026, 7, 1, 3), at("Europe/Berlin", 2026, 7, 1, 12)


def test_a_posting_is_silent_in_quiet_hours_and_stays_as_it_was_first_tried() -> None:
    assert posted_silently(NEWS, DEEP_NIGHT)
    assert not posted_silently(NEWS, NOON)
    assert posted_silently(replace(NEWS, silent=True), NOON)
    assert not posted_silently(replace(NEWS, silent=False), DEEP_NIGHT)


def test_a_members_direct_messages_are_their_own() -> None:
    direct = replace(NEWS, destination=Destination(kind="user", id=7, guild_id=1))
    assert not posted_silently(direct, DEEP_NIGHT)
