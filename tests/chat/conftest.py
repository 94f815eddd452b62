"""Herald's client on the sandbox's Discord, over real sockets, with the services of `fakes` behind it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.chat.client import HeraldClient
from bot.chat.services import Services
from bot.sandbox import Channel, Guild, Sandbox, User
from bot.store.migrate import migrate
from tests.chat.desk import Desk, open_desk
from tests.chat.fakes import FakeFollow, FakeGuilds, FakeLookup, services
from tests.chat.online import online


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
        # discord.py keeps a view for as long as the process lives if anything in it is no DynamicItem.
        assert not client.persistent_views


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Once: a copy takes a hundredth of the time."""
    path = tmp_path_factory.mktemp("empty") / "herald.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
async def desk(migrated: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copy(migrated, tmp_path / "herald.db")
    async with open_desk(f"sqlite+aiosqlite:///{tmp_path / 'herald.db'}") as opened:
        yield opened
