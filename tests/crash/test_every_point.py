"""Killed before and after every call, every SQL statement and every commit between fetching and settling.

The points are found, not listed: a life that is left alone writes down what it passes, then one life dies at each.
Some of them in the suite; all with `HERALD_CRASH_POINTS=all pytest tests/crash/test_every_point.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.demo.bot_process import PACKAGE_ROOT
from bot.model import FeedFacts, Subscription
from bot.sandbox import Channel, Sandbox
from bot.sandbox.site import FeedSite
from bot.store.store import Store
from tests.clocks import START
from tests.crash.flow import Order

TITLES = ["the first", "the second", "the third"]
SAMPLE = 1 if os.environ.get("HERALD_CRASH_POINTS") == "all" else 19
KILLED = -9


class Lives:
    """Orders lives, one after another, from a process that has everything imported."""

    def __init__(self, process: asyncio.subprocess.Process, order: Order) -> None:
        self._process, self._order = process, order

    async def one(self, *, kill_at: int | None = None, points: Path | None = None) -> int:
        """Its exit code."""
        order = asdict(self._order) | {"kill_at": kill_at, "points": str(points) if points else None}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return int(await self._process.stdout.readline())


@asynccontextmanager
async def lives_in(folder: Path, sandbox: Sandbox) -> AsyncIterator[Lives]:
    with (folder / "bot.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.crash.flow"),
            cwd=PACKAGE_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
    try:
        yield Lives(process, Order(str(folder), sandbox.api_base, sandbox.token))
    finally:
        process.kill()
        await process.wait()


async def found(folder: Path, url: str, channel: Channel, guild_id: int) -> None:
    """A database in which the channel follows the feed, which was never polled."""
    async with await Store.open(f"sqlite+aiosqlite:///{folder}/herald.db") as store:
        feed = await store.add_feed(url, FeedFacts(title="News"), None, START)
        await store.add_subscription(
            Subscription(id=0, guild_id=guild_id, channel_id=channel.id, feed_id=feed.id, created_at=START)
        )


def titles(channel: Channel) -> list[str]:
    return [str(embed["title"]) for message in channel.messages for embed in message.embeds]


def picture(title: str) -> str:
    """What the page of the entry names."""
    return f"https://pictures.example/{title.replace(' ', '-')}.png"


def pictures(channel: Channel) -> list[str | None]:
    embeds = [embed for message in channel.messages for embed in message.embeds]
    return [(embed.get("image") or {}).get("url") for embed in embeds]


@pytest.mark.timeout(900)
async def test_dead_at_any_point_the_next_life_ends_what_was_begun(tmp_path: Path) -> None:
    async with Sandbox(rate_limits=False) as sandbox, FeedSite() as site, lives_in(tmp_path, sandbox) as lives:
        guild = sandbox.add_guild("Reading room")
        news = guild.add_channel("news")
        feed = site.add_feed("news", title="News", pictures_on_pages=True)
        feed.publish(title="an old one")
        await found(tmp_path, feed.url, news, guild.id)
        assert await lives.one() == 0  # the first poll announces nothing
        database, before = tmp_path / "herald.db", tmp_path / "before.db"
        shutil.copy(database, before)
        for title in TITLES:
            feed.publish(title=title, image=picture(title))

        async def from_the_start(kill_at: int | None = None, points: Path | None = None) -> int:
            for leftover in tmp_path.glob("herald.db-*"):
                leftover.unlink()
            shutil.copy(before, database)
            news.record.messages.clear()
            return await lives.one(kill_at=kill_at, points=points)

        assert await from_the_start(points=tmp_path / "points") == 0
        assert titles(news) == TITLES
        assert pictures(news) == [picture(title) for title in TITLES]
        points: list[str] = json.loads((tmp_path / "points").read_text("utf-8"))
        for wanted in (
            "after fetch",
            "before INSERT INTO delivery",
            "before commit",
            "before send",
            "before settle",
            "before edit",
        ):
            assert any(point.startswith(wanted) for point in points), wanted

        for number in range(0, len(points), SAMPLE):
            where = f"killed at {number}: {points[number]}"
            assert await from_the_start(kill_at=number) == KILLED, where
            assert await lives.one() == 0, where
            assert titles(news) == TITLES, where
            assert pictures(news) == [picture(title) for title in TITLES], where
