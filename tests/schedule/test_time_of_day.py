"""Times of day as people write them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.schedule.time_of_day import parse_time_of_day, time_of_day


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("22:00", "22:00"),
        (" 7 ", "07:00"),
        ("07.30", "07:30"),
        ("730", "07:30"),
        ("2200", "22:00"),
        ("22h", "22:00"),
        ("22h15", "22:15"),
        ("22 Uhr", "22:00"),
        ("10 pm", "22:00"),
        ("10:30PM", "22:30"),
        ("12 am", "00:00"),
        ("12 p.m.", "12:00"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("24:00", "00:00"),
        ("0", "00:00"),
    ],
)
def test_a_time_of_day_is_read(text: str, shown: str) -> None:
    assert time_of_day(parse_time_of_day(text)) == shown


@pytest.mark.parametrize(
    "text", ["", "late", "25", "24:01", "22:60", "13 pm", "0 am", "-1", "7:5", "1:2:3", "٧", "7 7 7", "123456"]
)
def test_what_is_no_time_of_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no time of day\. Write for example 22:00 or 10 pm\."):
        parse_time_of_day(text)


@given(st.integers(0, 24 * 60 - 1))
def test_what_is_shown_is_read_back(minutes: int) -> None:
    assert parse_time_of_day(time_of_day(minutes)) == minutes


@given(st.text())
def test_any_text_is_a_time_of_the_day_or_refused(text: str) -> None:
    with suppress(UsageError):
        assert 0 <= parse_time_of_day(text) < 24 * 60
