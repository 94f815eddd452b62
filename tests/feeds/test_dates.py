"""Dates as publishers write them (hostile.md 54, reliability.md b)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.dates import EARLIEST, LATEST, moment

READ = {
    "Wed, 13 May 2026 10:57:52 +0000": "2026-05-13T10:57:52",
    "Wed, 13 May 2026 10:57:52 GMT": "2026-05-13T10:57:52",
    "Wed,13 May 2026 10:57:52 GMT": "2026-05-13T10:57:52",
    "Wed, 13 May 2026 06:57:52 EDT": "2026-05-13T10:57:52",
    "Wed, 13 May 2026 06:57 -0400": "2026-05-13T10:57:00",
    "13 May 2026 10:57:52 Z": "2026-05-13T10:57:52",
    "13 May 26 10:57:52 +0000": "2026-05-13T10:57:52",
    "Thu, 07 Dec 17 10:00:29 -0800": "2017-12-07T18:00:29",
    "Fri, 3 Mar 99 10:00:00 GMT": "1999-03-03T10:00:00",
    "Wednesday, 13-May-26 10:57:52 GMT": "2026-05-13T10:57:52",
    "Wed, 13 May 2026 10:57:52 +0000 (UTC)": "2026-05-13T10:57:52",
    "Wed,  13  May  2026  10:57:52  +0000": "2026-05-13T10:57:52",
    "Wed May 13 10:57:52 2026": "2026-05-13T10:57:52",
    "Sat Oct 06 2018 00:00:00 GMT": "2018-10-06T00:00:00",
    "Wed May 13 2026 12:57:52 GMT+0200 (Central European Summer Time)": "2026-05-13T10:57:52",
    "May 13, 2026 10:57": "2026-05-13T10:57:00",
    "13.05.2026 10:57": "2026-05-13T10:57:00",
    "5/13/2026 10:57:52 PM": "2026-05-13T22:57:52",
    "05/13/2026 12:05 AM": "2026-05-13T00:05:00",
    "Wed, 13 May 2026 9:05:03 pm EDT": "2026-05-14T01:05:03",
    "Wed, 13 May 2026 12:57:52 +02:00": "2026-05-13T10:57:52",
    "13 May 2026": "2026-05-13T00:00:00",
    "Sun, 31 Dec 2023 24:00:00 GMT": "2024-01-01T00:00:00",
    "Sat, 31 Dec 2016 23:59:60 GMT": "2017-01-01T00:00:00",
    "2026-05-13T10:57:52Z": "2026-05-13T10:57:52",
    "2026-05-13T10:57:52.616Z": "2026-05-13T10:57:52",
    "2026-05-13T12:57:52+02:00": "2026-05-13T10:57:52",
    "2026-05-13T12:57:52+0200": "2026-05-13T10:57:52",
    "2026-05-13T12:57+02": "2026-05-13T10:57:00",
    "2026-05-13t10:57:52z": "2026-05-13T10:57:52",
    "2026-05-13 10:57:52": "2026-05-13T10:57:52",
    "2026-05-13 10:57:52 UTC": "2026-05-13T10:57:52",
    "2026-05-13": "2026-05-13T00:00:00",
    "20260513T105752Z": "2026-05-13T10:57:52",
    "2020/1/10 14:33": "2020-01-10T14:33:00",  # feedparser: November
    "1736157600": "2025-01-06T10:00:00",  # feedparser: the year 1736
    "1736157600000": "2025-01-06T10:00:00",
    "Seg, 24 Set 2018 19:42:40 -0300": "2018-09-24T22:42:40",
    "lun., 5 août 2024 10:00:00 +0200": "2024-08-05T08:00:00",
    "Mi, 13 Mär 2024 10:00:00 +0100": "2024-03-13T09:00:00",
    "  2026-05-13T10:57:52Z\n": "2026-05-13T10:57:52",
}

NOT_READ = [
    "", "now", "soon", "0000-00-00", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "2025-02-30", "30 Feb 2025 10:00:00 GMT", "2025-13-01",
    "2026-05-13T10:57:52+25:00", "2026-05-13T25:00:00Z", "2026-05-13T24:30:00Z", "2026-05-13T10:60:00Z",
    "Wed, 13 Mai4 2026", "Wed, 13 Blah 2026 10:00:00 GMT", "13 May 2026 10:00:00 XYZ", "10/01/2020", "10/01/2020 10:00",
    "13:00 PM", "5/13/2026 13:00 PM", "31.02.2026", "0", "-1",
    "123456789012345678901234567890", "2026-05-13T10:57:52Z" * 20, "٢٠٢٦-٠٥-١٣T",
]  # fmt: skip


@pytest.mark.parametrize(("written", "read"), READ.items())
def test_a_date_is_read(written: str, read: str) -> None:
    assert moment(written) == datetime.fromisoformat(read).replace(tzinfo=UTC)


@pytest.mark.parametrize("written", NOT_READ)
def test_what_is_no_date_for_certain_is_none(written: str) -> None:
    assert moment(written) is None


def test_no_text_is_no_date() -> None:
    assert moment(None) is None


offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1995, 1, 3), max_value=datetime(2099, 12, 30), timezones=offsets))
def test_what_the_standards_write_is_read_back(when: datetime) -> None:
    when = when.replace(microsecond=0)
    assert moment(when.isoformat()) == when
    assert moment(format_datetime(when)) == when


@given(st.text(max_size=40) | st.text("0123456789-/:.TZ +GMTMayon,", max_size=40))
def test_any_text_is_a_sane_utc_time_or_none(text: str) -> None:
    when = moment(text)
    assert when is None or (EARLIEST <= when < LATEST and when.utcoffset() == timedelta())
