"""Archives that are filled in, old posts imported, a podcast's first season again: found, counted, and not posted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.chat.polling_messages import old
from bot.chat.why_messages import why as words
from bot.query.language import parse
from bot.store.store import Store
from bot.work.why import why
from tests.store.scene import Scene
from tests.work.polling import FEED, Desk, fetched

DAY = timedelta(days=1)
Item = tuple[int, datetime | None]


def dated(*items: Item) -> bytes:
    written = "".join(
        f"<item><guid>g{number}</guid><title>Entry {number}</title>"
        + (f"<pubDate>{format_datetime(date)}</pubDate>" if date else "")
        + "</item>"
        for number, date in items
    )
    return f"<rss version='2.0'><channel><title>News</title>{written}</channel></rss>".encode()


@pytest.fixture
async def desk(store: Store) -> Desk:
    desk = Desk(store)
    await desk.follow()
    return desk


async def _poll(desk: Desk, *items: Item) -> int:
    """How many entries were told."""
    desk.web.answers[FEED] = fetched(dated(*items))
    result = await desk.poll()
    desk.clock.set_wall(desk.clock.now() + DAY)
    return result.new


def _ago(desk: Desk, days: Iterable[int], first: int = 100) -> list[Item]:
    return [(first + place, desk.clock.now() - number * DAY) for place, number in enumerate(days)]


async def test_an_archive_filled_in_is_found_counted_and_not_posted(desk: Desk, scene: Scene) -> None:
    await _poll(desk, (1, desk.clock.now() - DAY))
    archive, new = _ago(desk, range(40, 240, 10)), (2, desk.clock.now())
    assert await _poll(desk, new, *archive, (1, None)) == 1
    assert await scene.drain(desk.clock.now()) == ["Entry 2"]
    [subscription] = await desk.store.subscriptions(1)
    assert await desk.store.count_old(1, subscription.feed_id, desk.clock.now() - 30 * DAY) == 20
    assert await desk.store.count_old(2, subscription.feed_id, desk.clock.now() - 30 * DAY) == 0
    assert "20 entries" in old(20)
    _, total = await desk.store.search(1, parse("entry"))
    assert total == 22
    assert await _poll(desk, *archive) == 0, "they are known from now on"


async def test_why_says_that_its_date_was_old(desk: Desk) -> None:
    await _poll(desk, (1, desk.clock.now()))
    await _poll(desk, *_ago(desk, [400]))
    [subscription] = await desk.store.subscriptions(1)
    entry = await desk.store.find_entry(1, subscription.feed_id, "Entry 100")
    assert entry is not None
    answer = why(subscription, await desk.feed(), entry, await desk.store.fate(1, subscription.id, entry.id))
    assert answer.kind == "old"
    assert "more than 30 days after its date" in words(answer)


async def test_what_came_while_the_feed_was_not_asked_for_long_is_news(desk: Desk) -> None:
    await _poll(desk, (1, desk.clock.now()))
    desk.clock.set_wall(desk.clock.now() + 90 * DAY)
    assert await _poll(desk, *_ago(desk, [10, 40, 80, 100, 150])) == 4


async def test_a_feed_without_dates_is_told_as_ever(desk: Desk) -> None:
    await _poll(desk, (1, None))
    assert await _poll(desk, (2, None), (3, None), (1, None)) == 2


async def test_a_feed_whose_dates_are_all_old_is_told_as_ever(desk: Desk) -> None:
    await _poll(desk, *_ago(desk, range(1000, 1010)))
    for number in range(5):
        assert await _poll(desk, *_ago(desk, [900 - number], first=200 + number)) == 1


async def test_a_feed_whose_dates_become_old_is_told_again_after_some_polls(desk: Desk) -> None:
    await _poll(desk, *_ago(desk, [1, 2, 3]))
    told = [await _poll(desk, *_ago(desk, [700], first=200 + number)) for number in range(6)]
    assert told == [0, 0, 1, 1, 1, 1]
