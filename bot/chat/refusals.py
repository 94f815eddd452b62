"""Every way in which coming online fails for good, with what an operator can do about it."""

from __future__ import annotations

import aiohttp
import discord

from bot.errors import SetupError
from bot.render.link import host

PORTAL = "https://discord.com/developers/applications"
AUTHENTICATION_FAILED = 4004  # gateway close codes
DISALLOWED_INTENTS = 4014

# What logging in and connecting may raise; `setup_error` tells each kind.
CONNECTION_ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError)


_TOKEN_ADVICE = (
    f"Open {PORTAL}, choose the application, then Bot, then Reset Token.",
    "Put it into .env as DISCORD_TOKEN=... and start again.",
)


def no_token() -> SetupError:
    """Nothing was given to log in with."""
    return SetupError("There is no bot token.", *_TOKEN_ADVICE)


def setup_error(error: Exception, api_base: str) -> SetupError:
    """What the failure means for an installation."""
    close_code = error.code if isinstance(error, discord.ConnectionClosed) else None
    if isinstance(error, discord.LoginFailure) or close_code == AUTHENTICATION_FAILED:
        return SetupError("Discord refused the bot token.", *_TOKEN_ADVICE)
    if isinstance(error, discord.PrivilegedIntentsRequired) or close_code == DISALLOWED_INTENTS:
        return SetupError(
            "Discord refused the intents.",
            f"Herald needs none of the privileged ones. Check under {PORTAL} that this token's application is enabled.",
        )
    if isinstance(error, discord.HTTPException) and error.status == 403:
        return SetupError(
            f"Discord at {_place(api_base)} does not let this machine in (HTTP 403).",
            "Its address may be banned for an hour after too many failed requests. Stop the bot, wait, start again.",
        )
    if isinstance(error, discord.HTTPException):
        return SetupError(
            f"Discord at {_place(api_base)} answered HTTP {error.status}.",
            "https://discordstatus.com tells of outages. Start again later.",
        )
    return SetupError(
        f"Discord at {_place(api_base)} cannot be reached ({type(error).__name__}).",
        "Check the network, a firewall or proxy, and DISCORD_API_BASE if it is set.",
    )


def _place(api_base: str) -> str:
    return host(api_base) or "an address that is none"
