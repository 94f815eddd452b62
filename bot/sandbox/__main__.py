"""`python -m bot.sandbox`: a local Discord on its own, for any bot. It runs until it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox.box import Sandbox


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--state", type=Path, help="a file to find guilds, messages and the token in again next time")
    parser.add_argument("--guild", default="Reading room", help="name of the guild that a new state begins with")
    parser.add_argument("--bot-name", default="bot")
    parser.add_argument("--no-rate-limits", action="store_true")
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    sandbox = Sandbox(options.port, rate_limits=not options.no_rate_limits, bot_name=options.bot_name)
    if options.state and options.state.exists():
        sandbox.load(options.state)
    else:
        sandbox.add_guild(options.guild).add_channel("general")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with sandbox:
            sys.stdout.write(f"DISCORD_API_BASE={sandbox.api_base}\nDISCORD_TOKEN={sandbox.token}\n")
            sys.stdout.write(f"# control: {sandbox.world.base_url}/sandbox/\n")
            sys.stdout.flush()
            await stop.wait()
    finally:
        if options.state:
            sandbox.save(options.state)


if __name__ == "__main__":
    try:
        asyncio.run(run(arguments()))
    except (OSError, ValueError) as error:
        sys.exit(f"sandbox: {error}")
