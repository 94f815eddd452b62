"""One poll by what it brings, beside a request and feedparser and nothing else, of the same 50 entries.

The site runs in the process that measures, so its share is in every row alike. A poll includes what it writes.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import aiohttp
import feedparser

from bot.feeds.cadence import Limits
from bot.opening import open_fetcher
from bot.ops.clock import SystemClock
from bot.reading.reader import WorkerReader
from bot.sandbox.site import FeedSite
from bot.sandbox.site.feed import SiteFeed
from bot.sandbox.site.stories import load_stories
from bot.settings import Fetch, Poll, Settings
from bot.store.store import Store
from bot.work.follow import Follow
from bot.work.poll import Poller
from tests.material import SEED

ROUNDS, GUILD = 30, 1
LIMITS = Limits(default=timedelta(0), minimum=timedelta(0), maximum=timedelta(0))
SETTINGS = Settings(
    fetch=Fetch(allow_networks=["127.0.0.0/8"]),
    poll=Poll(per_host_delay=timedelta(0), per_host_concurrency=8),
)


def run() -> list[tuple[str, str]]:
    """Rows of (what, result): median times, and what share of the bare way each takes."""
    return asyncio.run(_run())


async def _run() -> list[tuple[str, str]]:
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="herald-bench-") as folder:
        store, reader = await Store.open(f"sqlite+aiosqlite:///{folder}/herald.db"), WorkerReader()
        try:
            async with FeedSite() as site, open_fetcher(SETTINGS) as fetcher:
                follow = Follow(store, fetcher, reader, clock, limits=LIMITS, feeds_per_guild=10)
                poller = Poller(store, fetcher, reader, clock, limits=LIMITS, wake=_nothing, delivered=_nothing)
                results = await _measure(site, follow, store, poller)
        finally:
            await reader.close()
            await store.close()
    bare = results[BARE]
    return [(what, f"{took * 1000:.1f} ms   {took / bare:.2f}") for what, took in results.items()]


BARE = "a request, and feedparser over the whole (1.00)"


async def _measure(site: FeedSite, follow: Follow, store: Store, poller: Poller) -> dict[str, float]:
    same, changing = _fifty_entries(site, "same", ROUNDS), _fifty_entries(site, "changing", ROUNDS)
    for feed in (same, changing):
        await follow.add(guild_id=GUILD, channel_id=1, user_id=None, url=feed.url)
    ids = {one.feed_url: one.feed_id for one in await store.subscriptions(GUILD)}

    async def poll(feed: SiteFeed, expected: str) -> None:
        stored = await store.feed(GUILD, ids[feed.url])
        assert stored is not None
        result = await poller.poll(stored)
        await poller.finish()
        assert result.outcome == expected, result.outcome

    async def bare() -> None:
        async with session.get(changing.url) as response:
            assert feedparser.parse(await response.read()).entries

    async with aiohttp.ClientSession() as session:
        not_modified = await _median(lambda: poll(same, "not modified"))
        same.validating = "none"
        unchanged = await _median(lambda: poll(same, "unchanged"))
        new = await _median(lambda: poll(changing, "new"), before=changing.publish_next)
        return {
            BARE: await _median(bare),
            "a poll: 304": not_modified,
            "a poll: 200 with the same body": unchanged,
            "a poll: one new entry among 50, committed": new,
        }


async def _median(one: Callable[[], Awaitable[None]], *, before: Callable[[], object] = lambda: None) -> float:
    times = []
    for _ in range(ROUNDS):
        before()
        began = time.perf_counter()
        await one()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _fifty_entries(site: FeedSite, slug: str, hold_back: int) -> SiteFeed:
    """The feed this project began with where the material is there, else one of that size."""
    if SEED.exists():
        return site.add_file_feed(SEED, slug=slug, hold_back=hold_back)
    feed = site.add_feed(slug, title="Fifty entries")
    stories = [story for source in load_stories() for story in source.stories]
    for number in range(50 - hold_back):
        feed.publish(stories[number % len(stories)], url=f"{site.url}/stories/{number}")
    feed.hold(replace(stories[number % len(stories)], slug=f"held-{number}") for number in range(hold_back))
    return feed


def _nothing() -> None:
    return None
