"""Herald's client on the sandbox's Discord, over real sockets, with the services of `fakes` behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
import pytest

from bot.chat.client import HeraldClient, SyncMemory
from bot.chat.services import Services
from bot.sandbox import Channel, Guild, Sandbox, User
from tests.chat.fakes import FakeFollow, FakeGuilds, FakeLookup, services


@dataclass
class Room:
    """A guild with a channel, a manager and a plain member, and what stands behind the commands there."""

    sandbox: Sandbox
    guild: Guild
    news: Channel
    manager: User
    member: User
    follow: FakeFollow
    lookup: FakeLookup
    guilds: FakeGuilds
    client: HeraldClient

    @property
    def services(self) -> Services:
        return services(self.follow, self.lookup, self.guilds)


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


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(rate_limits=False, patience=3.0) as running:
        yield running


@pytest.fixture
async def room(sandbox: Sandbox) -> AsyncIterator[Room]:
    guild = sandbox.add_guild("Reading room")
    news = guild.add_channel("news")
    manager = guild.add_member("mara", permissions=["MANAGE_GUILD"])
    member = guild.add_member("milo")
    follow, guilds = FakeFollow(), FakeGuilds()
    lookup = FakeLookup(follow)
    async with online(sandbox, services(follow, lookup, guilds)) as client:
        yield Room(sandbox, guild, news, manager, member, follow, lookup, guilds, client)
