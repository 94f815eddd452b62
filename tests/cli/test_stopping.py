"""A stop waits for what is on its way to Discord, and says so; for nothing else; and the second signal not at all."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.sandbox import Channel, Sandbox
from bot.sandbox.rules.faults import Kind
from bot.sandbox.site import FeedSite
from tests.cli.process import Process, begin, ended
from tests.waiting import PATIENCE_SECONDS, takes_commands, until

EAGER = {
    "HERALD_POLL__DEFAULT_INTERVAL": "200ms",
    "HERALD_POLL__MIN_INTERVAL": "200ms",
    "HERALD_POLL__MAX_INTERVAL": "200ms",
    "HERALD_POLL__PER_HOST_DELAY": "0s",
    "HERALD_DELIVERY__BATCH_WINDOW": "0s",
    "HERALD_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
}
SOON = PATIENCE_SECONDS
AT_ONCE = 10.0  # on a machine that is very busy; a stop that waits takes 12 (bot.app.STOPPING_LIMIT)
TITLE = "While Discord is down"


@dataclass
class Trouble:
    """A bot that has just tried to post an entry, which Discord does not let it."""

    sandbox: Sandbox
    news: Channel
    bot: Process
    folder: Path
    settings: dict[str, str]

    async def all_over(self) -> None:
        """Discord is well again, Herald starts again, and what was owed comes, once."""
        self.sandbox.faults.clear()
        again = await begin(self.folder, "run", **self.settings)
        try:
            await self.news.wait_for(lambda _: self._titles(), SOON)
        finally:
            again.terminate()
            await ended(again)
        assert self._titles() == [TITLE]

    def _titles(self) -> list[str]:
        posts = (message for message in self.news.messages if not message.interaction)
        return [embed["title"] for message in posts for embed in message.embeds]


@asynccontextmanager
async def trouble(folder: Path, kind: Kind) -> AsyncIterator[Trouble]:
    async with Sandbox(rate_limits=False) as sandbox, FeedSite() as site:
        guild = sandbox.add_guild("Reading room")
        news, feed = guild.add_channel("news"), site.add_feed("news", title="News")
        settings = EAGER | {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base}
        bot = await begin(folder, "run", **settings)
        try:
            await takes_commands(sandbox)
            await guild.command(guild.owner, news, "feed add", url=feed.url)
            posts = f"/channels/{news.id}/messages"
            fault = sandbox.faults.add(method="POST", path=posts, kind=kind, times=None)
            feed.publish(title=TITLE)
            await until(lambda: fault.hits > 0)
            yield Trouble(sandbox, news, bot, folder, settings)
        finally:
            if bot.returncode is None:
                bot.kill()
                await bot.wait()


async def test_a_stop_while_discord_answers_only_500_takes_no_longer_than_another(tmp_path: Path) -> None:
    async with trouble(tmp_path, "status") as down:
        began = time.monotonic()
        down.bot.terminate()
        answer = await ended(down.bot)
        assert answer.code == 0
        assert time.monotonic() - began < 5  # five tries, as discord.py makes them, take 25 s
        assert "Traceback" not in answer.said
        await down.all_over()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_the_second_signal_ends_at_once_and_the_next_start_sends_what_was_in_flight(
    tmp_path: Path, how: signal.Signals
) -> None:
    async with trouble(tmp_path, "hang") as down:
        bot = down.bot
        bot.send_signal(how)
        assert bot.stderr is not None
        said = await asyncio.wait_for(bot.stderr.readuntil(b"stopping: waiting for 1 message in flight"), SOON)
        bot.send_signal(how)
        async with asyncio.timeout(AT_ONCE):
            answer = await ended(bot)
        assert answer.code == 130
        assert b"Traceback" not in said
        assert "looked up at the next start" in answer.said
        await down.all_over()
