"""Who a token belongs to, without taking up the bot's work."""

from __future__ import annotations

import discord

from bot.chat.refusals import CONNECTION_ERRORS, no_token, setup_error


async def who_am_i(token: str, api_base: str) -> tuple[str, int]:
    """The bot's name and its application's id. Raises SetupError as the client's login would."""
    if not token.strip():
        raise no_token()
    discord.http.Route.BASE = api_base.rstrip("/")
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.login(token.strip())
        assert client.user is not None
        return client.user.name, client.application_id or client.user.id
    except CONNECTION_ERRORS as error:
        raise setup_error(error, api_base) from error
    finally:
        await client.close()
