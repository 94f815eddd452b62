"""A rhythm is followed as far as a feed's past bears it out, and no further."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import habits
from bot.feeds.habits import DAY, HOUR, MINUTE
from bot.feeds.rhythm import learn

BEGIN = datetime(2026, 3, 2, tzinfo=UTC).timestamp()  # a Monday
WEEK = [BEGIN + 300 * DAY + 50 * MINUTE * number for number in range(7 * 24 * 6 // 5)]
LONG_AGO = BEGIN - DAY

histories = st.lists(st.floats(0, 200 * DAY), min_size=5, max_size=100).map(
    lambda since: sorted(BEGIN + seconds for seconds in since)
)


def unevenness(times: Sequence[float]) -> float:
    """How many times as often the most promising moment of a week is looked at as the least promising."""
    learned = habits.learn(times)
    looks = [learned.looks(at, LONG_AGO) for at in WEEK]
    return max(looks) / min(looks)


def mornings(days: int, some: random.Random) -> list[float]:
    return [BEGIN + DAY * day + HOUR * (7 + some.random() * 2) for day in range(days)]


@given(times=histories, at=st.floats(0, 300 * DAY))
def test_every_moment_is_worth_a_look_now_and_then(times: list[float], at: float) -> None:
    learned = habits.learn(times)
    assert 0 <= learned.trust <= 1
    assert 0.01 < learned.looks(BEGIN + at, times[-1]) < 100


@given(times=st.lists(st.floats(0, 200 * DAY), min_size=5, max_size=8))
def test_a_handful_of_entries_proves_no_habit(times: list[float]) -> None:
    assert unevenness(sorted(BEGIN + seconds for seconds in times)) == pytest.approx(1)


@given(times=histories, some=st.randoms())
def test_the_order_of_the_times_changes_nothing(times: list[float], some: random.Random) -> None:
    moments = [datetime.fromtimestamp(time, UTC) for time in times]
    mixed = some.sample(moments, len(moments))
    now = moments[-1] + timedelta(hours=3)
    assert learn(mixed, now) == learn(moments, now)


@given(times=histories, days=st.integers(1, 40))
def test_the_same_some_weeks_later_is_the_same_habit(times: list[float], days: int) -> None:
    whole = [float(int(time)) for time in times]
    learned = habits.learn(whole)
    later = habits.learn([time + 7 * days * DAY for time in whole])
    assert later.trust == pytest.approx(learned.trust, abs=1e-6)
    assert later.hours == learned.hours


@pytest.mark.parametrize("seed", range(20))
def test_chance_is_no_habit(seed: int) -> None:
    some = random.Random(seed)
    assert unevenness(sorted(BEGIN + some.random() * 60 * DAY for _ in range(100))) < 2


def test_a_habit_is_followed_while_it_lasts() -> None:
    some = random.Random(1)
    kept = mornings(60, some)
    given_up = kept[:40] + [BEGIN + DAY * (40 + number / 2 + some.random() / 2) for number in range(60)]
    assert unevenness(kept) > 5
    assert unevenness(given_up) < 1.5


@pytest.mark.parametrize("minute", [7, 33, 56])
def test_a_timer_is_asked_just_after_its_minute(minute: int) -> None:
    """What is built every three hours, or not, is looked for when it is built."""
    some = random.Random(minute)
    built = [BEGIN + 3 * HOUR * number + minute * MINUTE + 2 for number in range(200) if some.random() < 0.5]
    learned = habits.learn(built[-100:])
    hour = 300 * 24 * HOUR + BEGIN
    assert learned.looks(hour + minute * MINUTE + 30, LONG_AGO) > 5 * learned.looks(hour + 15 * MINUTE, LONG_AGO)
