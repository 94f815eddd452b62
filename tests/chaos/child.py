"""The real bot, whose wall clock is the machine's plus what a file says.

python -m tests.chaos.child CLOCKFILE GATEWAY_URL
"""

from __future__ import annotations

import asyncio
import mmap
import sys
from datetime import datetime
from pathlib import Path

from discord.gateway import DiscordWebSocket
from yarl import URL

from bot.app import run
from bot.ops.clock import SystemClock
from tests.chaos.clock import OFFSETS, bot_offset


def main(clock_file: Path, gateway_url: str) -> None:
    # Where discord.py connects to after an invalid session, whatever REST says (bot.sandbox).
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)
    with clock_file.open("rb") as file:
        shared = mmap.mmap(file.fileno(), OFFSETS.size, access=mmap.ACCESS_READ)
    right = SystemClock.now

    def now(self: SystemClock) -> datetime:
        return right(self) + bot_offset(shared)

    SystemClock.now = now  # type: ignore[method-assign]
    asyncio.run(run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
