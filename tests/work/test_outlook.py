"""Why a feed is asked next when it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import FetchError
from bot.feeds.cadence import Limits
from bot.model import Feed, FeedFacts, Fetched, Validators
from bot.store.store import Store
from bot.work.outlook import Because, outlook
from tests.work.polling import FEED, LIMITS, Desk, document, failure, fetched

NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MORNINGS = tuple(NOW - number * DAY - 3 * HOUR for number in range(40, 0, -1))  # 09:00 each day


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db") as store:
        desk = Desk(store)
        await desk.follow()
        desk.web.answers[FEED] = fetched(document(1, 2), etag=b'"1"')
        await desk.poll()
        yield desk


async def because(desk: Desk) -> Because:
    return outlook(await desk.feed(), LIMITS, desk.clock.now()).because


def answer(**changes: Any) -> Fetched:
    return replace(fetched(document(1, 2, 3)), **changes)


async def test_a_feed_that_has_not_published_enough_has_the_interval_of_the_settings(desk: Desk) -> None:
    assert await because(desk) == "unknown"
    assert outlook(await desk.feed(), LIMITS, desk.clock.now()).interval == LIMITS.default


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        (answer(max_age=5 * HOUR), "wish"),
        (fetched(document(1, 2, 3, extra="<ttl>300</ttl>")), "wish"),
        (answer(max_age=MINUTE), "unknown"),
        (failure(500), "failing"),
        (failure(429, after=HOUR), "patience"),
        (FetchError(FEED, "no such host"), "failing"),
    ],
)
async def test_what_the_last_answer_was_decides(desk: Desk, came: Fetched | FetchError, expected: Because) -> None:
    desk.web.answers[FEED] = came
    await desk.poll()
    assert await because(desk) == expected


async def test_a_feed_whose_hub_tells_is_asked_rarely_for_that(desk: Desk) -> None:
    feed = replace(await desk.feed(), pushed_until=desk.clock.now() + DAY)
    assert outlook(feed, LIMITS, desk.clock.now()).because == "pushed"
    assert outlook(feed, LIMITS, desk.clock.now() + 2 * DAY).because == "unknown"


def a_feed(**changes: Any) -> Feed:
    return replace(Feed(id=1, url=FEED, polled_at=NOW, next_due_at=NOW + MINUTE), **changes)


def test_a_rhythm_is_told_as_rate_hours_and_interval() -> None:
    found = outlook(a_feed(entry_times=MORNINGS), LIMITS, NOW)
    assert found.because == "rhythm"
    assert found.per_day is not None
    assert 0.9 < found.per_day < 1.1
    assert found.busy_hours is not None
    begin, end = found.busy_hours
    assert begin <= 9 < end
    assert end - begin <= 4
    assert found.interval is not None
    assert 30 * MINUTE < found.interval < HOUR


def test_an_even_day_has_no_busy_hours() -> None:
    every_hour = tuple(NOW - number * HOUR for number in range(100, 0, -1))
    assert outlook(a_feed(entry_times=every_hour), LIMITS, NOW).busy_hours is None


def test_busy_hours_may_run_over_midnight() -> None:
    nights = tuple(time + (15 if number % 2 else 16) * HOUR for number, time in enumerate(MORNINGS[:-1]))
    found = outlook(a_feed(entry_times=nights), LIMITS, NOW)
    assert found.busy_hours is not None
    begin, end = found.busy_hours
    assert begin > end > 0


@pytest.mark.parametrize(
    ("feed", "limits", "expected"),
    [
        (a_feed(polled_at=None), LIMITS, "first"),
        (a_feed(ended_at=NOW, last_error="gone"), LIMITS, "ended"),
        (a_feed(), Limits(default=MINUTE, minimum=MINUTE, maximum=HOUR), "fixed"),
        (a_feed(facts=FeedFacts(skip_hours=frozenset({12, 13})), next_due_at=NOW + 2 * HOUR), LIMITS, "wish"),
        (a_feed(validators=Validators(), next_due_at=None), LIMITS, "unknown"),
    ],
)
def test_the_rest_of_the_reasons(feed: Feed, limits: Limits, expected: Because) -> None:
    assert outlook(feed, limits, NOW).because == expected


async def test_a_detour_is_remembered_while_it_lasts(desk: Desk) -> None:
    elsewhere = "https://cdn.example/a"
    desk.web.answers[FEED] = replace(fetched(document(1, 2, 3)), url=elsewhere)
    await desk.poll()
    began = desk.clock.now()
    desk.clock.set_wall(began + HOUR)
    await desk.poll()
    detour = (await desk.feed()).detour
    assert detour is not None
    assert (detour.to, detour.since) == (elsewhere, began)
    desk.web.answers[FEED] = failure(500)
    await desk.poll()
    assert (await desk.feed()).detour == detour
    desk.web.answers[FEED] = fetched(document(1, 2, 3))
    await desk.poll()
    assert (await desk.feed()).detour is None


@pytest.mark.parametrize("there", ["http://feeds.example/a", "https://www.feeds.example/a", "https://feeds.example/a/"])
async def test_what_is_the_same_place_is_no_detour(desk: Desk, there: str) -> None:
    desk.web.answers[FEED] = replace(fetched(document(1, 2, 3)), url=there)
    await desk.poll()
    assert (await desk.feed()).detour is None
