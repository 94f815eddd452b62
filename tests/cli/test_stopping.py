"""A stop while Discord answers nothing but 500: it says what it waits for, and the second signal does not wait."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.site import FeedSite
from tests.cli.process import begin, ended

EAGER = {
    "HERALD_POLL__DEFAULT_INTERVAL": "200ms",
    "HERALD_POLL__MIN_INTERVAL": "200ms",
    "HERALD_POLL__MAX_INTERVAL": "200ms",
    "HERALD_POLL__PER_HOST_DELAY": "0s",
    "HERALD_DELIVERY__BATCH_WINDOW": "0s",
    "HERALD_FETCH__ALLOW_NETWORKS": "127.0.0.0/8",
}
SOON = 20.0


async def until(condition: Callable[[], bool]) -> None:
    """Returns when it holds of another process, which tells of nothing by itself; looks fifty times a second."""
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_the_second_signal_ends_at_once_and_the_next_start_sends_what_was_in_flight(
    tmp_path: Path, how: signal.Signals
) -> None:
    async with Sandbox(rate_limits=False) as sandbox, FeedSite() as site:
        guild = sandbox.add_guild("Reading room")
        news, feed = guild.add_channel("news"), site.add_feed("news", title="News")
        settings = EAGER | {"DISCORD_TOKEN": sandbox.token, "DISCORD_API_BASE": sandbox.api_base}
        bot = await begin(tmp_path, "run", **settings)
        try:
            await sandbox.bot_ready(SOON)
            await until(lambda: bool(sandbox.commands()))
            await guild.command(guild.owner, news, "feed add", url=feed.url)
            posts = f"/channels/{news.id}/messages"
            sandbox.faults.add(method="POST", path=posts, kind="status", status=500, times=None)
            feed.publish(title="While Discord is down")
            assert bot.stderr is not None
            await until(lambda: any(entry.status == 500 for entry in sandbox.log))
            bot.send_signal(how)
            said = await asyncio.wait_for(bot.stderr.readuntil(b"stopping: waiting for 1 message in flight"), SOON)
            bot.send_signal(how)
            async with asyncio.timeout(3):
                answer = await ended(bot)
        finally:
            if bot.returncode is None:
                bot.kill()
        assert answer.code == 130
        assert b"Traceback" not in said
        assert "looked up at the next start" in answer.said
        sandbox.faults.clear()
        again = await begin(tmp_path, "run", **settings)
        try:
            await news.wait_for(lambda messages: any(each.embeds for each in messages if not each.interaction), SOON)
        finally:
            again.terminate()
            await ended(again)
        titles = [embed["title"] for each in news.messages if not each.interaction for embed in each.embeds]
        assert titles == ["While Discord is down"]
