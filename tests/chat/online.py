"""Herald's client, connected to the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.chat.client import HeraldClient, SyncMemory
from bot.chat.services import Services
from bot.sandbox import Sandbox


@asynccontextmanager
async def online(
    sandbox: Sandbox, behind: Services, *, sync_memory: SyncMemory | None = None
) -> AsyncIterator[HeraldClient]:
    """A client that is connected and whose commands are known."""
    former = discord.http.Route.BASE
    client = HeraldClient(behind, api_base=sandbox.api_base, sync_memory=sync_memory, guild_ready_timeout=0.05)
    await client.login(sandbox.token)
    running = asyncio.create_task(client.stay_connected())
    try:
        await sandbox.bot_ready()
        await asyncio.wait_for(client.commands_synced.wait(), 5)
        yield client
    finally:
        await client.close()
        await running
        discord.http.Route.BASE = former
