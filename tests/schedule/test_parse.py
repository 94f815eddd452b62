"""Schedules as people write them, and what they are told of a mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.language import mark
from bot.schedule.parse import LONGEST, parse


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("daily 9:00", "daily 9:00"),
        ("daily", "daily 9:00"),
        ("09:00", "daily 9:00"),
        ("9", "daily 9:00"),
        ("0930", "daily 9:30"),
        ("9am", "daily 9:00"),
        ("12 am", "daily 0:00"),
        ("12 p.m.", "daily 12:00"),
        ("Every day at 9 o'clock", "daily 9:00"),
        ("once a day, 18h30", "daily 18:30"),
        ("every 1 day", "daily 9:00"),
        ("daily 18:00 & 8.30", "daily 8:30,18:00"),
        ("WEEKDAYS 08:30", "weekdays 8:30"),
        ("mon-fri 8:30", "weekdays 8:30"),
        ("monday through friday 8:30", "weekdays 8:30"),
        ("weekends noon", "weekends 12:00"),
        ("fri-mon 7:00", "monday,friday,saturday,sunday 7:00"),
        ("monday 9am", "monday 9:00"),
        ("Mondays at 9", "monday 9:00"),
        ("mon,thu 18:00", "monday,thursday 18:00"),
        ("every tue and weds at 5 pm", "tuesday,wednesday 17:00"),
        ("weekly", "monday 9:00"),
        ("weekly fri midnight", "friday 0:00"),
        ("monthly", "monthly 1 9:00"),
        ("monthly 1 9:00", "monthly 1 9:00"),
        ("monthly 15, 1", "monthly 1,15 9:00"),
        ("the 1st of each month at 9", "monthly 1 9:00"),
        ("monthly on the 2nd and 3rd at 18", "monthly 2,3 18:00"),
        ("first day of the month", "monthly 1 9:00"),
        ("on the last day of the month at 18h30", "monthly last 18:30"),
        ("hourly", "hourly"),
        ("every hour", "hourly"),
        ("every 6h", "every 6h"),
        ("every 12 hours", "every 12h"),
    ],
)
def test_what_people_write_is_understood(written: str, meant: str) -> None:
    assert str(parse(written)) == meant


@pytest.mark.parametrize(
    ("written", "said", "at"),
    [
        ("", "says no time", ""),
        ("the", "says no time", "the"),
        ("foo", "do not understand", "foo"),
        ("daily 9:00 sharp", "do not understand", "sharp"),
        ("daily 9:5", "do not understand", ":"),
        ("daily 25:00", "no such time of day", "25:00"),
        ("daily 13pm", "no such time of day", "13pm"),
        ("daily 0am", "no such time of day", "0am"),
        ("daily 99", "no such time of day", "99"),
        ("1000000000", "no such time of day", "1000000000"),
        ("every 5h", "must divide a day", "5"),
        ("every 0h", "must divide a day", "0"),
        ("every ５h", "must divide a day", "５"),
        ("every -5h", "do not understand", "-5h"),
        ("every 1e3h", "do not understand", "e3h"),
        ("monthly 1000000000", "No month has such a day", "1000000000"),
        ("every 30m", "Once an hour is the most", "30"),
        ("every 2 weeks", "hours only", "2"),
        ("every 6h mon", "stands by itself", "6"),
        ("monthly 32", "No month has such a day", "32"),
        ("monthly mon", "days by number", "monthly mon"),
        ("1:00 2:00 3:00 4:00 5:00 6:00 7:00 8:00 9:00 10:00 11:00 12:00 13:00", "more than 12", "1:00"),
        ("x" * (LONGEST + 1), "at most 100", "x"),
    ],
)
def test_a_mistake_is_pointed_at_with_an_example_that_works(written: str, said: str, at: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(written)
    error = caught.value
    assert said in error.reason
    assert written[error.position :].startswith(at)
    assert mark(error)
    for example in error.hint.split(", ") if error.hint else ():
        parse(example)


PIECES = [*"0123456789:.,-h é股\n", "am", "mon", "every ", "daily ", "month ", "last ", "1st ", "at "]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_whatever_is_written_is_a_schedule_or_a_mistake_with_its_place(text: str) -> None:
    place, again = 0, None
    try:
        again = parse(str(schedule := parse(text)))
    except QueryError as error:
        place = error.position
    else:
        assert again == schedule
    assert 0 <= place <= len(text)
