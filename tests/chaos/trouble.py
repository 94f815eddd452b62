"""What is done to the bot and its world. Each hand does one thing after another; several hands work at once.

Everything a hand chooses comes from a random generator of its own, made from the run's seed.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import closing, suppress
from datetime import timedelta
from random import Random
from sqlite3 import OperationalError as DatabaseBusy
from typing import Any

from tests.chaos.stage import Stage

MESSAGES = "/channels/*/messages"  # posting them, and reading them back
HOUR = timedelta(hours=1)

DISCORD_FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 504},
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "hang", "seconds": 3.0},
    {"kind": "broken-json"},
    {"kind": "ratelimit", "scope": "user", "retry_after": 0.7},
    {"kind": "ratelimit", "scope": "shared", "retry_after": 0.7},
    {"kind": "ratelimit", "scope": "global", "retry_after": 0.7},
    {"kind": "ratelimit", "via": False},  # Cloudflare's
)
FEED_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("500", {}),
    ("503", {"retry_after": 2}),
    ("404", {}),
    ("cut-off", {}),
    ("reset", {}),
    ("garbage", {}),
    ("html", {}),
    ("empty", {}),
    ("slow", {"delay": 2}),
    ("shrink", {}),
    ("reversed", {}),
)


class Hand:
    """Does its deeds one after another until cancelled; each ends what it began, however it ends itself."""

    deeds: tuple[str, ...]  # names of methods; one that is named twice is done twice as often
    pause = (0.5, 3.0)  # seconds between two deeds

    def __init__(self, stage: Stage, seed: str, tally: Counter[str], *, without: Collection[str], haste: float) -> None:
        self.stage, self.tally, self.haste = stage, tally, haste
        self.rng = Random(f"{seed}/{type(self).__name__}")
        self.deeds = tuple(name for name in self.deeds if name not in without)

    async def work(self) -> None:
        while self.deeds:
            await asyncio.sleep(self.rng.uniform(*self.pause) / self.haste)
            name = self.rng.choice(self.deeds)
            deed: Callable[[], Awaitable[None]] = getattr(self, name)
            await deed()

    def count(self, what: str, times: int = 1) -> None:
        self.tally[what] += times


class Publisher(Hand):
    """Not a trouble: news."""

    deeds = ("one", "one", "some", "many")
    pause = (0.1, 0.6)

    async def one(self) -> None:
        self.stage.publish(self.rng.choice(self.stage.feeds), 1)

    async def some(self) -> None:
        self.stage.publish(self.rng.choice(self.stage.feeds), 3)

    async def many(self) -> None:
        self.stage.publish(self.rng.choice(self.stage.feeds), 8)


class Subscriber(Hand):
    """A manager who adds feeds that others follow already, in the middle of it all."""

    deeds = ("follow",)
    pause = (10.0, 30.0)

    async def follow(self) -> None:
        feed, place = self.rng.choice(self.stage.feeds), self.rng.choice(self.stage.places)
        known = {(one.feed, one.channel) for one in self.stage.follows}
        if (feed.slug, place[1].id) not in known and await self.stage.follow(feed, place, patience=30):
            self.count("subscriptions added under way")


class Killer(Hand):
    """The process: power cuts, restarts, long absences."""

    deeds = (
        "kill",
        "kill",
        "kill_before_the_answer",
        "kill_before_the_answer",
        "stop_in_order",
        "freeze",
        "look_after",
    )
    pause = (0.5, 6.0)

    async def kill(self) -> None:
        self.count("SIGKILL")
        await self.stage.bot.kill()
        await self._back()

    async def kill_before_the_answer(self) -> None:
        """Discord has the message, and the bot never hears of it."""
        faults, waiting = self.stage.sandbox.faults, self.stage.sandbox.waiting
        laid = faults.add("hang", "POST", MESSAGES, when="after", seconds=30.0)
        self.stage.publish(self.rng.choice(self.stage.feeds), 1)
        # The fault is struck before the message exists, and the message is an event: it is there when this returns.
        if await waiting.until(lambda: laid.hits, 6.0):
            self.count("SIGKILL between Discord's effect and its answer")
            await self.stage.bot.kill()
            await self._back()
        elif laid in faults.laid:
            faults.laid.remove(laid)

    async def stop_in_order(self) -> None:
        self.count("SIGTERM")
        await self.stage.bot.stop()
        await self._back()

    async def freeze(self) -> None:
        if self.stage.bot.is_running:
            self.count("SIGSTOP for seconds")
            pid = self.stage.bot.pid
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(self.rng.uniform(0.5, 3.0))
            finally:
                os.kill(pid, signal.SIGCONT)

    async def look_after(self) -> None:
        """What a supervisor does."""
        if not self.stage.bot.is_running:
            self.count("ended by itself, started again")
            await self.stage.start_bot()

    async def _back(self) -> None:
        """Started again after a moment, during which minutes or hours may have passed for everybody."""
        leap = self.rng.choice((0, 0, 0, 75, 150, 600, 7200))
        if leap:
            self.count("absences of minutes or hours")
            self.stage.clock.leap(timedelta(seconds=leap))
        await asyncio.sleep(self.rng.choice((0.0, 0.0, 0.5, 2.0)))
        await self.stage.start_bot()


class Machine(Hand):
    """What the bot stands on: its database's lock, its disk, its clock."""

    deeds = ("lock_database", "lock_database", "fill_disk", "fill_disk", "mislead_clock")
    pause = (1.0, 6.0)

    async def lock_database(self) -> None:
        self.count("database locked by another")
        path = self.stage.folder / "herald.db"
        seconds = self.rng.choice((1.0, 4.0, 12.0))  # the bot waits for 10
        # Refused if the bot is writing: then it is not held up this time.
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0.2)) as other, suppress(DatabaseBusy):
            other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(seconds)

    async def fill_disk(self) -> None:
        """No file of the process may grow, or be written beyond its beginning (setrlimit(2), RLIMIT_FSIZE)."""
        if self.stage.bot.is_running:
            self.count("disk full for seconds")
            pid = self.stage.bot.pid
            self._limit_files(pid, 0)
            try:
                await asyncio.sleep(self.rng.uniform(1.0, 5.0))
            finally:
                self._limit_files(pid, resource.RLIM_INFINITY)

    def _limit_files(self, pid: int, size: int) -> None:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    async def mislead_clock(self) -> None:
        """The bot's clock is set an hour off, and put right again."""
        self.count("clock an hour off")
        self.stage.clock.mislead_bot(self.rng.choice((HOUR, -HOUR)))
        try:
            await asyncio.sleep(self.rng.uniform(1.0, 20.0))
        finally:
            self.stage.clock.mislead_bot(timedelta())


class Discord(Hand):
    """Discord's answers, its gateway, and what guilds allow."""

    deeds = ("answer_oddly", "answer_oddly", "answer_oddly", "drop_gateway", "end_sessions", "forbid")
    pause = (0.3, 2.0)

    async def answer_oddly(self) -> None:
        """The next requests fail, before or after they took effect."""
        facts = {"when": self.rng.choice(("before", "after")), "times": self.rng.choice((1, 1, 2))}
        fault = self.stage.sandbox.faults.add(**{"path": MESSAGES, **facts, **self.rng.choice(DISCORD_FAULTS)})
        await self.stage.sandbox.waiting.until(lambda: fault.times == 0, 3.0)
        self.count("odd answers of Discord", fault.hits)

    async def drop_gateway(self) -> None:
        self.count("gateway connections dropped")
        with suppress(TimeoutError):
            await self.stage.sandbox.drop_gateway(self.rng.choice((4000, 1006, 4009)))

    async def end_sessions(self) -> None:
        self.count("gateway sessions invalidated")
        await self.stage.sandbox.invalidate_sessions(resumable=self.rng.random() < 0.5)

    async def forbid(self) -> None:
        """A channel takes a permission away, and gives it back."""
        self.count("permissions taken away and given back")
        guild, channel = self.rng.choice(self.stage.places)
        channel.deny(guild.bot_role, self.rng.choice(("VIEW_CHANNEL", "SEND_MESSAGES")))
        try:
            await asyncio.sleep(self.rng.uniform(1.0, 6.0))
        finally:
            channel.reset(guild.bot_role)


class Site(Hand):
    """What publishers' servers do."""

    deeds = ("serve_badly",)
    pause = (0.5, 3.0)

    async def serve_badly(self) -> None:
        feed = self.rng.choice(self.stage.feeds)
        kind, options = self.rng.choice(FEED_FAULTS)
        # A document that lacks some of the new entries forces their order: the missing ones come later.
        if kind == "shrink" and len(self.stage.unseen(feed)) > 0:
            kind, options = "reversed", {}
        times = self.rng.choice((1, 2, 3))
        self.count("feed answers spoiled", times)
        feed.fault(kind, times, **options)


HANDS: tuple[type[Hand], ...] = (Publisher, Subscriber, Killer, Machine, Discord, Site)
