"""A thousand feeds of which half misbehave in every way, for ten minutes: memory, and what the healthy half feels.

`python -m benchmarks soak`, or `python -m benchmarks.soak --help` for a shorter one, or a look into the bot's memory.
Each ten feeds are a host of their own. For the first two minutes all are healthy; then one half turns, and each minute
every feed of it misbehaves in another way. Both halves of the figures come from one run, so the machine's load is in
both. The sites and the local Discord run in the process that measures, whose memory is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.memory import Held, held
from bot.demo.bot_process import HERALD_RUN, BotProcess
from bot.sandbox import Channel, Sandbox
from bot.sandbox.site import FeedSite
from bot.sandbox.site.formats import FeedFormat
from bot.sandbox.site.written import WrittenFeed
from tests.reading.harmful import HARMFUL

FORMATS: tuple[FeedFormat, ...] = ("rss", "atom", "json", "rdf")
HOSTS, FEEDS_OF_EACH, CHANNELS, ENTRIES = 100, 10, 50, 20
QUIET_SECONDS, SECONDS, TURN = 120, 600, 60
PUBLISHED_EACH_SECOND = 4.0  # by the healthy half, all feeds together
LOOK_EACH = 5.0  # seconds between looks at the memory
INTERVAL = 30  # seconds between polls of a healthy feed
LOOK_INSIDE = ("-m", "benchmarks.inside", "run")

CONFIG = f"""\
[poll]
default_interval = "{INTERVAL}s"
min_interval = "{INTERVAL}s"
max_interval = "60s"
per_host_delay = "200ms"
[fetch]
allow_networks = ["127.0.0.0/8"]
timeout = "15s"
[quota]
feeds_per_guild = 2000
[ops]
health_port = 0
"""

DOCUMENTS = {f"harmful-{number}": body for number, body in enumerate(HARMFUL.values())}

FAULTS: list[tuple[str, dict[str, Any]]] = [
    *((status, {}) for status in ("403", "404", "410", "500")),
    ("429", {"retry_after": 5}),
    ("503", {"retry_after": "Thu, 31 Dec 2099 23:59:59 GMT"}),
    *((kind, {}) for kind in ("garbage", "html", "empty", "slow", "drip", "hang", "reset", "cut-off", "endless")),
    *((kind, {}) for kind in ("gzip-bomb", "redirect", "redirect-away", "redirect-loop", "wrong-type")),
    *((kind, {}) for kind in ("shrink", "reversed", "reissue", "flood")),
    *(("document", {"name": name}) for name in DOCUMENTS),
]


@dataclass
class Soak:
    """The run so far. Times are steady seconds, or of the wall clock where they are of Discord's messages."""

    sandbox: Sandbox
    bot: BotProcess
    healthy: list[WrittenFeed] = field(default_factory=list)
    bad: list[WrittenFeed] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)  # slug -> where its entries are posted
    published: dict[str, datetime] = field(default_factory=dict)  # title -> when
    memory: list[tuple[float, Held]] = field(default_factory=list)
    some: random.Random = field(default_factory=lambda: random.Random(7))

    def publish(self) -> None:
        feed = self.some.choice(self.healthy)
        title = f"{feed.slug} {len(self.published):05}"
        entry = feed.publish(title=title, body_html="<p>As every day.</p>")
        self.published[title] = entry.published_at

    async def go_on(self, seconds: float) -> None:
        """Publishes at the usual pace, and looks at the memory now and then."""
        began = looked = time.monotonic()
        for number in range(int(seconds * PUBLISHED_EACH_SECOND)):
            await asyncio.sleep(max(0.0, began + number / PUBLISHED_EACH_SECOND - time.monotonic()))
            self.publish()
            if time.monotonic() - looked > LOOK_EACH:
                looked = time.monotonic()
                self.memory.append((looked, held(self.bot.pid)))

    def misbehave(self, turn: int) -> None:
        for number, feed in enumerate(self.bad):
            kind, options = FAULTS[(number * 7 + turn) % len(FAULTS)]
            feed.heal()
            if kind == "document":
                feed.fault("redirect", to=f"{feed.base_url}/feeds/{options['name']}.xml")
            else:
                feed.fault(kind, **options)


def run() -> list[tuple[str, str]]:
    """Rows of (what, result)."""
    return asyncio.run(_run(SECONDS))


async def _run(seconds: int, turn_seconds: int = TURN, inside: Path | None = None) -> list[tuple[str, str]]:
    """`inside` is where the log of a bot goes that tells what its memory is made of."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="herald-soak-")))
        sandbox = await stack.enter_async_context(Sandbox(patience=120))
        bot = BotProcess(folder, api_base=sandbox.api_base, token=sandbox.token)
        (folder / "herald.toml").write_text(CONFIG, "utf-8")
        soak = Soak(sandbox, bot)
        for host in range(HOSTS):
            await _add_host(soak, await stack.enter_async_context(FeedSite()), host)
        if inside:
            stack.callback(shutil.copy, bot.log_path, inside)
        stack.push_async_callback(bot.stop)
        await bot.start(LOOK_INSIDE if inside else HERALD_RUN)
        await _follow_all(soak)
        await soak.go_on(QUIET_SECONDS)
        turned, before = time.monotonic(), set(soak.published)
        for turn in range(max(1, seconds // turn_seconds)):
            soak.misbehave(turn)
            await soak.go_on(min(turn_seconds, seconds))
        during = set(soak.published) - before
        await _all_arrived(soak, patience=3 * INTERVAL)
        return [*_memory(soak, turned), *_delivery(soak, before, during), *_requests(soak)]


async def _add_host(soak: Soak, site: FeedSite, host: int) -> None:
    bad = host % 2 == 1
    for number in range(FEEDS_OF_EACH):
        feed = site.add_feed(f"feed-{host}-{number}", format=FORMATS[number % len(FORMATS)])
        for entry in range(ENTRIES):
            feed.publish(title=f"{feed.slug} old {entry}", body_html="<p>Of old.</p>")
        (soak.bad if bad else soak.healthy).append(feed)
    if bad:
        for name, body in DOCUMENTS.items():
            site.add_bytes_feed(name, body, content_type="application/xml")


async def _follow_all(soak: Soak) -> None:
    """Many at a time, as no person would, or it would take longer than what is measured."""
    guild = soak.sandbox.add_guild("Soak")
    channels = [guild.add_channel(f"news-{number}") for number in range(CHANNELS)]
    await soak.sandbox.bot_ready(timeout=30)
    while not soak.sandbox.commands(guild):
        await asyncio.sleep(0.05)
    waiting = list(zip([*soak.healthy, *soak.bad], cycle(channels), strict=False))

    async def follow_some() -> None:
        while waiting:
            feed, channel = waiting.pop()
            reply = await guild.command(guild.owner, channel, "feed add", url=feed.url)
            assert "Following" in reply.text, reply.text
            soak.channels[feed.slug] = channel

    await asyncio.gather(*(follow_some() for _ in range(16)))


def _shown(soak: Soak) -> dict[str, list[datetime]]:
    """When each title was shown, wherever."""
    shown: dict[str, list[datetime]] = {}
    for channel in set(soak.channels.values()):
        for message in channel.messages:
            for embed in message.embeds:
                shown.setdefault(str(embed.get("title")), []).append(message.created_at)
    return shown


async def _all_arrived(soak: Soak, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and not set(soak.published) <= set(_shown(soak)):
        await asyncio.sleep(1)


def _memory(soak: Soak, turned: float) -> list[tuple[str, str]]:
    calm = [one for at, one in soak.memory if at < turned]
    wild = [one for at, one in soak.memory if at >= turned]
    third = max(1, len(wild) // 3)
    return [
        ("memory (RSS), all feeds healthy: median", _median(calm)),
        ("half of them misbehaving: median of the first third", _median(wild[:third])),
        ("median of the last third", _median(wild[-third:])),
        ("the most of all looks", f"{max(one.all for one in wild):.0f} MiB"),
    ]


def _median(looks: list[Held]) -> str:
    bot, readers = (statistics.median(each) for each in zip(*((one.bot, one.readers) for one in looks), strict=True))
    together = statistics.median(one.all for one in looks)
    return f"{together:.0f} MiB (bot {bot:.0f}, its readers {readers:.0f})"


def _delivery(soak: Soak, before: set[str], during: set[str]) -> list[tuple[str, str]]:
    shown = _shown(soak)
    rows = []
    for what, titles in (("all healthy", before), ("half misbehaving", during)):
        delays = sorted((shown[title][0] - soak.published[title]).total_seconds() for title in titles if title in shown)
        worst = f"{delays[int(len(delays) * 0.99)]:.1f} s"
        rows.append(
            (
                f"published to shown, polls each {INTERVAL} s, {what}: median, 99th",
                f"{statistics.median(delays):.1f} s, {worst}",
            )
        )
    lost = sum(title not in shown for title in soak.published)
    twice = sum(len(shown.get(title, [])) > 1 for title in soak.published)
    rows.append((f"of {len(soak.published)} entries of healthy feeds: lost, twice", f"{lost}, {twice}"))
    return rows


def _requests(soak: Soak) -> list[tuple[str, str]]:
    healthy, bad = (sum(len(feed.requests) for feed in feeds) for feeds in (soak.healthy, soak.bad))
    return [("requests to healthy feeds, to the others", f"{healthy:,}, {bad:,}")]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("seconds", type=int, nargs="?", default=SECONDS, help="in which one half misbehaves")
    options.add_argument("--turn", type=int, default=TURN, help="seconds between one misbehaviour and the next")
    options.add_argument("--inside", type=Path, metavar="LOG", help="has the bot tell what its memory is made of")
    chosen = options.parse_args()
    for what, result in asyncio.run(_run(chosen.seconds, chosen.turn, chosen.inside)):
        print(f"{what:80} {result}")


if __name__ == "__main__":
    main()
