"""A sandbox with the small bot connected to it, in the test's own event loop, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from bot.sandbox import Guild, Sandbox

from .discord_bot import SmallBot, small_bot
from .discord_rest import HandClock, Rest
from .discord_wire import Connect


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(rate_limits=False, clock=clock, patience=3.0) as running:
        monkeypatch.setattr(discord.http.Route, "BASE", running.api_base)
        yield running


@pytest.fixture
def guild(sandbox: Sandbox) -> Guild:
    return sandbox.add_guild("Reading room")


@pytest.fixture
async def rest(sandbox: Sandbox) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(session, sandbox)


@pytest.fixture
async def bot(sandbox: Sandbox, guild: Guild) -> AsyncIterator[SmallBot]:
    client = small_bot()
    running = asyncio.create_task(client.start(sandbox.token))
    try:
        await sandbox.bot_ready()
        yield client
    finally:
        await client.close()
        await running


@pytest.fixture
async def connect(sandbox: Sandbox) -> AsyncIterator[Connect]:
    async with aiohttp.ClientSession() as session:
        yield Connect(session, sandbox)
