"""`herald run` as a process against a local Discord: memory, start, answers, delivery.

The local Discord and the site run in the process that measures, on the same machine, so times include theirs.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import memory_mib
from bot.demo.bot_process import BotProcess
from bot.sandbox import Channel, Guild, Sandbox
from bot.sandbox.site import FeedSite
from bot.sandbox.site.written import WrittenFeed

FEEDS, ENTRIES, ANSWERS, PUBLISHED = 100, 20, 50, 10
BODY = "<p>" + "A sentence that a feed might hold, of some length. " * 8 + "</p>"

# As shipped, but for what a site on this machine needs, and with room for a hundred feeds of one host.
IDLE = """\
[fetch]
allow_networks = ["127.0.0.0/8"]
[poll]
per_host_delay = "0s"
per_host_concurrency = 8
[ops]
health_port = 0
"""


def run() -> list[tuple[str, str]]:
    """Rows of (what, result)."""
    own, on_pages = asyncio.run(_deliveries()), asyncio.run(_deliveries(pictures_on_pages=True))
    return [
        *asyncio.run(_with_a_hundred_feeds()),
        (f"from the poll that finds an entry to its message, median of {PUBLISHED}", _ms(statistics.median(own))),
        ("the slowest of them", _ms(max(own))),
        ("the same, if its picture is asked of its page", _ms(statistics.median(on_pages))),
        ("the slowest of them", _ms(max(on_pages))),
    ]


async def _with_a_hundred_feeds() -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="herald-bench-") as folder:
        async with Sandbox(rate_limits=False, patience=60) as sandbox, FeedSite() as site:
            guild = sandbox.add_guild("Bench")
            news = guild.add_channel("news")
            bot = BotProcess(Path(folder), api_base=sandbox.api_base, token=sandbox.token)
            (Path(folder) / "herald.toml").write_text(IDLE, "utf-8")
            try:
                await _start(bot, sandbox)
                followed = await _follow(sandbox, guild, news, [_feed(site, number) for number in range(FEEDS)])
                after_work = memory_mib(bot.pid)
                answers = {path: await _answers(guild, news, path, **options) for path, options in _COMMANDS}
                await bot.stop()
                started = await _start(bot, sandbox)
                await asyncio.sleep(5)
                idle = memory_mib(bot.pid)
            finally:
                await bot.stop()
    return [
        (f"memory (RSS, all processes), {FEEDS} idle feeds, after a start", f"{idle:.0f} MiB"),
        (f"the same, after {FEEDS} feeds were fetched and read", f"{after_work:.0f} MiB"),
        ("from the start of the process to connected", f"{started:.2f} s"),
        (f"/feed add: fetched, read, stored, answered; median of {FEEDS}", f"{followed * 1000:.0f} ms"),
        *((f"/{path} answered, median of {ANSWERS}", f"{median * 1000:.0f} ms") for path, median in answers.items()),
    ]


_COMMANDS: list[tuple[str, dict[str, str]]] = [
    ("feed list", {}),
    ("search", {"query": "sentence -entry1"}),
    ("latest", {}),
]


def _feed(site: FeedSite, number: int, **more: Any) -> WrittenFeed:
    feed = site.add_feed(f"feed-{number}", title=f"Feed {number}", **more)
    for entry in range(ENTRIES):
        feed.publish(title=f"Entry {entry} of feed {number}", body_html=BODY)
    return feed


async def _start(bot: BotProcess, sandbox: Sandbox) -> float:
    began = time.perf_counter()
    await bot.start()
    await sandbox.bot_ready(timeout=30)
    return time.perf_counter() - began


async def _follow(sandbox: Sandbox, guild: Guild, news: Channel, feeds: list[WrittenFeed]) -> float:
    while not sandbox.commands(guild):  # a first start tells Discord of them beside connecting
        await asyncio.sleep(0.05)
    times = []
    for feed in feeds:
        began = time.perf_counter()
        reply = await guild.command(guild.owner, news, "feed add", url=feed.url)
        times.append(time.perf_counter() - began)
        assert "Following" in reply.text, reply.text
    return statistics.median(times)


async def _answers(guild: Guild, news: Channel, path: str, **options: Any) -> float:
    times = []
    for _ in range(ANSWERS):
        began = time.perf_counter()
        reply = await guild.command(guild.owner, news, path, **options)
        times.append(time.perf_counter() - began)
        assert not reply.failed
    return statistics.median(times)


async def _deliveries(*, pictures_on_pages: bool = False) -> list[float]:
    """Seconds from the request that brought a new entry to its message, each in a channel that got nothing lately."""
    with tempfile.TemporaryDirectory(prefix="herald-bench-") as folder:
        async with Sandbox(rate_limits=False) as sandbox, FeedSite(pictures_url="https://pictures.example") as site:
            guild = sandbox.add_guild("Bench")
            feeds = [_feed(site, number, pictures_on_pages=pictures_on_pages) for number in range(PUBLISHED)]
            places = {guild.add_channel(f"news-{number}"): feed for number, feed in enumerate(feeds)}
            bot = BotProcess(Path(folder), api_base=sandbox.api_base, token=sandbox.token)
            try:
                await _start(bot, sandbox)
                for news, feed in places.items():
                    await _follow(sandbox, guild, news, [feed])
                return [await _delivered(feed, news) for news, feed in places.items()]
            finally:
                await bot.stop()


async def _delivered(feed: WrittenFeed, news: Channel) -> float:
    asked = len(feed.requests)
    feed.publish(title="The newest", body_html=BODY, image="the-newest")
    await news.wait_for(lambda messages: messages, 30)
    found = next(seen for seen in list(feed.requests)[asked:] if seen.status == 200)
    return (news.messages[0].created_at - found.at).total_seconds()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
