"""What feeds do to their followers, poll after poll. Numbers are those of the list of hostile inputs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.store import Store
from tests.work.polling import FEED, Desk, document, failure, fetched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN = document(*range(1, 11))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/herald.db")
    desk = Desk(store)
    await desk.follow()
    desk.web.answers[FEED] = fetched(TEN)
    await desk.poll()
    yield desk
    await store.close()


async def owed(desk: Desk) -> int:
    [one] = await desk.store.subscriptions(1)
    return await desk.store.waiting(1, one.id)


HISTORIES = {
    "48 guids change http <-> https": [TEN.replace(b"http:", b"https:"), TEN],
    "48 hosts change www <-> bare": [TEN.replace(b"//feeds.", b"//www.feeds."), TEN],
    "48 links get tracking arguments": [TEN.replace(b"</link>", b"?utm_source=rss&amp;fbclid=1</link>"), TEN],
    "50 the order is reversed and reversed again": [document(*range(10, 0, -1)), TEN],
    "51 shrinks to one and grows back": [document(5), TEN, document(5), TEN],
    "52 alternates between two mirrors": [document(1, 2, 3), document(4, 5, 6), document(1, 2, 3), TEN],
    "53 titles are edited at each poll": [TEN.replace(b"Entry", f"Edit {n}".encode()) for n in range(4)],
    "53 texts print the time": [
        TEN.replace(b"</link>", f"</link><description>{n}</description>".encode()) for n in range(4)
    ],
    "one entry twice": [document(1, 1, 2, 2), TEN],
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
async def test_nothing_known_is_told_again(desk: Desk, history: list[bytes]) -> None:
    for body in history:
        desk.web.answers[FEED] = fetched(body)
        result = await desk.poll()
        assert (result.outcome, result.new) != ("failed", 0)
        assert result.new == 0
    assert await owed(desk) == 0


async def test_47_entries_that_share_a_guid_or_a_link_are_told_each_once(desk: Desk) -> None:
    for shared in (b"<link>https://feeds.example/</link>", b"<guid>same</guid><link>https://feeds.example/all</link>"):
        items = b"".join(b"<item><title>%b %d</title>%b</item>" % (shared[1:5], n, shared) for n in range(8))
        desk.web.answers[FEED] = fetched(TEN.replace(b"<item>", items + b"<item>", 1))
        assert (await desk.poll()).new == 8
        more = items + b"<item><title>%b new</title>%b</item>" % (shared[1:5], shared)
        desk.web.answers[FEED] = fetched(TEN.replace(b"<item>", more + b"<item>", 1))
        assert (await desk.poll()).new == 1
        assert (await desk.poll()).new == 0


@pytest.mark.parametrize("status", [403, 404])
async def test_a30_a31_a_week_of_refusals_ends_nothing_and_brings_no_flood(desk: Desk, status: int) -> None:
    desk.web.answers[FEED] = failure(status)
    await desk.run(7 * DAY)
    assert len(desk.web.asked) < 20
    feed = await desk.feed()
    assert feed.last_error == f"HTTP {status}"
    assert feed.failing_since is not None
    assert (await desk.store.subscriptions(1))[0].paused_at is None
    desk.web.answers[FEED] = fetched(document(*range(1, 12)))
    await desk.run(2 * DAY)
    assert await owed(desk) == 1
    assert (await desk.feed()).failing_since is None


async def test_c72_a_clock_that_jumps_a_day_makes_one_poll_and_not_a_hundred(desk: Desk) -> None:
    desk.clock.set_wall(desk.clock.now() + DAY)
    before = len(desk.web.asked)
    await desk.run(HOUR)
    assert 1 <= len(desk.web.asked) - before <= 8
