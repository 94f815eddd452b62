"""When a feed is due again: its rhythm, its publisher's wishes, failures, and an even spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.cadence import LONGEST_BACK_OFF, RETRY_AFTER_CEILING, Limits, next_due
from bot.feeds.rhythm import LEARNED_FROM, appeared, learn
from bot.model import Entry, FeedFacts

NOW = datetime(2026, 5, 13, 12, 0, 3, tzinfo=UTC)  # a Wednesday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHIPPED = Limits(default=15 * MINUTE, minimum=MINUTE, maximum=6 * HOUR)
EVERY_SECOND = Limits(default=timedelta(seconds=1), minimum=timedelta(seconds=1), maximum=6 * HOUR)


def every(gap: timedelta, count: int = 30, last: datetime = NOW) -> list[datetime]:
    return [last - gap * number for number in range(count)]


def wait(times: Sequence[datetime], now: datetime = NOW, limits: Limits = SHIPPED) -> timedelta:
    return next_due(now=now, interval_limits=limits, entry_times=times) - now


def test_the_default_holds_until_a_rhythm_is_known() -> None:
    for times in ([], every(HOUR, 3), [NOW + DAY * number for number in range(1, 30)]):
        assert 7 * MINUTE <= wait(times) <= 23 * MINUTE


@pytest.mark.parametrize(
    ("gap", "least", "most"),
    [
        (timedelta(seconds=5), MINUTE, MINUTE),
        (20 * MINUTE, 2 * MINUTE, 6 * MINUTE),
        (2 * HOUR, 6 * MINUTE, 15 * MINUTE),
        (26 * HOUR, 20 * MINUTE, HOUR),
        (30 * DAY, 45 * MINUTE, 6 * HOUR),
    ],
)
def test_the_busier_a_feed_the_sooner_the_next_look(gap: timedelta, least: timedelta, most: timedelta) -> None:
    scattered = [NOW - gap * (number + number * 0.618 % 1) for number in range(1, 30)]
    assert least <= wait(scattered) <= most


def test_a_feed_that_fell_silent_is_looked_at_less_often() -> None:
    assert wait(every(10 * MINUTE, last=NOW - 30 * DAY)) > 10 * wait(every(10 * MINUTE))


def test_days_without_a_time_of_day_teach_no_hours() -> None:
    midnights = every(DAY, last=datetime(2026, 5, 13, tzinfo=UTC))
    assert wait(midnights, NOW) == pytest.approx(wait(midnights, NOW + 11 * HOUR), rel=0.3)


def simulate(due_after: Callable[[datetime, list[datetime]], datetime], published: list[datetime]) -> tuple[float, int]:
    """(mean delay in seconds of what is published in the last three weeks, polls made meanwhile)."""
    start = published[-1] - 21 * DAY
    now, polls, delays, known = start, 0, [], [time for time in published if time <= start]
    while now < published[-1]:
        now = due_after(now, known)
        polls += 1
        fresh = [time for time in published if known[-1] < time <= now]
        delays += [(now - time).total_seconds() for time in fresh]
        known += fresh
    return sum(delays) / len(delays), polls


def newspaper(days: int = 60) -> list[datetime]:
    """Weekdays, four articles between 7 and 10 in the morning, UTC."""
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    mornings = [monday + DAY * day for day in range(days) if (monday + DAY * day).weekday() < 5]
    return [m + HOUR * hour + MINUTE * (m.day * 7 % 30) for m in mornings for hour in (7, 8, 9, 10)]


def test_a_learned_rhythm_finds_entries_sooner_than_a_fixed_interval_with_as_many_requests() -> None:
    learned, polls = simulate(
        lambda now, times: next_due(now=now, interval_limits=SHIPPED, entry_times=times[-60:], salt=1), newspaper()
    )
    fixed, as_many = simulate(lambda now, _: now + 21 * DAY / polls, newspaper())
    assert abs(as_many - polls) <= polls * 0.05
    assert learned < 0.6 * fixed
    assert polls < 21 * DAY / (15 * MINUTE)


@pytest.mark.parametrize("salt", range(20))
def test_a_pinned_second_is_a_second_whatever_the_feed_is_like(salt: int) -> None:
    facts = FeedFacts(ttl=HOUR, skip_hours=frozenset(range(12, 20)), skip_days=frozenset({2}))
    due = next_due(now=NOW, interval_limits=EVERY_SECOND, entry_times=every(7 * DAY), facts=facts, salt=salt)
    assert timedelta(seconds=1) <= due - NOW <= timedelta(seconds=1.06)


def test_a_feeds_polls_are_an_interval_apart_even_if_each_is_a_little_late() -> None:
    now, gaps = NOW, []
    for number in range(50):
        due = next_due(now=now, interval_limits=SHIPPED, salt=7)
        gaps.append(due - now)
        now = due + timedelta(seconds=number % 5)
    assert all(15 * MINUTE - timedelta(seconds=5) <= gap <= 15 * MINUTE for gap in gaps[1:])


def test_a_thousand_feeds_added_at_once_are_spread_over_the_interval() -> None:
    dues = [next_due(now=NOW, interval_limits=SHIPPED, salt=salt) for salt in range(3_000)]
    minutes = Counter((due - NOW) // MINUTE for due in dues)
    assert max(minutes.values()) < 2 * (3_000 / 15)


@pytest.mark.parametrize("hint", [{"max_age": 2 * HOUR}, {"facts": FeedFacts(ttl=2 * HOUR)}, {"retry_after": 2 * HOUR}])
def test_a_publishers_wish_delays(hint: dict[str, object]) -> None:
    assert next_due(now=NOW, interval_limits=SHIPPED, **hint) >= NOW + 2 * HOUR  # type: ignore[arg-type]


@pytest.mark.parametrize("hint", [{"max_age": 400 * DAY}, {"facts": FeedFacts(ttl=365 * DAY)}])
def test_a_publishers_wish_ends_at_the_ceiling(hint: dict[str, object]) -> None:
    assert next_due(now=NOW, interval_limits=SHIPPED, **hint) <= NOW + 6 * HOUR  # type: ignore[arg-type]


def test_skipped_hours_are_skipped_and_a_day_of_them_is_ignored() -> None:
    lunch = FeedFacts(skip_hours=frozenset({12, 13}))
    assert next_due(now=NOW, interval_limits=SHIPPED, facts=lunch) == datetime(2026, 5, 13, 14, tzinfo=UTC)
    always = FeedFacts(skip_hours=frozenset(range(24)))
    assert next_due(now=NOW, interval_limits=SHIPPED, facts=always) <= NOW + HOUR


def test_skipped_days_delay_no_further_than_the_ceiling() -> None:
    wednesdays = FeedFacts(skip_days=frozenset({2}))
    assert next_due(now=NOW, interval_limits=SHIPPED, facts=wednesdays) <= NOW + 6 * HOUR
    evening = datetime(2026, 5, 13, 20, 0, tzinfo=UTC)
    assert next_due(now=evening, interval_limits=SHIPPED, facts=wednesdays) == datetime(2026, 5, 14, tzinfo=UTC)


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [next_due(now=NOW, interval_limits=SHIPPED, failures=count, salt=3) - NOW for count in range(1, 12)]
    assert 27 * MINUTE <= waits[0] <= 33 * MINUTE
    assert all(later > 1.5 * earlier for earlier, later in pairwise(waits[:4]))
    assert all(wait <= DAY * 1.1 for wait in waits)
    assert waits[-1] >= DAY * 0.9


@pytest.mark.parametrize("failures", [0, 1, 30])
def test_retry_after_is_obeyed_within_reason(failures: int) -> None:
    asked = next_due(now=NOW, interval_limits=SHIPPED, failures=failures, retry_after=10 * HOUR) - NOW
    assert asked >= 10 * HOUR
    silly = next_due(now=NOW, interval_limits=SHIPPED, failures=failures, retry_after=timedelta(days=10**6)) - NOW
    assert RETRY_AFTER_CEILING <= silly <= RETRY_AFTER_CEILING * 1.11


spans = st.timedeltas(min_value=timedelta(milliseconds=10), max_value=timedelta(days=30))
moments = st.datetimes(
    min_value=datetime(1995, 1, 1),
    max_value=datetime(2090, 1, 1),
    timezones=st.just(UTC),  # the window of dates.py
)


@given(
    now=moments,
    spans=st.tuples(spans, spans, spans),
    times=st.lists(moments, max_size=30) | st.lists(st.timedeltas(-40 * DAY, DAY), max_size=60),
    failures=st.integers(0, 10**6),
    max_age=st.none() | st.timedeltas(min_value=timedelta()),
    ttl=st.none() | st.timedeltas(min_value=timedelta(), max_value=timedelta(days=365)),
    hours=st.frozensets(st.integers(0, 23)),
    days=st.frozensets(st.integers(0, 6)),
    salt=st.integers(0, 2**63),
)
def test_a_feed_is_always_due_within_the_limits(
    now: datetime,
    spans: tuple[timedelta, ...],
    times: list[datetime] | list[timedelta],
    failures: int,
    max_age: timedelta | None,
    ttl: timedelta | None,
    hours: frozenset[int],
    days: frozenset[int],
    salt: int,
) -> None:
    minimum, default, maximum = sorted(spans)
    limits = Limits(default=default, minimum=minimum, maximum=maximum)
    facts = FeedFacts(ttl=ttl, skip_hours=hours, skip_days=days)
    at = [time if isinstance(time, datetime) else now + time for time in times]
    due = next_due(
        now=now,
        interval_limits=limits,
        entry_times=at,
        failures=failures,
        max_age=max_age,
        facts=facts,
        salt=salt,
    )
    longest = max(maximum, LONGEST_BACK_OFF) if failures else maximum
    assert now + minimum <= due <= now + longest * 1.1  # feeds with one interval are up to a tenth apart


def test_times_of_appearing_are_dates_that_can_be_true_and_else_the_middle_between_two_polls() -> None:
    def entry(published_at: datetime | None) -> Entry:
        return Entry(guid=None, published_at=published_at)

    known = (NOW - DAY,)
    fresh = [entry(NOW - MINUTE), entry(NOW - 8 * HOUR), entry(None), entry(NOW + HOUR)]
    times = appeared(known, fresh, last_poll=NOW - HOUR, now=NOW)
    assert times == (NOW - DAY, *[NOW - HOUR / 2] * 3, NOW - MINUTE)
    set_back = appeared((), fresh, last_poll=NOW + HOUR, now=NOW)
    assert max(set_back) <= NOW
    first = appeared((), [entry(NOW - 90 * DAY), entry(None), entry(NOW + HOUR)], last_poll=None, now=NOW)
    assert first == (NOW - 90 * DAY,)
    assert len(appeared(times, [entry(NOW)] * 99, last_poll=NOW - HOUR, now=NOW)) == LEARNED_FROM


def bursts(last: datetime = NOW) -> list[datetime]:
    """A dozen entries within three hours, every nine days, at any time of the day."""
    begins = [last - DAY * 9 * number - HOUR * (number * 7 % 24) for number in range(8)]
    return [begin - MINUTE * 15 * number for begin in begins for number in range(12)]


def test_a_feed_that_comes_in_bursts_is_looked_at_closely_while_one_lasts() -> None:
    during, after = wait(bursts()), wait(bursts(last=NOW - 2 * DAY))
    assert during < 15 * MINUTE
    assert after > 4 * during


def test_a_single_burst_is_no_habit() -> None:
    """Twenty entries in one hour, months ago, make that hour no better than others."""
    once = [NOW - 60 * DAY + MINUTE * number for number in range(20)]
    rhythm = learn([*once, *(NOW - (DAY * 9 + HOUR * 5) * number for number in range(6))], NOW)
    assert rhythm is not None
    assert max(rhythm.habits.hours) < 2 * min(rhythm.habits.hours)


def test_an_even_feed_has_no_favourite_hours() -> None:
    rhythm = learn(every(HOUR, 100), NOW)
    assert rhythm is not None
    assert rhythm.habits.hours == (1.0,) * 24


def test_a_feed_silent_for_a_year_is_asked_rarely_and_woken_quickly() -> None:
    asleep = every(12 * HOUR, 60, last=NOW - 365 * DAY)
    awake = [*asleep, NOW]
    assert wait(asleep) > 2 * HOUR
    assert wait(awake) < wait(asleep) / 2
    soon = [*asleep, NOW - 14 * HOUR, NOW - 7 * HOUR, NOW]
    assert wait(soon) <= wait(awake)
