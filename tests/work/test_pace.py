"""How often somebody may search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import QuotaReached
from bot.work.pace import MOST_KEPT, WINDOW, SearchPace

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


def refused(pace: SearchPace, guild_id: int, user_id: int, now: datetime) -> str:
    """What it says, "" if the search was counted."""
    try:
        pace.take(guild_id, user_id, now)
    except QuotaReached as error:
        return str(error)
    return ""


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_no_minute_sees_more_searches_than_allowed_and_none_is_refused_below(pauses: list[float]) -> None:
    pace, now, taken = SearchPace(member=5, guild=100), NOON, list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        recent = [time for time in taken if now - time < WINDOW]
        answer = refused(pace, 1, 7, now)
        assert bool(answer) is (len(recent) == 5)
        if not answer:
            taken.append(now)


def test_the_wait_is_said_and_is_enough() -> None:
    pace = SearchPace(member=2, guild=100)
    pace.take(1, 7, NOON)
    pace.take(1, 7, NOON + timedelta(seconds=20))
    assert refused(pace, 1, 7, NOON + timedelta(seconds=30)).endswith("Try again in 30 seconds.")
    assert refused(pace, 1, 7, NOON + timedelta(seconds=59)).endswith("Try again in 1 second.")
    assert refused(pace, 1, 7, NOON + timedelta(seconds=60)) == ""


def test_members_do_not_share_a_limit_but_a_server_has_one() -> None:
    pace = SearchPace(member=2, guild=3)
    assert [refused(pace, 1, user, NOON) for user in (7, 7, 8)] == [""] * 3
    assert "2 searches in a minute" in refused(pace, 1, 7, NOON)
    assert "This server searches a lot" in refused(pace, 1, 8, NOON)
    assert refused(pace, 2, 7, NOON) == ""


def test_what_is_refused_is_not_counted() -> None:
    pace = SearchPace(member=1, guild=100)
    pace.take(1, 7, NOON)
    for second in range(59):
        assert refused(pace, 1, 7, NOON + timedelta(seconds=second))
    assert refused(pace, 1, 7, NOON + WINDOW) == ""


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1), timedelta(seconds=-1)])
def test_a_clock_that_jumps_shuts_nobody_out(jump: timedelta) -> None:
    pace = SearchPace(member=1, guild=1)
    pace.take(1, 7, NOON)
    assert refused(pace, 1, 7, NOON + jump) == ""


def test_a_million_members_are_not_remembered() -> None:
    pace = SearchPace()
    for number in range(3 * MOST_KEPT):
        pace.take(number, 1, NOON + number * timedelta(seconds=1))
    assert len(pace._taken) <= MOST_KEPT + 2
