"""`python -m bot.sandbox`: a local Discord on its own, for any bot. It runs until it is interrupted.

It prints three variables; a discord.py bot is pointed at it by setting, before it starts,

    discord.http.Route.BASE = os.environ["DISCORD_API_BASE"]
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])
    bot.run(os.environ["DISCORD_TOKEN"])
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.sandbox.sandbox import Sandbox


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument("--state", type=Path, help="a file to find guilds, messages and the token in again next time")
    parser.add_argument("--guild", default="Reading room", help="name of the guild that a new state begins with")
    parser.add_argument("--bot-name", default="bot")
    parser.add_argument("--no-rate-limits", action="store_true")
    return parser.parse_args()


def fill(sandbox: Sandbox, state: Path | None, guild_name: str) -> None:
    """What was there last time, or else a first guild with a channel, an owner, a manager and a member."""
    if state and state.exists():
        sandbox.load(state)
        return
    guild = sandbox.add_guild(guild_name, owner="owner")
    guild.add_member("manager", permissions=["MANAGE_GUILD"])
    guild.add_member("member")
    guild.add_channel("general")


async def serve(
    *,
    port: int = 0,
    state: Path | None = None,
    guild_name: str = "Reading room",
    bot_name: str = "bot",
    rate_limits: bool = True,
) -> None:
    """Runs a sandbox until SIGINT or SIGTERM; prints where it is. `state` is read at the start and written at the end.

    Raises OSError for a port that is taken and ValueError for a file that is no state.
    """
    sandbox = Sandbox(port, rate_limits=rate_limits, bot_name=bot_name)
    fill(sandbox, state, guild_name)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with sandbox:
        sys.stdout.write(f"DISCORD_API_BASE={sandbox.api_base}\nDISCORD_TOKEN={sandbox.token}\n")
        sys.stdout.write(f"DISCORD_GATEWAY={sandbox.gateway_url}\n")
        sys.stdout.write(f"# page: {sandbox.page.url}   control: {sandbox.world.base_url}/sandbox/\n")
        sys.stdout.flush()
        await stop.wait()
    if state:
        sandbox.save(state)


if __name__ == "__main__":
    chosen = arguments()
    try:
        asyncio.run(
            serve(
                port=chosen.port,
                state=chosen.state,
                guild_name=chosen.guild,
                bot_name=chosen.bot_name,
                rate_limits=not chosen.no_rate_limits,
            )
        )
    except (OSError, ValueError) as error:
        sys.exit(f"sandbox: {error}")
