"""The demo's bot outlives nobody: killed without a word, the demo leaves no process behind."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.sandbox import Sandbox
from tests.cli.process import environment

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.demo.bot_process import BotProcess

async def hold():
    await BotProcess(Path(sys.argv[1]), api_base=sys.argv[2], token=sys.argv[3]).start()
    await asyncio.Event().wait()

asyncio.run(hold())
"""
PATIENCE_SECONDS = 60.0


async def test_the_bot_ends_in_order_when_the_demo_is_killed(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.add_guild("Reading room")
        holder = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", HOLDER, str(tmp_path), sandbox.api_base, sandbox.token), env=environment()
        )
        try:
            await sandbox.bot_ready(PATIENCE_SECONDS)
        finally:
            holder.kill()
            await holder.wait()
        left = lambda: not sandbox.server.gateway.live  # noqa: E731
        assert await sandbox.waiting.until(left, PATIENCE_SECONDS), "the bot is still connected"
        assert "stopped" in (tmp_path / "bot.log").read_text("utf-8")
