"""Long documents do not hold up whatever else runs in the event loop: commands, heartbeats, messages."""

from __future__ import annotations

import asyncio
import gc
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.model import FeedFacts, Subscription
from bot.net.fetch import HttpFetcher
from bot.net.guard import Guard
from bot.ops.clock import SystemClock
from bot.reading.reader import WorkerReader
from bot.slices import SLICE_S, each
from bot.store.store import Store
from bot.work.poll import Poller
from tests.material import OPEN_FEEDS, needs
from tests.net.server import Site, answer, serving
from tests.work.polling import LIMITS

LONGEST_S = 0.05
MANY = 4_000


class Beat:
    """A task that wants to run each millisecond. `busy` is the processor time that went by between two of its turns:
    of this process alone, however many others have the machine."""

    def __init__(self) -> None:
        self.busy = 0.0
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            self.busy = max(self.busy, time.thread_time() - began)

    async def longest(self) -> float:
        """Since it was asked last."""
        await asyncio.sleep(0.005)
        longest, self.busy = self.busy, 0.0
        return longest

    def stop(self) -> None:
        self._task.cancel()


def document(numbers: range, words: int = 20) -> bytes:
    body = " ".join(f"word{number}" for number in range(words))
    items = "".join(
        f"<item><guid>g{n}</guid><title>Entry {n} of very many</title><link>https://feeds.example/{n}</link>"
        f"<description>&lt;p&gt;{body} {n}&lt;/p&gt;</description></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>Archive</title>{items}</channel></rss>".encode()


class Scene:
    """A feed on a real server, read in real workers, kept in a real database."""

    def __init__(self, store: Store, site: Site, poller: Poller) -> None:
        self.store, self.site, self.poller = store, site, poller
        self.beat = Beat()

    async def follow(self, path: str) -> int:
        feed = await self.store.add_feed(self.site.url(path), FeedFacts(), None, SystemClock().now())
        await self.store.add_subscription(Subscription(id=0, guild_id=1, channel_id=10, feed_id=feed.id))
        return feed.id

    async def poll(self, feed_id: int, body: bytes) -> tuple[int, float]:
        """How many entries were new, and how long the loop was held at most."""
        feed = await self.store.feed(1, feed_id)
        assert feed is not None
        path = feed.url.partition(f":{self.site.port}")[2]
        self.site.answers[path] = answer(gzip.compress(body, 1), "Content-Encoding: gzip")
        await self.beat.longest()
        gc.disable()  # its passes are as long as the memory of the whole run of tests; life.py exempts what is there
        try:
            result = await self.poller.poll(feed)
            await self.poller.finish()
            assert result.outcome != "failed"
            return result.new, await self.beat.longest()
        finally:
            gc.enable()


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    clock, reader = SystemClock(), WorkerReader()
    fetcher = HttpFetcher(Guard(["127.0.0.0/8"]), clock, user_agent="Herald/0")
    async with await Store.open(f"sqlite+aiosqlite:///{folder}/herald.db") as store, serving(Site()) as site:
        poller = Poller(store, fetcher, reader, clock, limits=LIMITS, wake=lambda: None, delivered=lambda: None)
        made = Scene(store, site, poller)
        yield made
        made.beat.stop()
        await fetcher.close()
        await reader.close()


async def test_four_thousand_entries_come_in_without_holding_the_loop(tmp_path: Path) -> None:
    """The first time, the same again, all of them news, and all of them corrected."""
    async with scene(tmp_path) as there:
        await there.poll(await there.follow("/small"), document(range(3)))  # what is loaded when first used
        feed_id = await there.follow("/feed")
        for body, expected in (
            (document(range(MANY)), 0),
            (document(range(MANY)), 0),
            (document(range(MANY, 2 * MANY)), MANY),
            (document(range(MANY, 2 * MANY), words=15), 0),
        ):
            new, held_s = await there.poll(feed_id, body)
            assert new == expected
            assert held_s < LONGEST_S
        [newest] = await there.store.latest(1, feed_id=feed_id, limit=1)
        assert newest.entry.text.count("word") == 15, "the correction arrived"


@needs(OPEN_FEEDS)
async def test_no_real_feed_holds_the_loop(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        await there.poll(await there.follow("/small"), document(range(3)))
        largest = sorted(OPEN_FEEDS.glob("*.xml"), key=lambda path: -path.stat().st_size)[:8]
        assert len(largest) == 8
        for one in largest:
            _, held_s = await there.poll(await there.follow(f"/{one.name}"), one.read_bytes())
            assert held_s < LONGEST_S, one.name


async def test_work_in_slices_lets_others_run_between_them_and_keeps_its_order() -> None:
    beat = Beat()

    def heavy(number: int) -> int:
        until = time.thread_time() + SLICE_S / 2
        while time.thread_time() < until:
            pass
        return number

    assert await each(heavy, range(30)) == list(range(30))
    assert await beat.longest() < 4 * SLICE_S
    beat.stop()
    assert await each(heavy, []) == []


@pytest.mark.parametrize("size", [0, 39, 40, 41, 100])
async def test_entries_come_from_the_worker_whole_and_in_order(size: int) -> None:
    reader = WorkerReader()
    read = await reader.read(document(range(size)), url="https://feeds.example/a")
    await reader.close()
    assert read.facts.title == "Archive"
    assert [one.guid for one in read.entries] == [f"g{number}" for number in range(size)]
